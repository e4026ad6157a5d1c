namespace Transcendence.Alerts.Inbox;

/// <summary>The state of alerts as queries: at the moment for which <see cref="AlertInbox.SeenAfter"/> holds.</summary>
internal static class AlertQueries
{
    /// <summary>Those that fire.</summary>
    public static IQueryable<Alert> Active(this IQueryable<Alert> alerts, DateTimeOffset seenAfter) =>
        alerts.Where(alert => alert.ResolvedAt == null && !alert.Superseded && alert.LastSeenAt > seenAfter);

    /// <summary>Those that have ended, as Alertmanager said or showed.</summary>
    public static IQueryable<Alert> Resolved(this IQueryable<Alert> alerts) => alerts.Where(alert => alert.ResolvedAt != null);

    /// <summary>Those that count as ended although nobody said so.</summary>
    public static IQueryable<Alert> Expired(this IQueryable<Alert> alerts, DateTimeOffset seenAfter) =>
        alerts.Where(alert => alert.ResolvedAt == null && (alert.Superseded || alert.LastSeenAt <= seenAfter));

    /// <summary>Those that do not fire any more.</summary>
    public static IQueryable<Alert> Ended(this IQueryable<Alert> alerts, DateTimeOffset seenAfter) =>
        alerts.Where(alert => alert.ResolvedAt != null || alert.Superseded || alert.LastSeenAt <= seenAfter);

    /// <summary>The state of one alert.</summary>
    public static AlertState StateOf(Alert alert, DateTimeOffset seenAfter) =>
        alert.ResolvedAt is not null ? AlertState.Resolved
        : alert.Superseded || alert.LastSeenAt <= seenAfter ? AlertState.Expired
        : AlertState.Active;
}
