using Transcendence.Tests.Monitoring.Dashboards;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring;

/// <summary>The seed's alerts, word for word, and what every rule has to have.</summary>
public sealed partial class RulesTests
{
    private static readonly YamlNode[] s_rules =
        [.. MonitoringFiles.Rules.SelectMany(file => MonitoringFiles.ReadYaml("prometheus", file).Items("groups")).SelectMany(group => group.Items("rules"))];

    private static IEnumerable<YamlNode> Alerts => s_rules.Where(rule => rule.Has("alert"));

    private static IEnumerable<YamlNode> Records => s_rules.Where(rule => rule.Has("record"));

    [Theory]
    [InlineData(
        "BackendDown", "1m", "critical",
        "up{job=\"backend\"} == 0")]
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
    public void AnAlertOfTheSeedIsAsTheSeedHasItWithGuardsBehind(string name, string duration, string severity, string expression)
    {
        var rule = Assert.Single(Alerts, rule => rule.Text("alert") == name);
        Assert.Equal(duration, rule.Text("for"));
        Assert.Equal(new Dictionary<string, string> { ["severity"] = severity, ["service"] = "backend" }, rule.Map("labels"));

        var (seed, ours) = (WithoutSpace(expression), WithoutSpace(rule.Text("expr")));
        Assert.StartsWith(seed, ours, StringComparison.Ordinal);
        Assert.Matches("^(and|or)", ours[seed.Length..]);
    }

    [Fact]
    public void EveryAlertSaysWhatIsWrongHowBadAndOfWhat()
    {
        Assert.All(Alerts, alert =>
        {
            Assert.False(string.IsNullOrWhiteSpace(alert.Map("annotations")["summary"]));
            Assert.False(string.IsNullOrWhiteSpace(alert.Map("annotations")["description"]));
            Assert.Equal(["service", "severity"], alert.Map("labels").Keys.Order());
            Assert.Matches(alert.Text("alert") == "Watchdog" ? "^none$" : "critical|warning", alert.Map("labels")["severity"]);
        });
    }

    [Fact]
    public void EveryAlertLeadsToItsRunbookAndToADashboardThatIsThere()
    {
        var runbooks = Runbooks.Select(file => Path.GetFileNameWithoutExtension(file)).ToArray();
        Assert.All(Alerts, alert =>
        {
            var annotations = alert.Map("annotations");
            var runbook = Assert.Single(RunbookUrl().Matches(annotations["runbook_url"])).Groups["name"].Value;
            Assert.Contains(runbook, runbooks);
            Assert.StartsWith(runbook, alert.Text("alert"), StringComparison.Ordinal);
            var link = Assert.Single(DashboardUrl().Matches(annotations["dashboard_url"]));
            var dashboard = DashboardFile.Get(link.Groups["uid"].Value);
            if (link.Groups["panel"] is { Success: true, Value: var panel })
            {
                Assert.Contains(dashboard.Panels, each => each.Id.ToString(CultureInfo.InvariantCulture) == panel);
            }
        });
        // And none is about nothing.
        Assert.All(runbooks, runbook => Assert.Contains(Alerts, alert => alert.Map("annotations")["runbook_url"].EndsWith($"/{runbook}", StringComparison.Ordinal)));
    }

