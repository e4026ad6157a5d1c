using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>Without traffic: a real Prometheus that scrapes a real backend which nobody asks, and what the dashboards make of it.</summary>
public sealed class QuietTests
{
    private static readonly TimeSpan s_scrapeInterval = TimeSpan.FromSeconds(1);

    /// <summary>What the backend has been through before Prometheus sees it for the first time.</summary>
    public enum Backend
    {
        /// <summary>There is none.</summary>
        Missing,

        /// <summary>It has just been started: its counters are there, at 0. That is where 0/0 comes from.</summary>
        Fresh,

        /// <summary>It has answered, also with errors: its counters are there, and stand still.</summary>
        Idle,
    }

    [Theory]
    [InlineData(Backend.Missing)]
    [InlineData(Backend.Fresh)]
    [InlineData(Backend.Idle)]
    public async Task NoQueryFailsAndNoneGivesWhatIsNoNumber(Backend backend)
    {
        using var directory = new TempDirectory();
        await using var service = backend == Backend.Missing ? null : await BackendService.StartAsync(directory["backend.db"], options: "Default Timeout=1");
        if (backend == Backend.Idle)
        {
            await AnswerAsync(service!, directory["backend.db"]);
        }

        await using var prometheus = await StartPrometheusAsync(directory, service);
        var grafana = new GrafanaQueries(prometheus.Client, DashboardFile.Get("ft_transcendence"), s_scrapeInterval);
        await Eventually.TrueAsync(
            async () => await grafana.QueryNowAsync("""count_over_time(up{job=~"backend|prometheus"}[1m]) >= 3""", DateTimeOffset.UtcNow) is { Count: var scraped } && scraped == (service is null ? 1 : 2),
            "all that is there has been scraped three times");

        foreach (var dashboard in DashboardFile.All)
        {
            var queries = new GrafanaQueries(prometheus.Client, dashboard, s_scrapeInterval);
            foreach (var annotation in dashboard.Annotations)
            {
                Assert.Empty(await queries.QueryNowAsync(annotation, DateTimeOffset.UtcNow));
            }

            foreach (var query in dashboard.Queries)
            {
                Assert.All((await queries.QueryAsync(query)).SelectMany(series => series.Values), value => Assert.True(double.IsFinite(value), $"{query} gives {value}."));
            }
        }

        // What the first line of the service's dashboard says: a number where there is one, words where there is none.
        Assert.Equal(backend == Backend.Missing ? "No data" : "Up", await StatAsync("Health"));
        Assert.Equal("0", await StatAsync("Alerts firing"));
        Assert.Equal(backend == Backend.Missing ? "No data" : "0", await StatAsync("Request rate"));
        Assert.Equal("No data", await StatAsync("Errors (5xx)"));
        Assert.Equal("No data", await StatAsync("p95, slowest route"));
        Assert.Equal("No data", await StatAsync("Average response"));

        // This is the case that the guards are for: without them it would be NaN.
        var unguarded = await grafana.QueryNowAsync(
            """sum(rate(http_request_duration_seconds_count{job="$job", status_code=~"5.."}[5m])) / sum(rate(http_request_duration_seconds_count{job="$job"}[5m]))""", DateTimeOffset.UtcNow);
        Assert.Equal(backend == Backend.Missing ? [] : [double.NaN], unguarded.SelectMany(series => series.Values));

        async Task<string> StatAsync(string title)
        {
            var query = DashboardFile.Get("ft_transcendence").Queries.Single(query => query.Panel.Title == title && query.Panel.Type == "stat");
            if (await grafana.QueryAsync(query) is not [{ Values: [.., var value] }])
            {
                return query.Panel.Defaults.GetProperty("noValue").GetString()!;
            }

            var text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return query.Panel.Defaults.TryGetProperty("mappings", out var mappings) ? mappings[0].GetProperty("options").GetProperty(text).GetProperty("text").GetString()! : text;
        }
    }

    [Fact]
    public async Task TheSeedsLoadIsSeenThoughItIsTheFirstAndComesOnce()
    {
        using var directory = new TempDirectory();
        await using var service = await BackendService.StartAsync(directory["backend.db"]);
        await using var prometheus = await StartPrometheusAsync(directory, service);
        var grafana = new GrafanaQueries(prometheus.Client, DashboardFile.Get("ft_transcendence"), s_scrapeInterval);
        await Eventually.TrueAsync(async () => await ValueAsync("""count_over_time(up{job="backend"}[1m])""") >= 2, "the backend has been scraped twice");

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal("OK", (await service.Client.GetAsync(new Uri("/api/health", UriKind.Relative))).StatusCode.ToString());
        }

        await Eventually.TrueAsync(async () => await ValueAsync("""sum(rate(http_request_duration_seconds_count{job="backend"}[1m]))""") > 1, "the rate tells of the load");
        var p95 = await ValueAsync("""histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket{job="backend", route="/api/health"}[5m])))""");
        Assert.InRange(p95, double.Epsilon, 10);

        async Task<double> ValueAsync(string promQL) => (await grafana.QueryNowAsync(promQL, DateTimeOffset.UtcNow)) is [{ Values: [.., var value] }] ? value : double.NaN;
    }

    /// <summary>Requests with and without success, at routes with and without the database.</summary>
    private static async Task AnswerAsync(ServiceProcess backend, string database)
    {
        await backend.Client.AddPlayerAsync();
        foreach (var path in (string[])["/api/leaderboard", "/api/players", "/nowhere"])
        {
            using var response = await backend.Client.GetAsync(new Uri(path, UriKind.Relative));
        }

        using var locked = await DatabaseLock.TakeAsync(database);
        using var failed = await backend.Client.PostJsonAsync("/api/players", new { name = BackendService.NewName() });
        Assert.True((int)failed.StatusCode >= 500, $"A locked database was answered with {(int)failed.StatusCode}.");
    }

    /// <summary>With our rules, and itself and the backend as the only targets.</summary>
    private static async Task<ToolProcess> StartPrometheusAsync(TempDirectory directory, ServiceProcess? backend)
    {
        Directory.CreateDirectory(directory["targets"]);
        if (backend is not null)
        {
            await File.WriteAllTextAsync(directory["targets/backend.json"], Target(backend.Address));
        }

        var prometheus = await MonitoringFiles.StartPrometheusAsync(directory);
        await File.WriteAllTextAsync(directory["targets/prometheus.json"], Target(prometheus.Address));
        return prometheus;

        static string Target(Uri address) => JsonSerializer.Serialize(new[] { new { targets = new[] { address.Authority } } });
    }
}
