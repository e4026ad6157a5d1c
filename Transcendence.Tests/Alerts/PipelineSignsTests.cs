using Transcendence.Alerts.Watchdog;

namespace Transcendence.Tests.Alerts;

/// <summary>Which signs tell of which cause.</summary>
public sealed class PipelineSignsTests
{
    private static readonly TimeSpan s_overdueAfter = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(50);
    private static readonly PrometheusSign s_prometheus = new(null, TimeSpan.FromDays(1), Seconds(10), 9);
    private static readonly AlertmanagerSign s_alertmanager = new(null, TimeSpan.FromDays(1), Seconds(40));
    private static readonly PipelineSigns s_well = new(Seconds(75), s_prometheus, s_alertmanager);

    public static TheoryData<string, bool, string> Cases => new()
    {
        { "well", true, "Working None" },
        { "old", true, "Overdue AlertmanagerToInbox" },
        { "old", false, "Starting None" },
        { "none yet", true, "Overdue AlertmanagerToInbox" },
        { "none yet", false, "Starting None" },
        { "nobody is known", true, "Unwatched None" },
        { "nobody is known, and a word came", true, "Overdue None" },
        { "Alertmanager has none", true, "Overdue PrometheusToAlertmanager" },
        { "Alertmanager has an old one", true, "Overdue PrometheusToAlertmanager" },
        { "Alertmanager is new", true, "Working None" },
        { "Prometheus is new", true, "Working None" },
        { "Prometheus is new, and too old", true, "Overdue AlertmanagerToInbox" },
        { "Prometheus is new, and it was overdue", true, "Overdue AlertmanagerToInbox" },
        { "no samples", true, "Overdue NothingRecorded" },
        { "no targets", true, "Overdue NoTargets" },
        { "no targets", false, "Working None" },
        { "no targets yet", true, "Working None" },
        { "Prometheus is gone", true, "Overdue PrometheusDown" },
        { "Alertmanager is gone", true, "Overdue AlertmanagerDown" },
        { "both are gone", true, "Overdue BothDown" },
        { "Prometheus does not answer", true, "Impaired InboxToPrometheus" },
        { "Alertmanager does not answer", true, "Impaired InboxToAlertmanager" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void OfTheSignsFollowsWhatIsBroken(string what, bool canBeOverdue, string expected)
    {
        var old = s_well with { Word = Seconds(91) };
        var signs = what switch
        {
            "well" => s_well,
            "old" => old,
            "none yet" => s_well with { Word = null },
            "nobody is known" => new(null, null, null),
            "nobody is known, and a word came" => new(Seconds(91), null, null),
            "Alertmanager has none" => old with { Alertmanager = s_alertmanager with { Word = null } },
            "Alertmanager has an old one" => old with { Alertmanager = s_alertmanager with { Word = Seconds(100) } },
            "Alertmanager is new" => old with { Word = Seconds(140), Alertmanager = s_alertmanager with { UpFor = Seconds(49), Word = null } },
            "Prometheus is new" or "Prometheus is new, and it was overdue" => old with { Word = Seconds(140), Prometheus = s_prometheus with { UpFor = Seconds(49) } },
            "Prometheus is new, and too old" => old with { Word = Seconds(141), Prometheus = s_prometheus with { UpFor = Seconds(49) } },
            "no samples" => old with { Prometheus = s_prometheus with { Sample = null } },
            "no targets" => s_well with { Prometheus = s_prometheus with { Targets = 0 } },
            "no targets yet" => s_well with { Prometheus = s_prometheus with { Targets = 0, UpFor = Seconds(60) } },
            "Prometheus is gone" => old with { Prometheus = new("refused") },
            "Alertmanager is gone" => old with { Alertmanager = new("refused") },
            "both are gone" => old with { Prometheus = new("refused"), Alertmanager = new("refused") },
            "Prometheus does not answer" => s_well with { Prometheus = new("refused") },
            "Alertmanager does not answer" => s_well with { Alertmanager = new("refused") },
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        var (status, cause) = signs.Judge(s_overdueAfter, s_settleTime, canBeOverdue, isOverdue: what.EndsWith("it was overdue", StringComparison.Ordinal));
        Assert.Equal(expected, $"{status} {cause}");
        Assert.False(string.IsNullOrWhiteSpace(signs.Describe(status, cause)));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
