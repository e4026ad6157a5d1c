using System.Globalization;
using System.Text.RegularExpressions;
using Transcendence.Tests.AppHost;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>What the dashboard has in common with the seed and with the alerts.</summary>
public sealed partial class DashboardRulesTests
{
    private static readonly DashboardFile Service = DashboardFile.Get("ft_transcendence");

    public static TheoryData<string> SeedQueries => MonitoringTests.SeedQueries;

    /// <summary>The queries in which an expression of the seed stands as it is, with the service backend and all routes chosen.</summary>
    internal static IEnumerable<DashboardQuery> QueriesWith(string seed) =>
        Service.Queries.Where(query => Plain(query.Expression).Contains(Plain(seed), StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(SeedQueries))]
    public void A_query_of_the_seed_is_there_as_the_seed_has_it(string seed) => Assert.NotEmpty(QueriesWith(seed));

    [Theory]
    [InlineData("HighErrorRate", "5xx", 3)]
    [InlineData("HighLatencyP95", "p95", 3)]
    public void What_is_red_is_what_an_alert_fires_for(string alert, string column, int places)
    {
        var rule = MonitoringFiles.ReadYaml("prometheus", "rules.yml").Items("groups").SelectMany(group => group.Items("rules"))
            .Single(rule => rule.Has("alert") && rule.Text("alert") == alert);
        var limit = double.Parse(Limit().Match(rule.Text("expr")).Groups["limit"].Value, CultureInfo.InvariantCulture);

        var panels = Service.Panels.Where(panel => panel.Description?.Contains($"limit of the alert {alert}", StringComparison.Ordinal) == true)
            .Select(panel => panel.Defaults.GetProperty("thresholds"));
        var columns = Service.Panels.Where(panel => panel.Type == "table").SelectMany(panel => panel.Overrides)
            .Where(item => item.Field == column).Select(item => item.Properties["thresholds"]);
        var thresholds = panels.Concat(columns).ToArray();
        Assert.Equal(places, thresholds.Length);
        Assert.All(thresholds, item => Assert.Equal([limit], DashboardPanel.Steps(item)));
    }

    [Fact]
    public void A_graph_with_a_limit_draws_it()
    {
        foreach (var panel in DashboardFile.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.Type == "timeseries"))
        {
            var draws = panel.Defaults.GetProperty("custom").GetProperty("thresholdsStyle").GetProperty("mode").GetString() != "off";
            Assert.Equal(panel.Defaults.TryGetProperty("thresholds", out _), draws);
            Assert.Equal(panel.Description!.Contains("dashed line", StringComparison.Ordinal), draws);
        }
    }

    [Fact]
    public void The_latency_has_exemplars() => Assert.All(
        Service.Queries.Where(query => !query.IsInstant && query.Expression.Contains("duration_seconds_bucket", StringComparison.Ordinal)),
        query => Assert.True(query.HasExemplars, $"{query}"));

    private static string Plain(string expression) => Space()
        .Replace(expression.Replace("$job", "backend", StringComparison.Ordinal), "")
        .Replace(",route=~\"$route\"", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@">\s*(?<limit>[0-9.]+)\s*$")]
    private static partial Regex Limit();
}
