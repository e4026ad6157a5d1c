namespace Transcendence.Alerts.Webhook;

/// <summary>The values of <c>status</c>.</summary>
internal static class WebhookStatus
{
    public const string Firing = "firing";
    public const string Resolved = "resolved";
}

/// <summary>What the shape of <see cref="WebhookNotification"/> alone does not say.</summary>
internal static class WebhookValidation
{
    private const string Version = "4";
    private const string Unrecognizable = "Is missing: without it an alert cannot be recognized.";
    private const int EnoughFaults = 20;

    /// <summary>Finds what keeps a notification from being stored.</summary>
    /// <returns>The reasons by field, e.g. <c>alerts[0].startsAt</c>; empty when there are none. The first twenty will do.</returns>
    public static Dictionary<string, string[]> FaultsOf(WebhookNotification message)
    {
        (string Field, string? Fault)[] checks =
        [
            ("version", message.Version == Version ? null : $"Must be \"{Version}\", the version of Alertmanager's webhook that is understood here."),
            ("status", StatusFault(message.Status)),
            ("alerts", message.Alerts is { Count: > 0 } ? null : "Must hold at least one alert."),
        ];
        return checks.Concat((message.Alerts ?? []).SelectMany((alert, i) => Check($"alerts[{i}]", alert)))
            .Where(check => check.Fault is not null).Take(EnoughFaults).ToDictionary(check => check.Field, check => new[] { check.Fault! });
    }

    private static (string Field, string? Fault)[] Check(string field, WebhookAlert? alert) => alert is null ? [(field, "Must not be null.")] :
    [
        (field + ".status", StatusFault(alert.Status)),
        (field + ".fingerprint", string.IsNullOrEmpty(alert.Fingerprint) ? Unrecognizable : null),
        (field + ".startsAt", alert.StartsAt is null || alert.StartsAt == default(DateTimeOffset) ? Unrecognizable : null),
        (field + ".labels", alert.Labels is null ? "Is missing." : null),
    ];

    private static string? StatusFault(string? status) =>
        status is WebhookStatus.Firing or WebhookStatus.Resolved ? null : $"Must be \"{WebhookStatus.Firing}\" or \"{WebhookStatus.Resolved}\".";
}
