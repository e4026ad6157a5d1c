using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring.Dashboards;
using Transcendence.Tests.Tools;

namespace Transcendence.Tests.Monitoring;

/// <summary>What today's tools expose, as recorded (Prometheus 3.16, Alertmanager 0.35, cAdvisor 0.60.6, a Node backend), read by a real Prometheus with our configuration.</summary>
public sealed partial class RecordingTests
{
    private const string V1 = "cadvisor-0.60.6-cgroup-v1-docker20.10";
    private const string V2 = "cadvisor-0.60.6-cgroup-v2-docker20.10";
    private const string ContainerdStore = "cadvisor-0.60.6-cgroup-v2-moby2beta24-containerd-store";

    private static readonly string[] s_services = ["alertmanager", "alerts", "backend", "cadvisor", "gateway", "prometheus"];

    [Theory]
    [InlineData(V1, 2)]
    [InlineData(V2, 1)]
    [InlineData(ContainerdStore, 1)]
    public async Task ContainersAreReadWhateverTheCgroupVersionAndTheStore(string recording, int cpus)
    {
        using var directory = new TempDirectory();
        // One that Compose did not start, and one that is gone in cAdvisor's eyes too.
        await using var server = await Recording.ServeAsync(("cadvisor", new Recording(recording, line => line.Contains("ft_transcendence-gateway-1", StringComparison.Ordinal) ? ComposeLabel().Replace(line, "=\"\"") : line)));
        await using var prometheus = await StartPrometheusAsync(directory, server, "cadvisor");
        string[] services = [.. s_services.Except(["gateway"]), "ft_transcendence-gateway-1"];

        // On cgroup v1 a container has a series for each core: the seed's query gives them all, and a panel their sum.
        await Eventually.TrueAsync(
            async () => (await QueryAsync(prometheus, """rate(container_cpu_usage_seconds_total{container_label_com_docker_compose_service="backend"}[10s])""")) is var series
                && series.Count == cpus && series.All(one => one.Values[0] is > 0.8 * Recording.PerSecond and < 1.2 * Recording.PerSecond),
            "the seed's query gives what each core was used",
            TimeSpan.FromSeconds(60));
        foreach (var metric in (string[])["container_memory_working_set_bytes", "container_start_time_seconds", "container_last_seen", "container_network_receive_bytes_total", "container_network_transmit_bytes_total"])
        {
            Assert.Equal(
                services.Order(StringComparer.Ordinal),
                (await QueryAsync(prometheus, $$"""group by (container_label_com_docker_compose_service) ({{metric}}{container_label_com_docker_compose_service!=""})"""))
                    .Select(series => series.Labels["container_label_com_docker_compose_service"]).Order(StringComparer.Ordinal));
        }

        // What the panels make of it: sums of cores, interfaces and disks. On cgroup v1 the disk of a container is not told.
        await PanelAsync("monitoring", "CPU by container", "backend", cpus * Recording.PerSecond);
        await PanelAsync("monitoring", "Memory by container", "backend", Recorded("container_memory_working_set_bytes"));
        await PanelAsync("monitoring", "Network received", "backend", Recording.PerSecond);
        await PanelAsync("monitoring", "Network sent", "backend", Recording.PerSecond);
        await PanelAsync("monitoring", "Disk read", "prometheus", recording == V1 ? null : Recording.PerSecond);
        await PanelAsync("monitoring", "Disk written", "prometheus", recording == V1 ? null : Recording.PerSecond);
        await PanelAsync("monitoring", "CPU by container", "ft_transcendence-gateway-1", cpus * Recording.PerSecond);
        await PanelAsync("ft_transcendence", "CPU", null, cpus * Recording.PerSecond);
        await PanelAsync("ft_transcendence", "Memory", null, Recorded("container_memory_working_set_bytes"));

        // Of what cAdvisor exposes, a fraction stays, at the time of the scrape; the limits are far.
        var kept = await ValueAsync(prometheus, """scrape_samples_post_metric_relabeling{job="cadvisor"}""");
        Assert.InRange(kept, 50, await ValueAsync(prometheus, """scrape_samples_scraped{job="cadvisor"}""") / 5);
        Assert.InRange(await ValueAsync(prometheus, "time() - min(timestamp(container_last_seen))"), 0, 30);

        await AssertRulesAsync(prometheus);

        double Recorded(string metric) => double.Parse(
            File.ReadLines(Recording.PathOf(recording)).Single(line => line.StartsWith(metric + "{", StringComparison.Ordinal) && line.Contains("name=\"ft_transcendence-backend-1\"", StringComparison.Ordinal)).Split(' ')[^2],
            CultureInfo.InvariantCulture);

        async Task PanelAsync(string dashboard, string title, string? service, double? expected)
        {
            var grafana = new GrafanaQueries(prometheus.Client, DashboardFile.Get(dashboard), TimeSpan.FromSeconds(1));
            var query = DashboardFile.Get(dashboard).Queries.Single(query => query.Panel.Title == title && query.Expression.Contains("container_", StringComparison.Ordinal));
            var values = "";
            try
            {
                await Eventually.TrueAsync(
                    async () =>
                    {
                        // The window of an alert is not filled yet.
                        var shown = (await grafana.QueryNowAsync(query.Expression.Replace("[5m]", "[10s]", StringComparison.Ordinal), DateTimeOffset.UtcNow)).Where(series => service is null || series.Labels["container_label_com_docker_compose_service"] == service).Select(series => series.Values[^1]).ToArray();
                        values = string.Join(", ", shown);
                        return expected is null ? shown.Length == 0 : shown is [var value] && value > 0.8 * expected && value < 1.2 * expected;
                    },
                    "a panel shows what was recorded",
                    TimeSpan.FromSeconds(60));
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{query} of {service} shows {values} and not {expected}.");
            }
        }
    }

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    [InlineData(ContainerdStore)]
    public async Task ACAdvisorThatSeesNoContainerIsTold(string recording)
    {
        using var directory = new TempDirectory();
        await using var server = await Recording.ServeAsync(("cadvisor", new Recording(recording, line => line.Contains("name=\"ft_transcendence-", StringComparison.Ordinal) ? null : line)));
        await using var prometheus = await StartPrometheusAsync(directory, server, "cadvisor");
        await AssertRulesAsync(prometheus, "CAdvisorSeesNoContainer");
    }

