using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Prometheus;
using Transcendence.Alerts.Webhook;

namespace Transcendence.Alerts.Inbox;

/// <summary>
/// The domain in numbers: <c>transcendence_alerts_active</c> by <c>severity</c> and
/// <c>transcendence_alert_notifications_total</c> by <c>status</c>. (What was refused is in <c>http_requests_total</c>.)
/// </summary>
internal sealed class AlertMetrics
{
    private const string Other = "other";

    // Anybody may write any severity into a rule: what is not one of these is "other".
    private static readonly string[] Severities = ["critical", "warning", "info", Other];

    private readonly Gauge active;
    private readonly Counter notifications;
    private readonly IServiceScopeFactory scopes;

    public AlertMetrics(CollectorRegistry registry, IServiceScopeFactory scopes)
    {
        this.scopes = scopes;
        var metrics = Metrics.WithCustomRegistry(registry);
        active = metrics.CreateGauge("transcendence_alerts_active", "Alerts that fire now; NaN when the database cannot be read.", ["severity"]);
        notifications = metrics.CreateCounter(
            "transcendence_alert_notifications_total", "Notifications stored since this process started.", ["status"]);
        foreach (var status in new[] { WebhookStatus.Firing, WebhookStatus.Resolved })
        {
            notifications.WithLabels(status);
        }

        // Alerts also end by themselves, with time: so the count is taken when it is asked for.
        registry.AddBeforeCollectCallback(CountAsync);
    }

    /// <summary>A notification has been stored.</summary>
    /// <param name="status">Its <c>status</c>.</param>
    public void NotificationStored(string status) => notifications.WithLabels(status).Inc();

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var counts = await scope.ServiceProvider.GetRequiredService<AlertInbox>().Active()
                .GroupBy(alert => alert.Severity)
                .Select(group => new { Severity = group.Key, Count = group.Count() })
                .ToListAsync(cancellationToken);
            foreach (var severity in Severities)
            {
                active.WithLabels(severity).Set(counts.Where(count => Known(count.Severity) == severity).Sum(count => count.Count));
            }
        }
        catch (DbException)
        {
            foreach (var severity in Severities)
            {
                active.WithLabels(severity).Set(double.NaN);
            }
        }
    }

    private static string Known(string severity) => Severities.Contains(severity) ? severity : Other;
}
