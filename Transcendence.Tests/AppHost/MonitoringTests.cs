using System.Diagnostics;
using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>One running application for all tests that do not stop a part of it.</summary>
public sealed class RunningApplication : IAsyncLifetime
{
    /// <summary>The collection of these tests.</summary>
    public const string Shared = "running application";

    internal Application Application { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Application = await Application.StartAsync();
        await Application.WaitHealthyAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Application.DisposeAsync();
}

[CollectionDefinition(RunningApplication.Shared)]
public sealed class RunningApplicationDefinition : ICollectionFixture<RunningApplication>;

/// <summary>What a user finds after the start: everything scraped, every rule evaluated, every query of the seed answered.</summary>
[Collection(RunningApplication.Shared)]
public sealed class MonitoringTests(RunningApplication running)
{
    /// <summary>The seed's section 4, as it stands there but for the line breaks.</summary>
    public static TheoryData<string> SeedQueries => new(
        """sum(rate(http_request_duration_seconds_count{job="backend"}[1m]))""",
        """histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket{job="backend"}[5m])))""",
        """sum(rate(http_request_duration_seconds_count{job="backend", status_code=~"5.."}[5m])) / sum(rate(http_request_duration_seconds_count{job="backend"}[5m]))""",
        """rate(process_cpu_seconds_total{job="backend"}[2m])""",
        """rate(container_cpu_usage_seconds_total{container_label_com_docker_compose_service="backend"}[2m])""",
        """process_resident_memory_bytes{job="backend"}""",
        """up{job="backend"}""");

    private Application Application => running.Application;

    [Fact]
    public async Task EveryTargetIsUp()
    {
        await Eventually.TrueAsync(
            async () =>
            {
                using var targets = await Application.GetJsonAsync("prometheus", "/api/v1/targets");
                var active = targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
                    .ToDictionary(t => t.GetProperty("labels").GetProperty("job").GetString()!, t => t.GetProperty("health").GetString()!);

                // Ready, Prometheus may not have read its target files yet.
                string[] expected = ["alertmanager", "alerts", "backend", "cadvisor", "gateway", "grafana", "prometheus"];
                return active.Keys.Order(StringComparer.Ordinal).SequenceEqual(expected) && active.Values.All(health => health == "up");
            },
            "the seven targets are there and up");
    }

    [Fact]
    public async Task EveryRuleIsEvaluatedWithoutAnError()
    {
        await Eventually.TrueAsync(
            async () =>
            {
                using var rules = await Application.GetJsonAsync("prometheus", "/api/v1/rules");
                var groups = rules.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().ToList();
                Assert.NotEmpty(groups);
                var all = groups.SelectMany(g => g.GetProperty("rules").EnumerateArray()).ToList();
                Assert.DoesNotContain(all, r => r.GetProperty("health").GetString() == "err");
                return all.All(r => r.GetProperty("health").GetString() == "ok");
            },
            "every rule has health ok");
    }

    [Theory]
    [MemberData(nameof(SeedQueries))]
    public async Task TheSeedsQueriesReturnDataAfterRealRequests(string promQL)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await Application.LoadAsync(requests: 20);
                if (promQL.Contains("5..", StringComparison.Ordinal))
                {
                    await Application.FailAsync();
                }