    [Fact]
    public void ARunbookSaysWhatItMeansWhomItHitsHowToFindOutAndWhatToDo() => Assert.All(Runbooks, file =>
    {
        var text = File.ReadAllText(file);
        Assert.Equal(
            [$"# {Path.GetFileNameWithoutExtension(file)}", "## Meaning", "## Impact", "## Diagnosis", "## Mitigation"],
            text.Split('\n').Where(line => line.StartsWith('#') && !line.StartsWith("#!", StringComparison.Ordinal)).Where(line => line.StartsWith("# ", StringComparison.Ordinal) && line == text.Split('\n')[0] || line.StartsWith("## ", StringComparison.Ordinal)));
        Assert.All(Link().Matches(text), link => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(file)!, link.Groups["file"].Value)), $"{file} leads to {link.Groups["file"]}"));
    });

    /// <summary>The files of runbooks.</summary>
    internal static string[] Runbooks { get; } = [.. Directory.EnumerateFiles(MonitoringFiles.PathOf("runbooks"), "*.md").Where(file => Path.GetFileName(file) != "README.md").Order()];

    /// <summary>The queries of runbooks.</summary>
    internal static IEnumerable<(string Runbook, string Query)> RunbookQueries { get; } =
        [.. Runbooks.SelectMany(file => Query().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")).Select(match => (Path.GetFileName(file), match.Groups["query"].Value)))];

    [Fact]
    public void NoAlertReliesOnWhatARestartOfPrometheusLoses() => Assert.All(Alerts, alert => Assert.False(alert.Has("keep_firing_for")));

    [Fact]
    public void EveryAlertHasATestInWhichItFiresAndOneInWhichItDoesNot()
    {
        var tests = Directory.EnumerateFiles(MonitoringFiles.PathOf("prometheus", "tests"), "*.yml").Order()
            .SelectMany(file => MonitoringFiles.ReadYaml("prometheus", "tests", Path.GetFileName(file)).Items("tests"))
            .Where(test => test.Has("alert_rule_test")).SelectMany(test => test.Items("alert_rule_test"))
            .ToLookup(test => test.Text("alertname"), test => test.At("exp_alerts") is YamlSequenceNode { Children.Count: > 0 });
        Assert.All(Alerts.Select(alert => alert.Text("alert")).Distinct(), name => Assert.Equal([false, true], tests[name].Distinct().Order()));
    }

    [Fact]
    public void RecordingRulesAreNamedLevelMetricOperationsAndEachIsRead()
    {
        var readers = s_rules.Select(rule => rule.Text("expr"))
            .Concat(Directory.EnumerateFiles(MonitoringFiles.PathOf("grafana", "dashboards"), "*.json").Select(File.ReadAllText)).ToArray();
        Assert.NotEmpty(Records);
        // Those of objectives have Sloth's names, some of which only its dashboards read.
        Assert.All(Records.Select(rule => rule.Text("record")).Where(record => !record.StartsWith("slo:", StringComparison.Ordinal)), record =>
        {
            Assert.Matches("^job(_[a-z]+)*:http_request(s|_errors|_duration_seconds(_count)?):(ratio_)?(rate|increase|p95_rate)[0-9]+[mh]$", record);
            Assert.Contains(readers, reader => reader.Contains(record, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void ALimitIsNearAtFourFifthsOfWhatThePrometheusConfigurationSays()
    {
        var jobs = MonitoringFiles.ReadYaml("prometheus", "prometheus.yml").Items("scrape_configs").ToArray();
        var alert = Assert.Single(Alerts, alert => alert.Text("alert") == "ScrapeLimitNear").Text("expr");
        Assert.All(jobs, job => Assert.Contains(
            job.Text("job_name") == "cadvisor" ? $"{{job=\"cadvisor\"}} > 0.8 * {job.Text("sample_limit")}" : $"{{job!=\"cadvisor\"}} > 0.8 * {job.Text("sample_limit")}",
            alert,
            StringComparison.Ordinal));
    }

    [Fact]
    public void NoRuleNamesABucketByAnEdgeThatTheVersionsWriteDifferently() =>
        // Prometheus 2 stores le="1", Prometheus 3 le="1.0"; both le="0.5" and le="+Inf".
        Assert.All(s_rules, rule => Assert.DoesNotMatch("""le\s*=~?\s*["'][0-9]+(\.0)?["']|le\s*=~""", rule.Text("expr")));

    private static string WithoutSpace(string expression) => Space().Replace(expression, "");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("^http://localhost:8082/runbooks/(?<name>[A-Za-z0-9]+)$")]
    private static partial Regex RunbookUrl();

    [GeneratedRegex(@"^http://localhost:3000/d/(?<uid>[a-z_]+)(\?viewPanel=(?<panel>\d+))?$")]
    private static partial Regex DashboardUrl();

    [GeneratedRegex(@"\]\((?<file>[^):]+\.md)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```promql\n(?<query>.+?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Query();
}
