using System.Globalization;

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
    private const int EnoughFaults = 20;

    /// <summary>Finds what keeps a notification from being stored.</summary>
    /// <param name="message">The notification as it was sent.</param>
    /// <returns>The reasons by field, e.g. <c>alerts[0].startsAt</c>; empty when there are none. The first twenty or so will do.</returns>
    public static Dictionary<string, string[]> FaultsOf(WebhookNotification message)
    {
        var faults = new Dictionary<string, string[]>();
        if (message.Version != Version)
        {
            faults["version"] = [$"Must be \"{Version}\", the version of Alertmanager's webhook that is understood here."];
        }

        CheckStatus(faults, "status", message.Status);
        if (message.Alerts is not { Count: > 0 })
        {
            faults["alerts"] = ["Must hold at least one alert."];
            return faults;
        }

        for (var i = 0; i < message.Alerts.Count && faults.Count < EnoughFaults; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"alerts[{i}]");
            if (message.Alerts[i] is not { } alert)
            {
                faults[field] = ["Must not be null."];
                continue;
            }

            CheckStatus(faults, field + ".status", alert.Status);
            if (string.IsNullOrEmpty(alert.Fingerprint))
            {
                faults[field + ".fingerprint"] = ["Is missing: without it an alert cannot be recognized."];
            }

            if (alert.StartsAt is null || alert.StartsAt == default(DateTimeOffset))
            {
                faults[field + ".startsAt"] = ["Is missing: without it an alert cannot be recognized."];
            }

            if (alert.Labels is null)
            {
                faults[field + ".labels"] = ["Is missing."];
            }
        }

        return faults;
    }

    private static void CheckStatus(Dictionary<string, string[]> faults, string field, string? status)
    {
        if (status is not (WebhookStatus.Firing or WebhookStatus.Resolved))
        {
            faults[field] = [$"Must be \"{WebhookStatus.Firing}\" or \"{WebhookStatus.Resolved}\"."];
        }
    }
}