                var series = await Application.QueryAsync(promQL);
                return series.Count > 0 && series.All(s => double.IsFinite(s.Value)) && series.Any(s => s.Value > 0);
            },
            $"{promQL} returns data",
            TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData("backend", "http")]
    [InlineData("gateway", "management")]
    [InlineData("alerts", "http")]
    [InlineData("cadvisor", "http")]
    public async Task PrometheusOwnLinterAcceptsTheExposition(string resource, string endpoint)
    {
        await Application.LoadAsync(requests: 5);
        using var client = Application.App.CreateHttpClient(resource, endpoint);
        var exposition = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        using var promtool = Process.Start(new ProcessStartInfo(await RealTools.FindAsync("promtool"), ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var output = promtool.StandardOutput.ReadToEndAsync();
        var error = promtool.StandardError.ReadToEndAsync();
        await promtool.StandardInput.WriteAsync(exposition.ReplaceLineEndings("\n"));
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();

        // cAdvisor's own names are what they are: container_last_seen and the memory gauges break no rule, but one of ours might.
        Assert.True(promtool.ExitCode == 0, await output + await error);
    }

    [Fact]
    public async Task PrometheusSeesTheContractsNamesAndLabels()
    {
        await Application.LoadAsync(requests: 5);
        await Eventually.TrueAsync(
            async () => (await Application.QueryAsync("""http_request_duration_seconds_bucket{job="backend", route="/api/health"}""")).Count > 0,
            "the histogram is scraped");

        var buckets = await Application.QueryAsync("""http_request_duration_seconds_bucket{job="backend", route="/api/health", method="GET", status_code="200"}""");
        Assert.All(buckets, b => Assert.Equal(["__name__", "instance", "job", "le", "method", "route", "status_code"], b.Labels.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(
            [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, double.PositiveInfinity],
            buckets.Select(b => b.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(b.Labels["le"], System.Globalization.CultureInfo.InvariantCulture)).Order());

        using var metadata = await Application.GetJsonAsync("prometheus", "/api/v1/targets/metadata?match_target=" + Uri.EscapeDataString("""{job="backend"}"""));
        var types = metadata.RootElement.GetProperty("data").EnumerateArray().ToDictionary(m => m.GetProperty("metric").GetString()!, m => m.GetProperty("type").GetString()!);
        Assert.Equal("histogram", types["http_request_duration_seconds"]);
        Assert.Equal("gauge", types["http_requests_in_progress"]);
        Assert.Equal("histogram", types["db_query_duration_seconds"]);
        // OpenMetrics names a counter's family without `_total`; Prometheus keeps it as the scrape had it.
        Assert.Equal("counter", types.GetValueOrDefault("http_requests") ?? types["http_requests_total"]);
        Assert.Equal("counter", types.GetValueOrDefault("process_cpu_seconds") ?? types["process_cpu_seconds_total"]);
        Assert.Equal("gauge", types["process_resident_memory_bytes"]);
        Assert.Equal("gauge", types["process_start_time_seconds"]);
    }

    [Fact]
    public async Task UnknownUrlsAndInventedMethodsStayBounded()
    {
        using var backend = Application.App.CreateHttpClient("backend");
        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellationToken) =>
        {
            using var response = await backend.GetAsync(new Uri($"/nowhere/{i}", UriKind.Relative), cancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        });
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(new HttpMethod($"INVENTED{i}"), new Uri("/nowhere", UriKind.Relative));
            using var response = await backend.SendAsync(request, cancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        });

        const string Unmatched = """http_requests_total{job="backend", route="unmatched", status_code="404", method=~"GET|OTHER"}""";
        await Eventually.TrueAsync(
            async () => (await Application.QueryAsync(Unmatched)) is var series && series.Any(s => s.Labels["method"] == "GET" && s.Value >= 10_000) && series.Any(s => s.Labels["method"] == "OTHER" && s.Value >= 300),
            "all requests are counted");
        Assert.Equal(2, (await Application.QueryAsync(Unmatched)).Count);
        Assert.Empty(await Application.QueryAsync("""http_requests_total{job="backend", route=~".*nowhere.*"}"""));
        Assert.Empty(await Application.QueryAsync("""http_requests_total{job="backend", method=~"INVENTED.*"}"""));
    }

    [Fact]
    public async Task TheGatewayLetsOnlyTheApiThrough()
    {
        using var gateway = Application.App.CreateHttpClient("gateway");
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync(new Uri("/api/health", UriKind.Relative))).StatusCode);
        foreach (var path in (string[])["/metrics", "/metrics/otel", "/health", "/alive", "/openapi/v1.json", "/", "/api/../metrics"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await gateway.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        }
    }

    [Fact]
    public async Task PrometheusRunsWithTheSettingsOfTheModel()
    {
        using var flags = await Application.GetJsonAsync("prometheus", "/api/v1/status/flags");
        var data = flags.RootElement.GetProperty("data");
        Assert.Equal("15d", data.GetProperty("storage.tsdb.retention.time").GetString());
        Assert.Equal("true", data.GetProperty("web.enable-lifecycle").GetString());
        Assert.Equal("exemplar-storage", data.GetProperty("enable-feature").GetString());
        // The volume: by its path in the container, or by that of the directory which stands in for it.
        Assert.Contains(data.GetProperty("storage.tsdb.path").GetString(), (string[])["/prometheus", Path.Combine(Application.DataDirectory, "volumes", "prometheus-data")]);

        using var configuration = await Application.GetJsonAsync("prometheus", "/api/v1/status/config");
        var yaml = configuration.RootElement.GetProperty("data").GetProperty("yaml").GetString()!;
        Assert.Contains("scrape_interval: 1s", yaml, StringComparison.Ordinal);
        Assert.Contains("evaluation_interval: 1s", yaml, StringComparison.Ordinal);

        // Prometheus itself says where it sends alerts, and that it is there.
        using var alertmanagers = await Application.GetJsonAsync("prometheus", "/api/v1/alertmanagers");
        Assert.Single(alertmanagers.RootElement.GetProperty("data").GetProperty("activeAlertmanagers").EnumerateArray());
        using var status = await Application.GetJsonAsync("alertmanager", "/api/v2/status");
        Assert.Contains("/api/alerts/webhook", status.RootElement.GetProperty("config").GetProperty("original").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThePagesOfPrometheusAndAlertmanagerWork()
    {
        foreach (var resource in (string[])["prometheus", "alertmanager", "cadvisor"])
        {
            using var client = Application.App.CreateHttpClient(resource);
            var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
            Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task AChangedRuleIsThereAfterAReload()
    {
        // The rendered copy stands for an edit of monitoring/, which this test must not touch.
        var rules = Path.Combine(Application.DataDirectory, "config", "prometheus", "rules.yml");
        var before = await File.ReadAllTextAsync(rules);
        try
        {
            await File.WriteAllTextAsync(rules, before + """

                  - name: added_by_a_test
                    rules:
                      - record: test:one
                        expr: vector(1)
                """);
            await Application.CommandAsync("prometheus", "reload");
            await Eventually.TrueAsync(async () => (await Application.QueryAsync("test:one")) is [{ Value: 1 }], "the new rule is evaluated");

            await File.WriteAllTextAsync(rules, "groups: [");
            var refused = await Application.App.ResourceCommands.ExecuteCommandAsync("prometheus", "reload");
            Assert.False(refused.Success);
            Assert.Contains("rules.yml", refused.ErrorMessage, StringComparison.Ordinal);
            Assert.Single(await Application.QueryAsync("""up{job="backend"}"""));
        }
        finally
        {
            await File.WriteAllTextAsync(rules, before);
            await Application.CommandAsync("prometheus", "reload");
        }
    }
}