    [Fact]
    public async Task WhatTheToolsOfTodayExposeIsWhatTheDashboardsRead()
    {
        using var directory = new TempDirectory();
        await using var server = await Recording.ServeAsync(
            ("backend", new Recording("backend-prom-client-metrics")), ("prometheus", new Recording("prometheus-3.16-metrics")),
            ("alertmanager", new Recording("alertmanager-0.35-metrics")), ("cadvisor", new Recording(V2)));
        await using var prometheus = await StartPrometheusAsync(directory, server, "backend", "prometheus", "alertmanager", "cadvisor");

        // What only services of ours tell, or nobody here: the gateway's probe, Grafana, the database of the backend, alerts that fire.
        foreach (var dashboard in DashboardFile.All.Where(dashboard => dashboard.Name != "runtime"))
        {
            var grafana = new GrafanaQueries(prometheus.Client, dashboard, TimeSpan.FromSeconds(1));
            var missing = dashboard.Queries.Where(query => !NotRecorded().IsMatch(query.Expression)).ToList();
            Assert.NotEmpty(missing);
            try
            {
                await Eventually.TrueAsync(ReadAsync, "every query returns data", TimeSpan.FromSeconds(60));
            }
            catch (TimeoutException)
            {
                Assert.Fail($"Nothing is returned by {string.Join(", ", missing)}.");
            }

            async Task<bool> ReadAsync()
            {
                foreach (var query in missing.ToArray())
                {
                    var series = await grafana.QueryAsync(query);
                    Assert.All(series.SelectMany(s => s.Values), value => Assert.True(double.IsFinite(value), $"{query} gives {value}."));
                    if (series.Count > 0)
                    {
                        missing.Remove(query);
                    }
                }

                return missing.Count == 0;
            }
        }
    }

