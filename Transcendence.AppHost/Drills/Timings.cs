namespace Transcendence.AppHost.Drills;

/// <summary>How soon things are to be seen, by what Prometheus and Alertmanager say of their own configuration.</summary>
/// <param name="Scrape">The longest time between two samples of a target.</param>
/// <param name="Interval">The time between two evaluations, where a group does not say another.</param>
/// <param name="Resend">After how long Prometheus repeats an alert to Alertmanager.</param>
/// <param name="GroupWait">How long Alertmanager waits before it first tells the inbox of a group.</param>
/// <param name="GroupInterval">How long before it tells it of a change.</param>
/// <param name="Overdue">How old the newest sample is when the inbox says that the monitoring is overdue.</param>
/// <param name="Rules">The rules that raise alerts.</param>
internal sealed record Timings(TimeSpan Scrape, TimeSpan Interval, TimeSpan Resend, TimeSpan GroupWait, TimeSpan GroupInterval, TimeSpan Overdue, IReadOnlyList<AlertRule> Rules)
{
    /// <summary>
    /// What is added to every bound: for what is on its way, for how often is looked, and for a busy machine, where a rehearsed scrape may be lost
    /// and what was pending begin anew.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(15);

    /// <summary>The rule that raises an alert of a service.</summary>
    /// <exception cref="DrillException">There is none.</exception>
    public AlertRule RuleOf(string alert, string service) =>
        Rules.FirstOrDefault(rule => rule.Name == alert && rule.Service == service)
        ?? Rules.FirstOrDefault(rule => rule.Name == alert && rule.Service.StartsWith("{{", StringComparison.Ordinal))
        ?? throw new DrillException($"Prometheus has no rule {alert} for {service}, which this drill is about. Put it back into monitoring/prometheus/.");
}

/// <summary>A rule that raises an alert.</summary>
/// <param name="Name">The alert.</param>
/// <param name="Service">The label <c>service</c>, which may be a template.</param>
/// <param name="For">For how long it has to be so.</param>
/// <param name="Interval">How often it is judged.</param>
/// <param name="Window">The longest range that it looks back: until then a change may not show.</param>
/// <param name="Query">Its expression.</param>
/// <param name="DashboardUrl">Its annotation <c>dashboard_url</c>.</param>
internal sealed record AlertRule(string Name, string Service, TimeSpan For, TimeSpan Interval, TimeSpan Window, string Query, string DashboardUrl);

/// <summary>What the monitoring shows at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Alerts">What Prometheus' rules say: pending or firing.</param>
/// <param name="Inbox">What the inbox knows of alerts that began since the drill did.</param>
/// <param name="Pipeline">What the inbox says of the monitoring itself; nothing when it does not answer.</param>
/// <param name="IsWhole">Whether all of them answered. What is not there is no sign of anything then.</param>
internal sealed record Look(DateTimeOffset At, IReadOnlyList<RaisedAlert> Alerts, IReadOnlyList<ToldAlert> Inbox, string Pipeline, bool IsWhole)
{
    /// <summary>What Prometheus says of one.</summary>
    public IEnumerable<RaisedAlert> Of(AlertSignal signal) => Alerts.Where(alert => alert.Name == signal.Alert && alert.Service == signal.Service);

    /// <summary>What the inbox knows of one.</summary>
    public IEnumerable<ToldAlert> InboxOf(AlertSignal signal) => Inbox.Where(alert => alert.Name == signal.Alert && alert.Service == signal.Service);
}

/// <summary>An alert of Prometheus.</summary>
internal sealed record RaisedAlert(string Name, string Service, string State, string? Description);

/// <summary>An alert of the inbox.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Service">Its label <c>service</c>.</param>
/// <param name="StartsAt">When it began to fire.</param>
/// <param name="EndsAt">When it ended.</param>
/// <param name="WasTold">Whether Alertmanager told the inbox of it, which also asks for itself.</param>
/// <param name="EndWasTold">Whether it told of the end.</param>
internal sealed record ToldAlert(string Name, string Service, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, bool WasTold, bool EndWasTold);

/// <summary>A drill that cannot begin, or go on. The message says why, and what to do.</summary>
internal sealed class DrillException(string message, Exception? inner = null) : Exception(message, inner);
