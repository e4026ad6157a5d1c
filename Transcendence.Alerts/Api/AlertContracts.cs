namespace Transcendence.Alerts.Api;

/// <summary>One episode of an alert.</summary>
/// <param name="Id">The inbox's own number for it.</param>
/// <param name="Name">The label <c>alertname</c>.</param>
/// <param name="Severity">The label <c>severity</c> in lower case; <c>none</c> when it has none.</param>
/// <param name="State">How it is now.</param>
/// <param name="StartsAt">When it began to fire.</param>
/// <param name="EndsAt">When it ended; null while it is active.</param>
/// <param name="EndIsInferred">
/// Nobody announced the end: Alertmanager, asked, did not list the alert any more (it is resolved), or it expired. endsAt is then
/// when it was last known to fire: it ended at that time or later.
/// </param>
/// <param name="DurationSeconds">From start to end, or until now.</param>
/// <param name="Labels">What identifies it.</param>
/// <param name="Annotations">What describes it, as last heard.</param>
/// <param name="GeneratorUrl">The page of the rule that raised it.</param>
/// <param name="Fingerprint">Alertmanager's hash of the labels.</param>
/// <param name="LastSeenAt">When Alertmanager last said what led to the present state, by a notification or when it was asked.</param>
/// <param name="Acknowledgement">Who takes care of it; null while nobody said so.</param>
/// <param name="Told">Who was told of it, the first first: the inbox, and people by their channels.</param>
public sealed record AlertSummary(
    long Id,
    string Name,
    string Severity,
    AlertState State,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    bool EndIsInferred,
    double DurationSeconds,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    string? GeneratorUrl,
    string Fingerprint,
    DateTimeOffset LastSeenAt,
    Acknowledgement? Acknowledgement,
    IReadOnlyList<ToldReceiver> Told)
{
    /// <summary>Describes an alert as it is at a moment.</summary>
    internal static AlertSummary Of(Alert alert, DateTimeOffset now, DateTimeOffset seenAfter, IEnumerable<ToldReceiver>? told = null)
    {
        var state = AlertQueries.StateOf(alert, seenAfter);
        DateTimeOffset? end = state == AlertState.Active ? null : alert.ResolvedAt ?? AlertInbox.Later(alert.LastSeenAt, alert.StartsAt);
        return new(
            alert.Id, alert.Name, alert.Severity, state, alert.StartsAt, end, alert.EndIsInferred || state == AlertState.Expired,
            (AlertInbox.Later(end ?? now, alert.StartsAt) - alert.StartsAt).TotalSeconds, alert.Labels, alert.Annotations,
            alert.GeneratorUrl, alert.Fingerprint, alert.LastSeenAt,
            alert.AcknowledgedAt is { } at ? new(at, alert.AcknowledgedBy ?? "", alert.AcknowledgementNote) : null, [.. told ?? []]);
    }
}

/// <summary>That somebody takes care of an alert.</summary>
/// <param name="At">When it was said.</param>
/// <param name="By">Who said it.</param>
/// <param name="Note">What was said of it.</param>
public sealed record Acknowledgement(DateTimeOffset At, string By, string? Note);

/// <summary>Who was told of an alert.</summary>
/// <param name="Receiver">The receiver's name in Alertmanager's configuration, or the channel's.</param>
/// <param name="IsToPeople">Whether it is a channel to people.</param>
/// <param name="FirstAt">When it was told first.</param>
/// <param name="LastAt">When it was told last.</param>
/// <param name="Count">How often.</param>
public sealed record ToldReceiver(string Receiver, bool IsToPeople, DateTimeOffset FirstAt, DateTimeOffset LastAt, int Count);

/// <summary>One episode of an alert, with the notifications that told of it: none when Alertmanager was asked before it notified.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Notifications">The last notifications that named it, the latest first.</param>
/// <param name="NotificationCount">How many named it in all.</param>
public sealed record AlertDetails(AlertSummary Alert, IReadOnlyList<AlertNotification> Notifications, int NotificationCount);

/// <summary>A notification's part about one alert.</summary>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="Status">What it said of the alert: <c>firing</c> or <c>resolved</c>.</param>
/// <param name="Receiver">The receiver's name in Alertmanager's configuration, or the channel's.</param>
/// <param name="IsToPeople">Whether it is a channel to people.</param>
/// <param name="GroupKey">The group of alerts that it was about.</param>
public sealed record AlertNotification(DateTimeOffset ReceivedAt, string Status, string Receiver, bool IsToPeople, string GroupKey);
