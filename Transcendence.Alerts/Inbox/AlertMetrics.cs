using System.Data.Common;
using Prometheus;

namespace Transcendence.Alerts.Inbox;

/// <summary>
/// The domain in numbers: <c>transcendence_alerts_active</c> by <c>severity</c>,
/// <c>transcendence_alert_notifications_total</c> by <c>status</c> (what was refused is in <c>http_requests_total</c>),
/// <c>transcendence_alert_last_reconciliation_timestamp_seconds</c> (absent before the first),
/// <c>transcendence_alert_reconciliation_failures_total</c>, <c>transcendence_alert_pipeline_working</c> and
/// <c>transcendence_alert_watchdog_last_sample_timestamp_seconds</c> (absent before the first word).
/// </summary>
internal sealed class AlertMetrics
{
    private const string Other = "other";

    // Anybody may write any severity into a rule: what is not one of these is "other".
    private static readonly string[] s_severities = ["critical", "warning", "info", Other];

    private readonly Gauge _active;
    private readonly IServiceScopeFactory _scopes;

    public AlertMetrics(CollectorRegistry registry, IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        var metrics = Metrics.WithCustomRegistry(registry);
        _active = metrics.CreateGauge("transcendence_alerts_active", "Alerts that fire now; NaN when the database cannot be read.", ["severity"]);
        Notifications = metrics.CreateCounter("transcendence_alert_notifications_total", "Notifications stored since this process started.", ["status"]);
        Array.ForEach([WebhookStatus.Firing, WebhookStatus.Resolved], status => Notifications.WithLabels(status));
        LastReconciliation = metrics.CreateGauge(
            "transcendence_alert_last_reconciliation_timestamp_seconds",
            "When the alerts were last reconciled with Alertmanager.",
            new GaugeConfiguration { SuppressInitialValue = true });
        ReconciliationFailures = metrics.CreateCounter(
            "transcendence_alert_reconciliation_failures_total", "How often the alerts could not be reconciled with Alertmanager.");
        PipelineIsWorking = metrics.CreateGauge(
            "transcendence_alert_pipeline_working", "1 while samples are recorded, judged and told, else 0.", new GaugeConfiguration { SuppressInitialValue = true });
        LastSample = metrics.CreateGauge(
            "transcendence_alert_watchdog_last_sample_timestamp_seconds",
            "When Prometheus last recorded anything, by the alert Watchdog.",
            new GaugeConfiguration { SuppressInitialValue = true });

        // Alerts also end by themselves, with time: so the count is taken when it is asked for.
        registry.AddBeforeCollectCallback(CountAsync);
    }

    /// <summary>The notifications that have been stored, by status.</summary>
    public Counter Notifications { get; }

    /// <summary>When Alertmanager was asked what the alerts are now.</summary>
    public Gauge LastReconciliation { get; }

    /// <summary>How often Alertmanager could not be asked, or its answer not be stored.</summary>
    public Counter ReconciliationFailures { get; }

    /// <summary>Whether the monitoring itself works.</summary>
    public Gauge PipelineIsWorking { get; }

    /// <summary>The time in the last word of the alert <c>Watchdog</c>.</summary>
    public Gauge LastSample { get; }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, int>? counts = null;
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var severities = await scope.ServiceProvider.GetRequiredService<AlertInbox>().Active().Select(alert => alert.Severity).ToListAsync(cancellationToken);
            counts = severities.CountBy(severity => s_severities.Contains(severity) ? severity : Other).ToDictionary();
        }
        catch (DbException)
        {
            // Said by the health check, and here.
        }

        Array.ForEach(s_severities, severity => _active.WithLabels(severity).Set(counts?.GetValueOrDefault(severity) ?? double.NaN));
    }
}
