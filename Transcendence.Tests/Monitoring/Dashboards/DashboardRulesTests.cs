using Transcendence.Tests.AppHost;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>What the dashboard has in common with the seed and with the alerts.</summary>
public sealed partial class DashboardRulesTests
{
    private static readonly DashboardFile s_service = DashboardFile.Get("ft_transcendence");

    public static TheoryData<string> SeedQueries => MonitoringTests.SeedQueries;

    /// <summary>The queries in which an expression of the seed stands as it is, with the service backend and all routes chosen.</summary>
    internal static IEnumerable<DashboardQuery> QueriesWith(string seed) =>
        s_service.Queries.Where(query => Plain(query.Expression).Contains(Plain(seed), StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(SeedQueries))]
    public void AQueryOfTheSeedIsThereAsTheSeedHasIt(string seed) => Assert.NotEmpty(QueriesWith(seed));

    [Theory]
    [InlineData("HighErrorRate", "5xx", 3)]
    [InlineData("HighLatencyP95", "p95", 3)]
    public void WhatIsRedIsWhatAnAlertFiresFor(string alert, string column, int places)
    {
        var rule = MonitoringFiles.ReadYaml("prometheus", "rules.yml").Items("groups").SelectMany(group => group.Items("rules"))
            .Single(rule => rule.Has("alert") && rule.Text("alert") == alert);
        var limit = double.Parse(Limit().Match(rule.Text("expr")).Groups["limit"].Value, CultureInfo.InvariantCulture);

        var panels = s_service.Panels.Where(panel => panel.Description?.Contains($"limit of the alert {alert}", StringComparison.Ordinal) == true)
            .Select(panel => panel.Defaults.GetProperty("thresholds"));
        var columns = s_service.Panels.Where(panel => panel.Type == "table").SelectMany(panel => panel.Overrides)
            .Where(item => item.Field == column).Select(item => item.Properties["thresholds"]);
        var thresholds = panels.Concat(columns).ToArray();
        Assert.Equal(places, thresholds.Length);
        Assert.All(thresholds, item => Assert.Equal([limit], DashboardPanel.Steps(item)));
    }

    [Fact]
    public void AGraphWithALimitDrawsIt()
    {
        foreach (var panel in DashboardFile.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.Type == "timeseries"))
        {
            var draws = panel.Defaults.GetProperty("custom").GetProperty("thresholdsStyle").GetProperty("mode").GetString() != "off";
            Assert.Equal(panel.Defaults.TryGetProperty("thresholds", out _), draws);
            Assert.Equal(panel.Description!.Contains("dashed line", StringComparison.Ordinal), draws);
        }
    }

    [Fact]
    public void TheLatencyHasExemplars() => Assert.All(
        s_service.Queries.Where(query => !query.IsInstant && query.Expression.Contains("duration_seconds_bucket", StringComparison.Ordinal)),
        query => Assert.True(query.HasExemplars, $"{query}"));

    private static string Plain(string expression) => Space()
        .Replace(expression.Replace("$job", "backend", StringComparison.Ordinal), "")
        .Replace(",route=~\"$route\"", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@">\s*(?<limit>[0-9.]+)")]
    private static partial Regex Limit();
}
