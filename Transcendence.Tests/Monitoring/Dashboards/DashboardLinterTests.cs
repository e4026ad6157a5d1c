namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>
/// The rules of Grafana's dashboard-linter by their names, and where we break one, with the reason. What is checked elsewhere: valid PromQL
/// (<see cref="QuietTests"/>), windows (<see cref="DashboardRulesTests"/>), data sources, titles, units and targets of panels (<see cref="DashboardLintTests"/>).
/// </summary>
public sealed partial class DashboardLinterTests
{
    /// <summary>The rule, the dashboard, the panels (none: the dashboard), and why not.</summary>
    private static readonly (string Rule, string Dashboard, string[] Panels, string Reason)[] s_exceptions =
    [
        ("template-job-rule", "home", [], "It shows every job: a choice would hide one that is down."),
        ("template-job-rule", "ft_transcendence", [], "It is about one service at a time, which its readers know as a service."),
        ("template-job-rule", "objectives", [], "It is about services with objectives, and a job is the service of its name."),
        ("template-job-rule", "runtime", [], "All of it is of one job; a label tells the services apart."),
        ("template-instance-rule", "home", [], OneInstance),
        ("template-instance-rule", "ft_transcendence", [], OneInstance),
        ("template-instance-rule", "monitoring", [], OneInstance),
        ("template-instance-rule", "objectives", [], OneInstance),
        ("template-instance-rule", "runtime", [], OneInstance),
        ("target-job-rule", "home", ["Alerts firing", "Services and tools down", "Errors, worst service", "p95, slowest service", "Services and tools"], "It shows every job."),
        ("target-job-rule", "ft_transcendence", ["Alerts firing", "Alerts"], "An alert of another service may be the cause."),
        ("target-job-rule", "monitoring", ["Alerts firing", "Alerts by state"], "Alerts of all services are on their way."),
        (
            "target-job-rule",
            "monitoring",
            [
                "Rule failures", "Undelivered", "History kept", "Configuration", "Head series and samples", "Storage and memory", "Rule evaluation",
                "From Prometheus to Alertmanager", "From Alertmanager to the receivers",
            ],
            "Only one tool has such a metric, and it must be seen whatever is chosen."),
        (
            "target-job-rule",
            "objectives",
            [
                "Budget left, worst objective", "Burning now, fastest", "Days held, of 30", "Objectives", "Budget left", "Bad events",
                "Burn rate, 1 hour", "Burn rate, 6 hours", "Burn rate, 1 day", "Burn rate, 3 days",
            ],
            "What is recorded of an objective has the service of the objective and no job."),
        (
            "target-job-rule",
            "monitoring",
            ["CPU by container", "Memory by container", "Uptime by container", "Network received", "Network sent", "Disk read", "Disk written"],
            "A container is no job: most have none."),
        ("target-counter-agg-rule", "runtime", ["Waiting work", "Threads"], "OpenTelemetry's UpDownCounters: gauges, which the exporter names _total."),
    ];

    private const string OneInstance = "A service has one instance; the table Targets of the monitoring has them all.";

    [Fact]
    public void EveryRuleIsKeptButWhereThereIsAReason()
    {
        var broken = DashboardFile.All.SelectMany(Broken).Distinct().ToArray();
        var excused = s_exceptions.SelectMany(item => item.Panels.DefaultIfEmpty("").Select(panel => (item.Rule, item.Dashboard, panel)));
        Assert.Equal(excused.Order(), broken.Order());
    }

    private static IEnumerable<(string Rule, string Dashboard, string Panel)> Broken(DashboardFile dashboard)
    {
        foreach (var (rule, isKept) in new (string, bool)[]
        {
            ("uneditable-dashboard", !dashboard.Json.GetProperty("editable").GetBoolean()),
            ("template-datasource-rule", dashboard.Variables.Count(variable => variable is { Type: "datasource", Name: "datasource" } && Label(variable) == "Data source") == 1),
            ("template-job-rule", IsTemplate("job")),
            ("template-instance-rule", IsTemplate("instance")),
            ("template-on-time-change-reload-rule", Queried().All(variable => variable.Json.GetProperty("refresh").GetInt32() == 2)),
            ("template-label-promql-rule", Queried().All(variable => LabelValues().IsMatch(variable.Query))),
        })
        {
            if (!isKept)
            {
                yield return (rule, dashboard.Name, "");
            }
        }

        foreach (var query in dashboard.Queries)
        {
            // The variable of one choice as it is, of several as a regular expression; a container has the name of its service.
            if (!JobMatcher().IsMatch(query.Expression))
            {
                yield return ("target-job-rule", dashboard.Name, query.Panel.Title);
            }

            if (Counter().Matches(query.Expression).Any(counter => !counter.Groups["function"].Success))
            {
                yield return ("target-counter-agg-rule", dashboard.Name, query.Panel.Title);
            }
        }

        IEnumerable<DashboardVariable> Queried() => dashboard.Variables.Where(variable => variable.Type == "query");
        bool IsTemplate(string name) => Queried().Any(variable =>
            variable.Name == name && Label(variable).Equals(name, StringComparison.OrdinalIgnoreCase) && variable is { IsMultiple: true, AllValue: ".+" }
            && variable.Json.GetProperty("datasource").GetProperty("uid").GetString() == "${datasource}");
        static string Label(DashboardVariable variable) => variable.Json.GetProperty("label").GetString()!;
    }

    [GeneratedRegex(@"^label_values\([a-z_:]+(\{[^}]*\})?, [a-z_]+\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex("""(job|compose_service)=~?"\$job"|job="runtime", service=~"\$service"|job=~"\$service"|\{job="prometheus"\}""")]
    private static partial Regex JobMatcher();

    [GeneratedRegex(@"((?<function>rate|increase)\()?\b\w+_total\b")]
    private static partial Regex Counter();
}
