using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring.Dashboards;

namespace Transcendence.Tests.AppHost;

/// <summary>Every query of the dashboards against the Prometheus of the running application, under load.</summary>
public abstract class DashboardQueryTests(RunningApplication running) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_scrapeInterval = TimeSpan.FromSeconds(1);

    /// <summary>What is 0 while all is well.</summary>
    private static readonly string[] s_mayBeZero = ["Alerts firing", "Alerts", "Requests in flight"];

    /// <summary>What there need not be: the dashboard, the panel and its query.</summary>
    private static readonly Dictionary<(string Dashboard, string Query), string> s_mayBeMissing = new()
    {
        [("runtime", "14 Queued in Kestrel B")] = "Kestrel tells of queued requests once there has been one.",
        [("runtime", "15 Rejected connections A")] = "Kestrel tells of rejected connections once there has been one.",
        [("runtime", "16 Exceptions A")] = "The runtime tells of exceptions once there has been one.",
    };

    /// <summary>The same, where there are no containers.</summary>
    private static readonly Dictionary<(string Dashboard, string Query), string> s_onlyOfContainers = new()
    {
        [("monitoring", "23 Network received A")] = "A process has no network of its own.",
        [("monitoring", "24 Network sent A")] = "A process has no network of its own.",
    };

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, bool> _traces = new();
    private Task _load = Task.CompletedTask;

    public static TheoryData<string> Names => DashboardFile.Names;

    private Application Application => running.Application;

    /// <inheritdoc/>
    public Task InitializeAsync()
    {
        _load = LoadAsync(_stop.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _load;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task EveryQueryOfEveryPanelReturnsDataUnderLoad(string name)
    {
        using var prometheus = Application.App.CreateHttpClient("prometheus", "http");
        var dashboard = DashboardFile.Get(name);
        var grafana = new GrafanaQueries(prometheus, dashboard, s_scrapeInterval);
        var missing = dashboard.Queries
            .Where(query => !s_mayBeMissing.ContainsKey((name, $"{query}")) && !(Application.Form is ToolForm.Executables && s_onlyOfContainers.ContainsKey((name, $"{query}"))))
            .ToDictionary(query => query, _ => "no series");
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    // More than once: what begins with 1 has not increased.
                    if (missing.Keys.Any(query => query.Expression.Contains("5..", StringComparison.Ordinal)))
                    {
                        await Application.FailAsync();
                    }

                    foreach (var query in missing.Keys.ToArray())
                    {
                        var series = await grafana.QueryAsync(query);
                        Assert.All(series.SelectMany(s => s.Values), value => Assert.True(double.IsFinite(value), $"{query} gives {value}."));
                        if (series.Any(s => s.Values.Any(value => value > 0)) || (series.Count > 0 && (name != "ft_transcendence" || s_mayBeZero.Contains(query.Panel.Title))))
                        {
                            missing.Remove(query);
                        }
                        else if (series.Count > 0)
                        {
                            missing[query] = "only zeros";
                        }
                    }

                    return missing.Count == 0;
                },
                "every query returns data",
                TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', missing.Select(query => $"{query.Key}: {query.Value}")));
        }
    }

    [SkippableFact]
    public async Task ALatencyHasTheTracesOfTheRequestsBehindIt()
    {
        using var prometheus = Application.App.CreateHttpClient("prometheus", "http");
        var dashboard = DashboardFile.Get("ft_transcendence");
        var grafana = new GrafanaQueries(prometheus, dashboard, s_scrapeInterval);
        var queries = dashboard.Queries.Where(query => query.HasExemplars).ToArray();
        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            await Eventually.TrueAsync(async () => (await grafana.TracesAsync(query)).Any(_traces.ContainsKey), $"{query} has a trace that was asked for");
        }
    }

    [SkippableFact]
    public async Task AServiceIsChosenAndThenOneOfItsRoutes()
    {
        using var prometheus = Application.App.CreateHttpClient("prometheus", "http");
        var dashboard = DashboardFile.Get("ft_transcendence");
        var grafana = new GrafanaQueries(prometheus, dashboard, s_scrapeInterval);
        await Eventually.TrueAsync(
            async () => (await grafana.ValuesAsync("job")) is var jobs && jobs.Contains("backend") && jobs.Contains("gateway")
                // The inbox, the viewer and the exporter of processes are there once somebody has asked them for more than their health.
                && !jobs.Except(["alerts", "backend", "cadvisor", "gateway", "grafana"]).Any(),
            "the services can be chosen");
        await Eventually.TrueAsync(
            async () => (await grafana.ValuesAsync("route")) is var routes && routes.Contains("/api/players/{id}") && routes.Contains("/api/leaderboard") && routes.Contains("unmatched"),
            "the backend's routes can be chosen");

        // A name with characters that mean something in a regular expression; then two of them.
        var panel = dashboard.Queries.Single(query => query.Panel.Title == "Request rate by route");
        foreach (var chosen in (string[][])[["/api/players/{id}"], ["/api/leaderboard", "unmatched"]])
        {
            grafana.Choose("route", chosen);
            await Eventually.TrueAsync(
                async () => (await grafana.QueryAsync(panel)).Select(series => series.Labels["route"]).Order(StringComparer.Ordinal).SequenceEqual(chosen),
                $"only {string.Join(" and ", chosen)} is shown");
        }

        // Another service has routes of its own, and no number that is none.
        grafana.Choose("route", "$__all");
        foreach (var job in (string[])["gateway", "alerts"])
        {
            grafana.Choose("job", job);
            await Eventually.TrueAsync(
                async () =>
                {
                    var routes = (await Application.QueryAsync($$"""group by (route) (http_request_duration_seconds_count{job="{{job}}"})""")).Select(series => series.Labels["route"]);
                    return routes.Order(StringComparer.Ordinal).SequenceEqual((await grafana.ValuesAsync("route")).Order(StringComparer.Ordinal));
                },
                $"the routes of {job} can be chosen");
            Assert.DoesNotContain("/api/leaderboard", await grafana.ValuesAsync("route"));
            foreach (var query in dashboard.Queries)
            {
                Assert.All((await grafana.QueryAsync(query)).SelectMany(series => series.Values), value => Assert.True(double.IsFinite(value), $"{query} of {job} gives {value}."));
            }
        }
    }

    [SkippableFact]
    public async Task EveryJobCanBeChosenInTheDashboardOfTheMonitoring()
    {
        using var prometheus = Application.App.CreateHttpClient("prometheus", "http");
        var grafana = new GrafanaQueries(prometheus, DashboardFile.Get("monitoring"), s_scrapeInterval);
        await Eventually.TrueAsync(
            async () => (await grafana.ValuesAsync("job")).Order(StringComparer.Ordinal).SequenceEqual(["alertmanager", "alerts", "backend", "cadvisor", "gateway", "grafana", "prometheus", "runtime"]),
            "every job can be chosen");
    }

    [SkippableFact]
    public async Task ALinkToTheSeedsQueryIsAPageOfThisPrometheus()
    {
        using var prometheus = Application.App.CreateHttpClient("prometheus", "http");
        foreach (var (path, query) in DashboardRulesTests.PrometheusLinks.Distinct())
        {
            using var page = await prometheus.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));

            // Prometheus 2.42 of Debian redirects to /classic/graph, Prometheus 3 to /query; the query must come along.
            Assert.Contains($"g0.expr={Uri.EscapeDataString(query)}", page.RequestMessage!.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
        }
    }

    /// <summary>Users at different routes, one after the other, until told to stop.</summary>
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        using var gateway = Application.App.CreateHttpClient("gateway", "http");
        var player = "1";
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var path in (string[])["/api/leaderboard", $"/api/players/{player}", "/api/players", "/api/nowhere"])
            {
                using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)));
            }

            // It fails while the database is locked.
            var content = JsonContent.Create(new { name = $"p{Guid.NewGuid():N}"[..12] }, options: JsonSerializerOptions.Web);
            using var created = await SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri("/api/players", UriKind.Relative)) { Content = content });
            if (created.StatusCode == HttpStatusCode.Created)
            {
                player = JsonElement.Parse(await created.Content.ReadAsStringAsync(CancellationToken.None)).GetProperty("id").ToString();
            }

            await Task.Delay(20, CancellationToken.None);
        }

        // As the requests of a client that records its traces.
        async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            using (request)
            {
                var trace = ActivityTraceId.CreateRandom().ToString();
                _traces[trace] = true;
                request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
                return await gateway.SendAsync(request, CancellationToken.None);
            }
        }
    }
}

/// <summary>With the tools as executables.</summary>
/// <param name="running">The application.</param>
[Collection(RunningExecutables.Name)]
public sealed class DashboardQueriesWithExecutablesTests(RunningExecutables running) : DashboardQueryTests(running);

/// <summary>With the tools as containers.</summary>
/// <param name="running">The application.</param>
[Collection(RunningContainers.Name)]
public sealed class DashboardQueriesWithContainersTests(RunningContainers running) : DashboardQueryTests(running);