    [Fact]
    public async Task ABackendThatMakesARouteOfEveryUrlHurtsItselfOnly()
    {
        using var directory = new TempDirectory();
        await using var server = await Recording.ServeAsync(
            ("backend", Recording.Of(["# TYPE http_requests_total counter", .. Enumerable.Range(0, 50_000).Select(path => $"http_requests_total{{method=\"GET\",route=\"/users/{path}\",status_code=\"200\"}} 1")])),
            ("gateway", new Recording("backend-prom-client-metrics")));
        await using var prometheus = await StartPrometheusAsync(directory, server, "backend", "gateway");
        await Eventually.TrueAsync(
            async () => await QueryAsync(prometheus, """min_over_time(up{job="gateway"}[10s]) == 1 and on () max_over_time(up{job="backend"}[10s]) == 0 and on () count_over_time(up{job="backend"}[10s]) > 5""") is [_],
            "the backend's scrapes are refused, and the others go on",
            TimeSpan.FromSeconds(60));
        Assert.Empty(await QueryAsync(prometheus, "http_requests_total{job=\"backend\"}"));
        Assert.Contains("sample limit exceeded", await prometheus.Client.GetStringAsync(new Uri("/api/v1/targets", UriKind.Relative)), StringComparison.Ordinal);
        await Eventually.TrueAsync(
            async () => (await prometheus.Client.GetStringAsync(new Uri("/api/v1/alerts", UriKind.Relative))).Contains("\"BackendDown\"", StringComparison.Ordinal), "it is told", TimeSpan.FromSeconds(30));
    }

    private static async Task<IReadOnlyList<Series>> QueryAsync(ToolProcess prometheus, string promQL) =>
        await new GrafanaQueries(prometheus.Client, DashboardFile.Get("home"), TimeSpan.FromSeconds(1)).QueryNowAsync(promQL, DateTimeOffset.UtcNow);

    private static async Task<double> ValueAsync(ToolProcess prometheus, string promQL) => Assert.Single(await QueryAsync(prometheus, promQL)).Values[0];

    /// <summary>Every rule works, and of what concerns cAdvisor nothing is about to fire but what is named.</summary>
    private static async Task AssertRulesAsync(ToolProcess prometheus, params string[] expected) => await Eventually.TrueAsync(
        async () =>
        {
            var rules = JsonElement.Parse(await prometheus.Client.GetStringAsync(new Uri("/api/v1/rules", UriKind.Relative)))
                .GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToList();
            Assert.DoesNotContain(rules, rule => rule.GetProperty("health").GetString() == "err");
            return rules.TrueForAll(rule => rule.GetProperty("health").GetString() == "ok")
                && expected.SequenceEqual(rules.Where(rule => rule.TryGetProperty("alerts", out var alerts)
                    && alerts.EnumerateArray().Any(alert => alert.GetProperty("labels").TryGetProperty("service", out var service) && service.GetString() == "cadvisor"))
                    .Select(rule => rule.GetProperty("name").GetString()));
        },
        $"the rules are evaluated and say of cAdvisor: {string.Join(", ", expected)}",
        TimeSpan.FromSeconds(60));

    /// <summary>With our configuration, but every second, and the recordings as the only targets.</summary>
    private static async Task<ToolProcess> StartPrometheusAsync(TempDirectory directory, FakeServer server, params string[] jobs)
    {
        Directory.CreateDirectory(directory["targets"]);
        foreach (var job in jobs)
        {
            await File.WriteAllTextAsync(directory[$"targets/{job}.json"], JsonSerializer.Serialize(new[] { new { targets = new[] { server[""].Authority }, labels = new { __metrics_path__ = "/" + job } } }));
        }

        return await MonitoringFiles.StartPrometheusAsync(directory);
    }

    [GeneratedRegex("(?<=container_label_com_docker_compose_[a-z_]*)=\"[^\"]*\"")]
    private static partial Regex ComposeLabel();

    [GeneratedRegex("ALERTS|5\\.\\.|db_query|grafana|in_progress|failed_total|transcendence_")]
    private static partial Regex NotRecorded();
}
