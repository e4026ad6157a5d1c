using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring;

/// <summary>The seed's alerts, word for word, and what every rule has to have.</summary>
public sealed partial class RulesTests
{
    private static readonly YamlNode[] s_rules =
        [.. MonitoringFiles.ReadYaml("prometheus", "rules.yml").Items("groups").SelectMany(group => group.Items("rules"))];

    private static readonly string[] s_contractMetrics =
        ["http_request_duration_seconds", "http_request_errors", "process_cpu_seconds"];

    [Theory]
    [InlineData(
        "BackendDown", "1m", "critical",
        "up{job=\"backend\"} == 0 or absent(up{job=\"backend\"})")]
    [InlineData(
        "HighErrorRate", "5m", "warning",
        """
        (
          sum(rate(http_request_duration_seconds_count{job="backend",
        status_code=~"5.."}[5m])) /
        sum(rate(http_request_duration_seconds_count{job="backend"}[5m]))
        ) > 0.05
        """)]
    [InlineData(
        "HighLatencyP95", "5m", "warning",
        """
        histogram_quantile(0.95,
          sum by (le, route)
        (rate(http_request_duration_seconds_bucket{job="backend"}[5m]))
        ) > 0.5
        """)]
    public void AnAlertOfTheSeedIsAsTheSeedHasIt(string name, string duration, string severity, string expression)
    {
        var rule = Assert.Single(s_rules, rule => rule.Has("alert") && rule.Text("alert") == name);
        Assert.Equal(WithoutSpace(expression), WithoutSpace(rule.Text("expr")));
        Assert.Equal(duration, rule.Text("for"));
        Assert.Equal(new Dictionary<string, string> { ["severity"] = severity, ["service"] = "backend" }, rule.Map("labels"));
    }

    [Fact]
    public void EveryAlertSaysWhatIsWrong()
    {
        foreach (var rule in s_rules.Where(rule => rule.Has("alert")))
        {
            var annotations = rule.Map("annotations");
            Assert.False(string.IsNullOrWhiteSpace(annotations["summary"]));
            Assert.False(string.IsNullOrWhiteSpace(annotations["description"]));
        }
    }

    [Fact]
    public void RecordingRulesAreNamedLevelMetricOperations()
    {
        var records = s_rules.Where(rule => rule.Has("record")).Select(rule => rule.Text("record")).ToArray();
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Matches("^[a-z_]+:[a-z_]+:[a-z0-9_]+$", record));
        Assert.All(records, record => Assert.Contains(s_contractMetrics, metric => record.Split(':')[1].StartsWith(metric, StringComparison.Ordinal)));
    }

    [Fact]
    public void NoRuleNamesABucketByALiteralEdge() =>
        // Prometheus 2 stores le="1", Prometheus 3 le="1.0".
        Assert.All(s_rules, rule => Assert.DoesNotMatch("""le\s*=~?\s*["']""", rule.Text("expr")));

    private static string WithoutSpace(string expression) => Space().Replace(expression, "");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
