using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>What the dashboards say at a moment that seldom comes, asked of promtool: after a restart of Prometheus, without anything recorded, after a deploy.</summary>
public sealed class MomentTests
{
    // An alert that fired until 2m, when Prometheus ended without a word of it; targets are scraped again at once, until 6m.
    private static readonly (string Series, string Values)[] s_restarted =
    [
        ("""ALERTS{alertname="A", alertstate="firing", severity="warning"}""", "1x8 _x60"),
        ("""up{job="prometheus"}""", "1x24 _x60"),
    ];

    [Theory]
    [InlineData("2m", 1.0)]
    [InlineData("3m45s", 1.0)]
    [InlineData("4m30s", 0.0)] // Prometheus itself shows it for five minutes.
    [InlineData("8m30s", null)] // Nothing is recorded any more: that is not 0.
    public Task AnAlertOfBeforeARestartIsNoLongerCountedAndNothingIsNotZero(string time, double? count)
    {
        var queries = DashboardFile.All.SelectMany(dashboard => dashboard.Queries)
            .Select(query => query.Expression).Where(expression => expression.StartsWith("count(timestamp(ALERTS{alertstate=\"firing\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, queries.Length);
        return AssertAsync(s_restarted, [.. queries.Select(query => (query, time, "{}", count))]);
    }

    [Fact]
    public Task ADeployARestartAndAnAlertAreMarkedOnce()
    {
        var annotations = DashboardFile.Get("home").Json.GetProperty("annotations").GetProperty("list").EnumerateArray().ToDictionary(
            item => item.GetProperty("name").GetString()!,
            item => item.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal));
        Assert.Equal(["Alerts", "Deploys", "Restarts"], annotations.Keys);
        const string Deployed = """{job="p", version="2"}""";
        const string Restarted = """{job="p", instance="i"}""";
        const string Fires = """{alertname="A", severity="warning"}""";
        return AssertAsync(
            [
                .. s_restarted,
                ("""p_build_info{job="p", instance="i", version="1"}""", "1x20 stale"),
                ("""p_build_info{job="p", instance="i", version="2"}""", "_x20 1x60"),
                // Each program says with which Go it was made.
                ("""go_build_info{job="p", instance="i", version="3"}""", "_x20 1x60"),
                // Down for two minutes; and one that is there for the first time.
                ("""process_start_time_seconds{job="p", instance="i"}""", "100x12 _x7 300x60"),
                ("""up{job="p", instance="i"}""", "1x12 0x7 1x60"),
                ("""process_start_time_seconds{job="q", instance="i"}""", "_x20 300x60"),
                ("""up{job="q", instance="i"}""", "_x20 1x60"),
            ],
            (annotations["Deploys"], "4m30s", Deployed, null), // What is there for the first time is no deploy.
            (annotations["Deploys"], "6m", Deployed, 1),
            (annotations["Deploys"], "12m", Deployed, null),
            (annotations["Restarts"], "4m30s", Restarted, null),
            (annotations["Restarts"], "5m30s", Restarted, 300),
            (annotations["Restarts"], "8m", Restarted, null),
            (annotations["Alerts"], "2m", Fires, 1),
            (annotations["Alerts"], "4m30s", Fires, null));
    }

    /// <summary>The value of each expression at a time, every 15 s of which the series have one; none: it gives no series.</summary>
    private static async Task AssertAsync((string Series, string Values)[] series, params (string Expression, string Time, string Labels, double? Value)[] expected)
    {
        using var directory = new TempDirectory();

        // JSON is YAML.
        await File.WriteAllTextAsync(directory["test.yml"], JsonSerializer.Serialize(new
        {
            evaluation_interval = "15s",
            tests = new[]
            {
                new
                {
                    interval = "15s",
                    input_series = series.Select(item => new { series = item.Series, values = item.Values }),
                    promql_expr_test = expected.Select(item => new
                    {
                        expr = item.Expression,
                        eval_time = item.Time,
                        exp_samples = new[] { new { labels = item.Labels, value = item.Value } }.Where(sample => sample.value is not null),
                    }),
                },
            },
        }));
        var (exitCode, output) = await RealTools.RunAsync("promtool", "test", "rules", directory["test.yml"]);
        Assert.True(exitCode == 0, output);
    }
}
