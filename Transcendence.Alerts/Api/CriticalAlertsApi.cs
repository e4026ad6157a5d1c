using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.Alerts.Api;

/// <summary>The health of what is watched, as far as the inbox can tell it.</summary>
internal static class CriticalAlertsApi
{
    private const int MaxAlerts = 100;
    private const int MaxNamed = 10;

    /// <summary>Maps <c>GET /health/alerts</c>.</summary>
    public static void MapCriticalAlertsApi(this IEndpointRouteBuilder app) =>
        app.MapGet("/health/alerts", GetAsync).WithTags("Health").WithName("CriticalAlerts").DisableHttpMetrics().AllowAnonymous()
            .WithSummary("Say whether a critical alert fires, and whether that can be known")
            .WithDescription(
                "200 when it is known: status is firing or quiet, and an alert that fires is no failure of the inbox. 503 when it is not: " +
                "status is overdue when the monitoring itself does not work, and unknown when the inbox cannot ask (the database, Alertmanager); reason says why, and alerts are those last known to fire.")
            .Produces<CriticalAlerts>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<CriticalAlerts>, JsonHttpResult<CriticalAlerts>>> GetAsync(
        AlertInbox inbox, AlertmanagerLink alertmanager, Pipeline pipeline, HealthCheckService health, CancellationToken cancellationToken)
    {
        var (firing, fault) = (new List<Alert>(), alertmanager.Fault);
        try
        {
            var report = await health.CheckHealthAsync(cancellationToken);
            if (report.Status != HealthStatus.Healthy)
            {
                fault = string.Join(" ", report.Entries.Values.Select(entry => entry.Description).OfType<string>());
            }
            else
            {
                firing = await inbox.Active().Where(alert => alert.Severity == "critical")
                    .OrderBy(alert => alert.StartsAt).ThenBy(alert => alert.Id).Take(MaxAlerts).ToListAsync(cancellationToken);
            }
        }
        catch (DbException e)
        {
            fault = $"The database cannot be read: {e.Message}";
        }

        var alerts = firing.ConvertAll(alert => new CriticalAlert(
            alert.Name, alert.Severity, alert.StartsAt, alert.Annotations.GetValueOrDefault("summary"), alert.Annotations.GetValueOrDefault("runbook_url")));
        if (pipeline.State is { Status: PipelineStatus.Overdue, Reason: var overdue })
        {
            return Blind(CriticalAlertsStatus.Overdue, overdue);
        }

        return fault is not null
            ? Blind(CriticalAlertsStatus.Unknown, fault)
            : TypedResults.Ok(alerts.Count > 0
                ? new CriticalAlerts(CriticalAlertsStatus.Firing, alerts, Text(alerts))
                : new CriticalAlerts(CriticalAlertsStatus.Quiet, alerts, "No critical alert fires."));

        JsonHttpResult<CriticalAlerts> Blind(CriticalAlertsStatus status, string why) => TypedResults.Json(
            new CriticalAlerts(status, alerts, alerts.Count > 0 ? $"{why} Last known to fire: {Text(alerts)}" : why), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static string Text(List<CriticalAlert> alerts) =>
        string.Join("; ", alerts.Take(MaxNamed).Select(alert =>
            string.Create(CultureInfo.InvariantCulture, $"{alert.Name} since {alert.StartsAt:u}{(alert.Summary is null ? "" : ": " + alert.Summary)}")))
        + (alerts.Count > MaxNamed ? "; and more" : "");
}

/// <summary>The health of what is watched.</summary>
/// <param name="Status">Whether a critical alert fires.</param>
/// <param name="Alerts">The critical alerts that fire, the oldest first, at most 100; when status is unknown, those last known to fire.</param>
/// <param name="Reason">The same for people to read: which alerts fire, with their summaries, or why it is not known.</param>
public sealed record CriticalAlerts(CriticalAlertsStatus Status, IReadOnlyList<CriticalAlert> Alerts, string Reason);

/// <summary>A critical alert that fires.</summary>
/// <param name="Name">The label <c>alertname</c>.</param>
/// <param name="Severity">The label <c>severity</c> in lower case.</param>
/// <param name="StartsAt">When it began to fire.</param>
/// <param name="Summary">The annotation <c>summary</c>.</param>
/// <param name="RunbookUrl">The annotation <c>runbook_url</c>.</param>
public sealed record CriticalAlert(string Name, string Severity, DateTimeOffset StartsAt, string? Summary, string? RunbookUrl);

/// <summary>Whether a critical alert fires.</summary>
public enum CriticalAlertsStatus
{
    /// <summary>None fires.</summary>
    Quiet,

    /// <summary>At least one fires.</summary>
    Firing,

    /// <summary>The inbox is not well, so it cannot be said.</summary>
    Unknown,

    /// <summary>The monitoring itself does not work, so none could.</summary>
    Overdue,
}
