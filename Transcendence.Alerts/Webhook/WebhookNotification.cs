namespace Transcendence.Alerts.Webhook;

/// <summary>
/// The body of Alertmanager's webhook, version "4" (Alertmanager documentation, <c>webhook_config</c>). Fields that we have no
/// use for (<c>groupLabels</c>, <c>commonLabels</c>, <c>commonAnnotations</c>, <c>externalURL</c>) follow from the others; they
/// and those of later versions of Alertmanager are passed over.
/// </summary>
/// <param name="Version">The version of this format: <c>4</c>.</param>
/// <param name="GroupKey">What tells the group of alerts from others.</param>
/// <param name="TruncatedAlerts">How many alerts were left out because of <c>max_alerts</c>.</param>
/// <param name="Status"><c>firing</c> while one of the alerts fires, else <c>resolved</c>.</param>
/// <param name="Receiver">The receiver's name in Alertmanager's configuration.</param>
/// <param name="Alerts">The alerts of the group.</param>
public sealed record WebhookNotification(
    string? Version,
    string? GroupKey,
    long? TruncatedAlerts,
    string? Status,
    string? Receiver,
    IReadOnlyList<WebhookAlert?>? Alerts);

/// <summary>One alert of a notification.</summary>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Labels">What identifies the alert, <c>alertname</c> among them.</param>
/// <param name="Annotations">What describes it.</param>
/// <param name="StartsAt">When it began to fire.</param>
/// <param name="EndsAt">When it ended; <c>0001-01-01T00:00:00Z</c> while it fires.</param>
/// <param name="GeneratorURL">The page of the rule that raised it.</param>
/// <param name="Fingerprint">A hash of the labels.</param>
public sealed record WebhookAlert(
    string? Status,
    IReadOnlyDictionary<string, string?>? Labels,
    IReadOnlyDictionary<string, string?>? Annotations,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt,
    string? GeneratorURL,
    string? Fingerprint);
