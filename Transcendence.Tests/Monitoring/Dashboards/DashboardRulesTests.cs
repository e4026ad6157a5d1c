using Transcendence.Tests.AppHost;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>What the dashboard has in common with the seed and with the alerts.</summary>
public sealed partial class DashboardRulesTests
{
    private static readonly DashboardFile s_service = DashboardFile.Get("ft_transcendence");

    public static TheoryData<string> SeedQueries => MonitoringTests.SeedQueries;

    /// <summary>The panels that are about what alerts are about, and so look through their windows.</summary>
    private static readonly Dictionary<string, string[]> s_alertsOf = new()
    {
        ["Errors (5xx)"] = ["HighErrorRate"],
        ["Errors (5xx) by route"] = ["HighErrorRate"],
        ["p95, slowest route"] = ["HighLatencyP95"],
        ["p95 by route"] = ["HighLatencyP95"],
        ["CPU"] = ["HighCpu"],
        ["Database p95 by operation"] = ["SlowDatabase"],
        ["Rule failures"] = ["RuleFailures"],
        ["Undelivered"] = ["AlertmanagerNotReached", "NotificationsFailing"],
    };

    /// <summary>The links that open a query in Prometheus, below its address.</summary>
    internal static IEnumerable<(string Path, string Query)> PrometheusLinks { get; } =
    [
        .. DashboardFile.All.SelectMany(dashboard => dashboard.Panels).SelectMany(panel => panel.Links).Select(link => PrometheusLink().Match(link))
            .Select(match => (match.Groups["path"].Value, Uri.UnescapeDataString(match.Groups["query"].Value))),
    ];

    [Fact]
    public void EachQueryOfTheSeedIsThereAsTheSeedHasItAsALink() =>
        Assert.Equal(
            SeedQueries.Cast<object[]>().Select(row => (string)row[0]).Order(StringComparer.Ordinal),
            PrometheusLinks.Select(link => link.Query).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void AWindowIsThatOfThePanelsAlertOrFollowsTheScrapeInterval()
    {
        foreach (var query in DashboardFile.All.SelectMany(dashboard => dashboard.Queries))
        {
            var windows = Window().Matches(query.Expression).Select(match => match.Groups["window"].Value).Distinct().ToArray();
            if (s_alertsOf.TryGetValue(query.Panel.Title, out var alerts))
            {
                Assert.Equal(alerts.SelectMany(alert => Window().Matches(Rule(alert).Text("expr"))).Select(match => match.Groups["window"].Value).Distinct(), windows);
            }
            else
            {
                // Of the whole range: the table of routes.
                Assert.All(windows, window => Assert.Contains(window, (string[])["$__rate_interval", "$__range"]));
            }
        }
    }

    /// <summary>A metric that the scrape drops would make a dead panel, where there are containers as where there are none.</summary>
    [Theory]
    [InlineData("cadvisor", "(container|machine|cadvisor)_")]
    [InlineData("runtime", "(dotnet|kestrel)_")]
    public void AMetricThatAPanelReadsIsKeptByItsScrape(string job, string prefix)
    {
        var kept = MonitoringFiles.ReadYaml("prometheus", "prometheus.yml").Items("scrape_configs").Single(item => item.Text("job_name") == job)
            .Items("metric_relabel_configs").Single(item => item.Has("action") && item.Text("action") == "keep").Text("regex");
        var read = DashboardFile.All.SelectMany(dashboard => dashboard.Queries)
            .SelectMany(query => Regex.Matches(query.Expression, $@"\b{prefix}\w+(?=[{{\[])")).Select(match => match.Value).Distinct().ToArray();
        Assert.NotEmpty(read);
        Assert.All(read, metric => Assert.Matches($"^({kept})$", metric));
        if (job == "cadvisor")
        {
            var real = File.ReadAllLines(Recording.PathOf("cadvisor-0.60.6-cgroup-v2-docker20.10"));
            Assert.All(read, metric => Assert.Contains(real, line => line.StartsWith($"{metric}{{", StringComparison.Ordinal) && line.Contains("docker_compose_service=\"prometheus\"", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void AColourHasOneMeaning()
    {
        // The table of the README: colour, meaning, series.
        var rows = ColourRow().Matches(File.ReadAllText(MonitoringFiles.PathOf("grafana", "dashboards", "README.md")));
        var colours = rows.Select(row => row.Groups["colour"].Value).ToArray();
        var ofSeries = rows.SelectMany(row => Quoted().Matches(row.Groups["series"].Value).Select(name => (name.Groups["text"].Value, row.Groups["colour"].Value))).ToDictionary();
        Assert.NotEmpty(ofSeries);
        foreach (var dashboard in DashboardFile.All)
        {
            Assert.All(Colour().Matches(dashboard.Text), match => Assert.Contains(match.Groups["colour"].Value, colours));
            foreach (var query in dashboard.Queries.Where(query => query.Panel.Type == "timeseries" && !query.Legend!.Contains("{{", StringComparison.Ordinal)))
            {
                var own = query.Panel.Overrides.Where(item => item.Field == query.Legend).Select(item => item.Properties.GetValueOrDefault("color"))
                    .FirstOrDefault(color => color.ValueKind == JsonValueKind.Object, query.Panel.Defaults.GetProperty("color"));
                Assert.True(own.TryGetProperty("fixedColor", out var colour), $"{query} has a colour of the palette, where it means nothing.");
                Assert.True(ofSeries.GetValueOrDefault(query.Legend!) == colour.GetString(), $"{query}, '{query.Legend}', is {colour}: the README has {ofSeries.GetValueOrDefault(query.Legend!)}.");
            }
        }
    }

    [Theory]
    [InlineData("HighErrorRate", "5xx", 3)]
    [InlineData("HighLatencyP95", "p95", 3)]
    [InlineData("HighCpu", "", 1)]
    [InlineData("SlowDatabase", "", 1)]
    public void WhatIsRedIsWhatAnAlertFiresFor(string alert, string column, int places)
    {
        var limit = double.Parse(Limit().Match(Rule(alert).Text("expr")).Groups["limit"].Value, CultureInfo.InvariantCulture);

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

    private static YamlDotNet.RepresentationModel.YamlNode Rule(string alert) =>
        MonitoringFiles.Rules.SelectMany(file => MonitoringFiles.ReadYaml("prometheus", file).Items("groups")).SelectMany(group => group.Items("rules"))
            .Single(rule => rule.Has("alert") && rule.Text("alert") == alert);

    [GeneratedRegex(@"^\$\{prometheus:raw\}(?<path>/graph\?g0\.expr=(?<query>[^&]+)&g0\.tab=0)$")]
    private static partial Regex PrometheusLink();

    [GeneratedRegex(@"\[(?<window>[^\]]+)\]")]
    private static partial Regex Window();

    [GeneratedRegex(@"^\| `(?<colour>[a-z-]+)` \| [^|]+ \| (?<series>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex ColourRow();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("""
        "(color|fixedColor|iconColor)": "(?<colour>[^"]+)"
        """)]
    private static partial Regex Colour();

    [GeneratedRegex(@">\s*(?<limit>[0-9.]+)")]
    private static partial Regex Limit();
}
