namespace Transcendence.Alerts.Watchdog;

/// <summary>What people are told of the monitoring itself: an alert as any other, but that no Prometheus raised it.</summary>
internal static class MonitoringOverdue
{
    private const string Name = nameof(MonitoringOverdue);

    /// <summary>The alert.</summary>
    /// <param name="since">When it began.</param>
    /// <param name="end">When it ended; nothing while it goes on.</param>
    /// <param name="reason">What is broken, or that it works.</param>
    public static WebhookNotification Message(DateTimeOffset since, DateTimeOffset? end, string reason)
    {
        var status = end is null ? WebhookStatus.Firing : WebhookStatus.Resolved;
        var labels = new Dictionary<string, string?> { ["alertname"] = Name, ["severity"] = "critical", ["service"] = "monitoring" };
        var annotations = new Dictionary<string, string?>
        {
            ["summary"] = end is null ? "The monitoring is overdue" : "The monitoring works again",
            ["description"] = reason,
            // As the rules write them.
            ["runbook_url"] = $"http://localhost:8082/runbooks/{WatchdogWord.AlertName}",
            ["dashboard_url"] = "http://localhost:3000/d/monitoring",
        };
        var alert = new WebhookAlert(status, labels, annotations, since, end ?? default(DateTimeOffset), "", new PastAlert(labels!, since, since).Fingerprint);
        return new("4", $"{{}}:{{alertname=\"{Name}\"}}", 0, status, "people", [alert]);
    }

    /// <summary>As Alertmanager would have sent it.</summary>
    public static JsonElement ToJson(WebhookNotification message)
    {
        var alert = message.Alerts![0]!;
        return JsonSerializer.SerializeToElement(
            new
            {
                message.Version, message.GroupKey, message.TruncatedAlerts, message.Status, message.Receiver,
                GroupLabels = new { alertname = Name }, CommonLabels = alert.Labels, CommonAnnotations = alert.Annotations, ExternalURL = "", message.Alerts,
            },
            JsonSerializerOptions.Web);
    }
}
