using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Prometheus;
using Transcendence.Alerts.Webhook;

namespace Transcendence.Alerts.Inbox;

/// <summary>
/// The domain in numbers: <c>transcendence_alerts_active</c> by <c>severity</c>,
/// <c>transcendence_alert_notifications_total</c> by <c>status</c> (what was refused is in <c>http_requests_total</c>),
/// <c>transcendence_alert_last_reconciliation_timestamp_seconds</c> (absent before the first) and
/// <c>transcendence_alert_reconciliation_failures_total</c>.
/// </summary>
internal sealed class AlertMetrics
{
    private const string Other = "other";

    // Anybody may write any severity into a rule: what is not one of these is "other".
    private static readonly string[] s_severities = ["critical", "warning", "info", Other];

    private readonly Gauge _active;
    private readonly Counter _notifications;
    private readonly Gauge _lastReconciliation;
    private readonly Counter _reconciliationFailures;
    private readonly IServiceScopeFactory _scopes;

    public AlertMetrics(CollectorRegistry registry, IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        var metrics = Metrics.WithCustomRegistry(registry);
        _active = metrics.CreateGauge("transcendence_alerts_active", "Alerts that fire now; NaN when the database cannot be read.", ["severity"]);
        _notifications = metrics.CreateCounter(
            "transcendence_alert_notifications_total", "Notifications stored since this process started.", ["status"]);
        foreach (var status in new[] { WebhookStatus.Firing, WebhookStatus.Resolved })
        {
            _notifications.WithLabels(status);
        }

        _lastReconciliation = metrics.CreateGauge(
            "transcendence_alert_last_reconciliation_timestamp_seconds",
            "When the alerts were last reconciled with Alertmanager.",
            new GaugeConfiguration { SuppressInitialValue = true });
        _reconciliationFailures = metrics.CreateCounter(
            "transcendence_alert_reconciliation_failures_total", "How often the alerts could not be reconciled with Alertmanager.");

        // Alerts also end by themselves, with time: so the count is taken when it is asked for.
        registry.AddBeforeCollectCallback(CountAsync);
    }

    /// <summary>A notification has been stored.</summary>
    /// <param name="status">Its <c>status</c>.</param>
    public void NotificationStored(string status) => _notifications.WithLabels(status).Inc();

    /// <summary>The alerts are what Alertmanager said.</summary>
    /// <param name="askedAt">When it was asked.</param>
    public void Reconciled(DateTimeOffset askedAt) => _lastReconciliation.SetToTimeUtc(askedAt);

    /// <summary>Alertmanager could not be asked, or its answer not be stored.</summary>
    public void ReconciliationFailed() => _reconciliationFailures.Inc();

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var counts = await scope.ServiceProvider.GetRequiredService<AlertInbox>().Active()
                .GroupBy(alert => alert.Severity)
                .Select(group => new { Severity = group.Key, Count = group.Count() })
                .ToListAsync(cancellationToken);
            foreach (var severity in s_severities)
            {
                _active.WithLabels(severity).Set(counts.Where(count => Known(count.Severity) == severity).Sum(count => count.Count));
            }
        }
        catch (DbException)
        {
            foreach (var severity in s_severities)
            {
                _active.WithLabels(severity).Set(double.NaN);
            }
        }
    }

    private static string Known(string severity) => s_severities.Contains(severity) ? severity : Other;
}
