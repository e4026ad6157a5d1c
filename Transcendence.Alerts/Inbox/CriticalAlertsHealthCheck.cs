using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.Alerts.Inbox;

/// <summary>Unhealthy while a critical alert fires: what is watched is unwell, not this service.</summary>
internal sealed class CriticalAlertsHealthCheck(AlertInbox inbox) : IHealthCheck
{
    private const string Critical = "critical";
    private const int Named = 10;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var critical = inbox.Active().Where(alert => alert.Severity == Critical);
        var firing = await critical.OrderBy(alert => alert.StartsAt).ThenBy(alert => alert.Id)
            .Select(alert => new { alert.Name, alert.StartsAt })
            .Take(Named + 1)
            .ToListAsync(cancellationToken);
        if (firing.Count == 0)
        {
            return HealthCheckResult.Healthy("No critical alert fires.");
        }

        var names = firing.Take(Named).Select(alert => string.Create(CultureInfo.InvariantCulture, $"{alert.Name} since {alert.StartsAt:u}"));
        return new HealthCheckResult(
            context.Registration.FailureStatus, string.Join(", ", names) + (firing.Count > Named ? ", and more" : ""));
    }
}
