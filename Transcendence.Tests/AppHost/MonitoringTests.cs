using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring;

namespace Transcendence.Tests.AppHost;

/// <summary>What a user finds after the start: everything scraped, every rule evaluated, every query of the seed answered.</summary>
public abstract class MonitoringTests(RunningApplication running)
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

    private protected Application Application => running.Application;

    [SkippableFact]
    public async Task EveryTargetIsUp()
    {
        var last = "";
        try
        {
            await Eventually.TrueAsync(AllUpAsync, "every target is there and up", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{e.Message}\n{last}");
        }

        async Task<bool> AllUpAsync()
        {
            using var targets = await Application.GetJsonAsync("prometheus", "/api/v1/targets");
            var active = targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
                .Select(t => (Job: t.GetProperty("labels").GetProperty("job").GetString()!, Health: t.GetProperty("health").GetString()!, Error: t.GetProperty("lastError").GetString())).ToList();
            last = string.Join('\n', active);

            // Beside the real cAdvisor its job has our processes.
            string[] expected = ["alertmanager", "alerts", "backend", "cadvisor", .. Application.Form is ToolForm.Containers ? (string[])["cadvisor"] : [], "gateway", "grafana", "prometheus", "runtime", "runtime", "runtime"];
            return active.Select(t => t.Job).Order(StringComparer.Ordinal).SequenceEqual(expected) && active.TrueForAll(t => t.Health == "up");
        }
    }

    [SkippableFact]
    public async Task WhatIsReadOfTheRuntimeIsScrapedOfEachServiceAndNothingElse()
    {
        foreach (var metric in (string[])["dotnet_gc_pause_time_seconds_total", "dotnet_gc_last_collection_heap_size_bytes{gc_heap_generation=\"gen2\"}", "dotnet_thread_pool_thread_count_total", "kestrel_active_connections"])
        {
            await Eventually.TrueAsync(
                async () => (await Application.QueryAsync($"count by (service) ({metric})")).Select(series => series.Labels["service"]).Order(StringComparer.Ordinal).SequenceEqual(["alerts", "backend", "gateway"]),
                $"{metric} is there of each service",
                TimeSpan.FromSeconds(60));
        }

        Assert.Empty(await Application.QueryAsync("""{job="runtime", __name__!~"(dotnet|kestrel|scrape)_.+|up|ALERTS.*"}"""));
        Assert.Empty(await Application.QueryAsync("""{job="runtime", otel_scope_name!=""}"""));
    }

    [SkippableFact]
    public async Task EveryQueryOfTheRunbooksRuns()
    {
        Assert.NotEmpty(RulesTests.RunbookQueries);
        foreach (var (runbook, query) in RulesTests.RunbookQueries)
        {
            using var answer = await Application.GetJsonAsync("prometheus", "/api/v1/query?query=" + Uri.EscapeDataString(query));
            Assert.True(answer.RootElement.GetProperty("status").GetString() == "success", $"{runbook}: {query}\n{answer.RootElement}");
        }
    }

    [SkippableFact]
    public async Task TheLinksOfAlertsLeadToTheInboxAndToTheDashboards()
    {
        using var rules = await Application.GetJsonAsync("prometheus", "/api/v1/rules?type=alert");
        var alert = rules.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Single(rule => rule.GetProperty("name").GetString() == "BackendDown").GetProperty("annotations");
        using var client = Application.CreateClient("alerts");
        var runbook = await client.GetStringAsync(new Uri(alert.GetProperty("runbook_url").GetString()!));
        Assert.Contains("<h1>BackendDown</h1>", runbook, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{Application.App.GetEndpoint("prometheus", "http")}graph?g0.expr=", runbook, StringComparison.Ordinal);
        Assert.StartsWith($"{Application.App.GetEndpoint("grafana", "http")}d/ft_transcendence", alert.GetProperty("dashboard_url").GetString()!, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task TheWatchdogArrivesThroughAlertmanagerAndTheMonitoringWorks()
    {
        using var client = Application.CreateClient("alerts");
        await Eventually.TrueAsync(
            async () => (await client.GetStringAsync(new Uri("/api/watchdog", UriKind.Relative))).Contains("\"status\":\"working\"", StringComparison.Ordinal),
            "the monitoring works",
            TimeSpan.FromSeconds(90));
    }

    [SkippableFact]
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

    [SkippableTheory]
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
                // A route that nobody has asked for has no quantile: its series is there from the start, and NaN.
                return series.Any(s => double.IsFinite(s.Value) && s.Value > 0);
            },
            $"{promQL} returns data",
            TimeSpan.FromSeconds(90));
    }

    [SkippableTheory]
    [InlineData("backend", "http")]
    [InlineData("gateway", "management")]
    [InlineData("alerts", "http")]
    [InlineData("processes", "http")]
    public async Task PrometheusOwnLinterAcceptsTheExposition(string resource, string endpoint)
    {
        await Application.LoadAsync(requests: 5);
        // Where there are no containers, our processes are the resource `cadvisor`.
        using var client = Application.App.CreateHttpClient(resource == "processes" && Application.Form is ToolForm.Executables ? "cadvisor" : resource, endpoint);
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

    [SkippableFact]
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

    [SkippableFact]
    public async Task UnknownUrlsAndInventedMethodsStayBounded()
    {
        using var backend = Application.App.CreateHttpClient("backend", "http");
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

    [SkippableFact]
    public async Task TheGatewayLetsOnlyTheApiThrough()
    {
        using var gateway = Application.App.CreateHttpClient("gateway", "http");
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync(new Uri("/api/health", UriKind.Relative))).StatusCode);
        foreach (var path in (string[])["/metrics", "/metrics/otel", "/health", "/alive", "/openapi/v1.json", "/", "/api/../metrics"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await gateway.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        }
    }

    [SkippableFact]
    public async Task PrometheusRunsWithTheSettingsOfTheModel()
    {
        using var flags = await Application.GetJsonAsync("prometheus", "/api/v1/status/flags");
        var data = flags.RootElement.GetProperty("data");
        Assert.Equal("15d", data.GetProperty("storage.tsdb.retention.time").GetString());
        Assert.Equal("true", data.GetProperty("web.enable-lifecycle").GetString());
        Assert.Equal("exemplar-storage", data.GetProperty("enable-feature").GetString());
        // The volume: by its path in the container, or by that of the directory which stands in for it.
        Assert.Equal(Application.Form is ToolForm.Containers ? "/prometheus" : Path.Combine(Application.DataDirectory, "volumes", "prometheus-data"), data.GetProperty("storage.tsdb.path").GetString());

        // No page of another site may read what it tells, and its links lead to where a browser of this machine finds it.
        var url = Application.App.GetEndpoint("prometheus", "http").ToString().TrimEnd('/');
        Assert.Equal(url, data.GetProperty("web.cors.origin").GetString());
        Assert.Equal(url, data.GetProperty("web.external-url").GetString());

        using var configuration = await Application.GetJsonAsync("prometheus", "/api/v1/status/config");
        var yaml = configuration.RootElement.GetProperty("data").GetProperty("yaml").GetString()!;
        Assert.Contains("scrape_interval: 1s", yaml, StringComparison.Ordinal);
        Assert.Contains("evaluation_interval: 1s", yaml, StringComparison.Ordinal);

        // Prometheus itself says where it sends alerts, and that it is there.
        await Eventually.TrueAsync(
            async () =>
            {
                using var alertmanagers = await Application.GetJsonAsync("prometheus", "/api/v1/alertmanagers");
                return alertmanagers.RootElement.GetProperty("data").GetProperty("activeAlertmanagers").GetArrayLength() == 1;
            },
            "Prometheus has an Alertmanager");
        using var status = await Application.GetJsonAsync("alertmanager", "/api/v2/status");
        Assert.Contains("/api/alerts/webhook", status.RootElement.GetProperty("config").GetProperty("original").GetString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ThePagesOfPrometheusAndAlertmanagerWork()
    {
        // The cAdvisor of the tests' images is a stand-in, which has no page.
        foreach (var resource in (string[])["prometheus", "alertmanager", .. Application.Form is ToolForm.Executables ? (string[])["cadvisor"] : []])
        {
            using var client = Application.App.CreateHttpClient(resource);
            var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
            Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [SkippableFact]
    public async Task AChangedRuleIsInForceAfterTheSeedsReloadAndAfterTheCommand()
    {
        await AssertInForceAsync("by_post", async () =>
        {
            // The seed's way: curl -X POST http://localhost:9090/-/reload
            using var client = Application.App.CreateHttpClient("prometheus", "http");
            using var response = await client.PostAsync(new Uri("/-/reload", UriKind.Relative), content: null);
            response.EnsureSuccessStatusCode();
        });
        await AssertInForceAsync("by_command", () => Application.CommandAsync("prometheus", "reload"));

        async Task AssertInForceAsync(string name, Func<Task> reloadAsync)
        {
            var file = Path.Combine(Application.Monitoring, "prometheus", "rules.yml");
            var before = await File.ReadAllTextAsync(file);
            try
            {
                await File.WriteAllTextAsync(file, before + $"\n  - name: {name}\n    rules:\n      - record: test:{name}\n        expr: vector(1)\n");
                await reloadAsync();
                await Eventually.TrueAsync(async () => (await Application.QueryAsync($"test:{name}")) is [{ Value: 1 }], "the new rule is evaluated");
            }
            finally
            {
                await File.WriteAllTextAsync(file, before);
                await Application.CommandAsync("prometheus", "reload");
            }

            Assert.DoesNotContain(name, await RuleGroupsAsync(), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task ADirectoryThatIsReplacedIsReadAndWatchedAgain()
    {
        var directory = Path.Combine(Application.Monitoring, "prometheus");
        var away = Path.Combine(Application.Monitoring, "away");
        try
        {
            Directory.Move(directory, away);
            foreach (var file in Directory.EnumerateFiles(away, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(directory, Path.GetRelativePath(away, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            foreach (var name in (string[])["at_once", "later"])
            {
                await File.AppendAllTextAsync(Path.Combine(directory, "rules.yml"), $"\n  - name: {name}\n    rules:\n      - record: test:{name}\n        expr: vector(1)\n");
                await Eventually.TrueAsync(async () => (await Application.QueryAsync($"test:{name}")) is [{ Value: 1 }], $"the rule that was added {name} is evaluated");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
            Directory.Move(away, directory);
            await Application.CommandAsync("prometheus", "reload");
        }
    }

    [SkippableFact]
    public async Task AFileThatWasEmptiedIsRefusedThoughTheToolWouldTakeIt()
    {
        var file = Path.Combine(Application.Monitoring, "prometheus", "prometheus.yml");
        var before = await File.ReadAllTextAsync(file);
        try
        {
            await File.WriteAllTextAsync(file, "");
            var refused = await Application.App.ResourceCommands.ExecuteCommandAsync("prometheus", "reload");
            Assert.False(refused.Success);
            Assert.Contains($"{file} is empty", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllTextAsync(file, before);
            await Application.CommandAsync("prometheus", "reload");
        }
    }

    [SkippableFact]
    public async Task GrafanaIsToldHowOftenPrometheusScrapes()
    {
        // The test's prometheus.yml says a second.
        Assert.Contains("timeInterval: 15s", await File.ReadAllTextAsync(Path.Combine(Application.Monitoring, "grafana", "provisioning", "datasources", "datasource.yml")), StringComparison.Ordinal);
        Assert.Contains("timeInterval: 1s", await File.ReadAllTextAsync(Path.Combine(Application.DataDirectory, "config", "grafana", "provisioning", "datasources", "datasource.yml")), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("{\n \"title\": ", "is no dashboard, from line 2 on it is not JSON.")]
    [InlineData("{}", "is no dashboard: it has no title.")]
    [InlineData("""{ "title": "Twice", "uid": "home" }""", "has the uid 'home' of")]
    public async Task ADashboardThatCannotBeShownIsTheHealthOfGrafana(string text, string words)
    {
        var file = Path.Combine(Application.Monitoring, "grafana", "dashboards", "zz.json");
        var health = Application.App.Services.GetRequiredService<HealthCheckService>();
        await File.WriteAllTextAsync(file, text);
        try
        {
            var report = Assert.Single((await health.CheckHealthAsync(check => check.Name == "grafana-configuration")).Entries).Value;
            Assert.Equal(HealthStatus.Degraded, report.Status);
            Assert.StartsWith(file, report.Description, StringComparison.Ordinal);
            Assert.Contains(words, report.Description, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(check => check.Name == "grafana-configuration")).Status);
    }

    [SkippableTheory]
    [InlineData("prometheus", "rules.yml", "groups: [", "promtool")]
    [InlineData("prometheus", "prometheus.yml", "scrape_configz: []\n", "promtool")]
    [InlineData("alertmanager", "alertmanager.yml", "route: { receiver: nobody }\nreceivers: []\n", "amtool")]
    public async Task AFaultyFileIsRefusedInTheToolsOwnWordsAndTheOldOnesStayInForceWhole(string tool, string name, string text, string checker)
    {
        var file = Path.Combine(Application.Monitoring, tool, name);
        var other = Path.Combine(Application.Monitoring, tool, "also-changed.yml");
        var before = await File.ReadAllTextAsync(file);
        var inForce = await StatusAsync();
        try
        {
            await File.WriteAllTextAsync(other, "{}");
            await File.WriteAllTextAsync(file, text);
            var refused = await Application.App.ResourceCommands.ExecuteCommandAsync(tool, "reload");
            Assert.False(refused.Success);
            Assert.Contains($"The configuration of '{tool}' is not valid", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"{checker} says:", refused.Message, StringComparison.Ordinal);
            // It names the file that the user knows, not a copy.
            Assert.Contains(name == "alertmanager.yml" ? "nobody" : file, refused.Message, StringComparison.Ordinal);

            // What the tool would read, and does read when it is told to behind our back.
            Assert.False(File.Exists(Path.Combine(Application.DataDirectory, "config", tool, "also-changed.yml")));
            using var client = Application.App.CreateHttpClient(tool, "http");
            using var response = await client.PostAsync(new Uri("/-/reload", UriKind.Relative), content: null);
            response.EnsureSuccessStatusCode();
            Assert.Equal(inForce, await StatusAsync());
            if (tool == "alertmanager")
            {
                // Asked twice a minute.
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
                await Application.App.ResourceNotifications.WaitForResourceAsync(
                    tool, e => e.Snapshot.HealthReports.Any(report => report is { Name: "alertmanager-configuration", Status: HealthStatus.Degraded, Description: var said } && said!.Contains("amtool says:", StringComparison.Ordinal)), deadline.Token);
            }
        }
        finally
        {
            File.Delete(other);
            await File.WriteAllTextAsync(file, before);
            await Application.CommandAsync(tool, "reload");
        }

        async Task<string> StatusAsync()
        {
            using var status = await Application.GetJsonAsync(tool, tool == "prometheus" ? "/api/v1/status/config" : "/api/v2/status");
            return tool == "prometheus" ? status.RootElement.GetProperty("data").GetProperty("yaml").GetString()! : status.RootElement.GetProperty("config").GetProperty("original").GetString()!;
        }
    }

    [SkippableFact]
    public async Task TheLinksOfAToolLeadToPagesThatAreThere()
    {
        using var client = new HttpClient();
        foreach (var tool in (string[])["prometheus", "alertmanager", "grafana", "cadvisor", "backend", "gateway", "alerts"])
        {
            Assert.True(Application.App.ResourceNotifications.TryGetCurrentState(tool, out var state));
            Assert.NotEmpty(state.Snapshot.Urls);
            // The Prometheus of the tests' images is Debian's, which has its pages elsewhere than the official image; their stand-ins have none.
            foreach (var url in state.Snapshot.Urls.Where(u => Application.Form is ToolForm.Executables && tool is not ("backend" or "gateway" or "alerts")))
            {
                using var response = await client.GetAsync(new Uri(url.Url));
                Assert.True(response.IsSuccessStatusCode, $"{url.Url} of {tool} answers {(int)response.StatusCode}.");
            }
        }
    }

    [SkippableFact]
    public async Task AStoppedServiceIsRefusedAtOnceAndItsGatewaySaysSo()
    {
        await Application.CommandAsync("backend", KnownResourceCommands.StopCommand);
        try
        {
            using var backend = Application.App.CreateHttpClient("backend", "http");
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        using var response = await backend.GetAsync(new Uri("/alive", UriKind.Relative));
                        return false;
                    }
                    catch (HttpRequestException e)
                    {
                        return e.HttpRequestError == HttpRequestError.ConnectionError;
                    }
                },
                "the connection is refused");
            using var gateway = Application.App.CreateHttpClient("gateway", "http");
            using var answer = await gateway.GetAsync(new Uri("/api/health", UriKind.Relative));
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
            await Eventually.TrueAsync(async () => (await Application.QueryAsync("""up{job="backend"}""")) is [{ Value: 0 }], "up falls to 0 and does not vanish");
        }
        finally
        {
            await Application.StartAsync("backend", KnownResourceCommands.StartCommand);
        }

        // The next test finds it as it was.
        await IsScrapedAsync();
    }

    [SkippableFact]
    public async Task AServiceThatWasKilledIsScrapedAgainOnceItIsStarted()
    {
        Application.Kill("backend");

        // Started within a tenth of a second after its end, it is another one's business: DCP 13.6.5 now and then takes the endpoints of before for the new ones, and nobody finds the service.
        await Eventually.TrueAsync(async () => (await Application.QueryAsync("""up{job="backend"}""")) is [{ Value: 0 }], "Prometheus sees it down");
        await Application.StartAsync("backend", KnownResourceCommands.StartCommand);
        await IsScrapedAsync();
    }

    private async Task IsScrapedAsync()
    {
        var words = "";
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    using var targets = await Application.GetJsonAsync("prometheus", "/api/v1/targets?state=active");
                    var target = targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray().Single(t => t.GetProperty("labels").GetProperty("job").GetString() == "backend");
                    words = target.GetProperty("lastError").GetString()!;
                    return target.GetProperty("health").GetString() == "up";
                },
                "the backend is scraped again",
                TimeSpan.FromSeconds(40));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The backend is healthy and not scraped: {words}\n{string.Join('\n', (await Application.LogAsync("backend")).TakeLast(20))}");
        }
    }

    private async Task<string> RuleGroupsAsync()
    {
        using var rules = await Application.GetJsonAsync("prometheus", "/api/v1/rules");
        return string.Join(' ', rules.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("name").GetString()));
    }
}

/// <summary>With the tools as executables.</summary>
/// <param name="running">The application.</param>
[Collection(RunningExecutables.Name)]
public sealed class MonitoringWithExecutablesTests(RunningExecutables running) : MonitoringTests(running)
{
    [SkippableFact]
    public async Task GrafanaOrTheViewerInItsPlaceLetsNobodyInWithoutAPassword()
    {
        using var viewer = Application.App.CreateHttpClient("grafana", "http");
        using (var anonymous = await viewer.GetAsync(new Uri("/api/search", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        }

        viewer.DefaultRequestHeaders.Authorization = ServiceProcess.Basic("admin", Application.Password);
        if (Application.Resources.Single(r => r.Name == "grafana") is GrafanaProjectResource)
        {
            // It says how to log in, and how to have Grafana itself.
            Assert.Contains("https://grafana.com/grafana/download", await viewer.GetStringAsync(new Uri("/api/viewer", UriKind.Relative)), StringComparison.Ordinal);
            using var anybody = Application.App.CreateHttpClient("grafana", "http");
            Assert.Contains("grafana-admin-password", await anybody.GetStringAsync(new Uri("/login", UriKind.Relative)), StringComparison.Ordinal);
        }

        Assert.Contains("\"ft_transcendence\"", await viewer.GetStringAsync(new Uri("/api/search", UriKind.Relative)), StringComparison.Ordinal);

        // From the address where Prometheus really listens, which the provisioned file does not have.
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await viewer.GetStringAsync(new Uri("/api/datasources/proxy/uid/prometheus/api/v1/query?query=" + Uri.EscapeDataString("count(up{job=~\"backend|grafana\"} == 1)"), UriKind.Relative));
                return answer.Contains("\"2\"", StringComparison.Ordinal);
            },
            "backend and viewer are up, as seen through the viewer",
            TimeSpan.FromSeconds(60));
        Assert.DoesNotContain(await Application.LogAsync("grafana"), line => line.Contains(Application.Password, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("prometheus")]
    [InlineData("grafana")]
    public async Task AToolThatWasKilledCanBeStartedAgainFromTheDashboard(string tool)
    {
        Application.Kill(tool);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Application.App.ResourceNotifications.WaitForResourceAsync(tool, KnownResourceStates.TerminalStates, deadline.Token);
        await Application.StartAsync(tool, KnownResourceCommands.StartCommand);
    }
}

/// <summary>With the tools as containers.</summary>
/// <param name="running">The application.</param>
[Collection(RunningContainers.Name)]
public sealed class MonitoringWithContainersTests(RunningContainers running) : MonitoringTests(running)
{
    [SkippableFact]
    public async Task AContainerHasTheLabelByWhichTheSeedFindsIt()
    {
        foreach (var tool in (string[])["prometheus", "alertmanager", "grafana", "cadvisor"])
        {
            Assert.NotEmpty(await DockerEngine.DockerAsync("ps", "--quiet", "--filter", $"label=com.docker.compose.service={tool}", "--filter", "label=com.docker.compose.project", "--filter", $"name={NameOf(tool)}"));
        }
    }

    [SkippableFact]
    public async Task GrafanaLetsNobodyInWithoutAPasswordAndHasOurFilesBesideItsOwn()
    {
        Skip.IfNot(DockerEngine.HasStandIns, "Only the stand-in for Grafana tells what it was given. Start an engine that has it: eng/docker-engine.sh start DIR.");
        using var grafana = Application.App.CreateHttpClient("grafana", "http");
        var environment = (await grafana.GetStringAsync(new Uri("/standin/env", UriKind.Relative))).Split('\n');
        Assert.Contains("GF_AUTH_ANONYMOUS_ENABLED=false", environment);
        Assert.Contains("GF_USERS_ALLOW_SIGN_UP=false", environment);
        Assert.Contains(environment, line => Regex.IsMatch(line, "^GF_AUTH_LOGIN_COOKIE_NAME=grafana_session_.+-[0-9a-f]{10}-grafana$"));
        Assert.Contains("GF_SECURITY_ADMIN_USER=admin", environment);
        Assert.Contains($"GF_SECURITY_ADMIN_PASSWORD={Application.Password}", environment);

        var files = (await grafana.GetStringAsync(new Uri("/standin/files", UriKind.Relative))).Split('\n');
        Assert.Contains("/etc/grafana/grafana.ini", files);
        Assert.Contains("/etc/grafana/provisioning/dashboards/dashboards.yml", files);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Application.Monitoring, "grafana", "dashboards", "ft_transcendence.json")),
            await grafana.GetStringAsync(new Uri("/standin/files/etc/grafana/dashboards/ft_transcendence.json", UriKind.Relative)));

        // It asks Prometheus where that is on the network of the containers.
        var source = await grafana.GetStringAsync(new Uri("/standin/files/etc/grafana/provisioning/datasources/datasource.yml", UriKind.Relative));
        Assert.Contains("url: http://prometheus.dev.internal:9090", source, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task AContainerIsPublishedOnLoopbackOnly()
    {
        foreach (var tool in (string[])["prometheus", "alertmanager", "grafana", "cadvisor"])
        {
            var ports = await DockerEngine.DockerAsync("port", NameOf(tool));
            Assert.All(ports.Split('\n'), line => Assert.Contains("-> 127.0.0.1:", line, StringComparison.Ordinal));
        }
    }

    private string NameOf(string tool)
    {
        Assert.True(Application.App.ResourceNotifications.TryGetCurrentState(tool, out var state));
        return state.ResourceId;
    }
}
