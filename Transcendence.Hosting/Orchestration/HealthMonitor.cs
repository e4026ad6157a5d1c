using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Eventing;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Runs the health checks of every resource that runs, and says when it is ready.</summary>
internal sealed class HealthMonitor(
    ResourceNotificationService notifications,
    HealthCheckService healthChecks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services) : BackgroundService
{
    // As Aspire: a healthy resource is left alone, for each check is a request that counts in its metrics.
    private static readonly TimeSpan s_healthyInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_unhealthyInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_startingInterval = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loops = new Dictionary<string, (DateTime? Start, CancellationTokenSource Stop, Task Loop)>(StringComparer.OrdinalIgnoreCase);
        try
        {
            await foreach (var e in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                var runs = e.Snapshot.State?.Text == KnownResourceStates.Running;
                var known = loops.TryGetValue(e.Resource.Name, out var loop);
                if (known && (!runs || loop.Start != e.Snapshot.StartTimeStamp))
                {
                    await EndAsync(loop.Stop, loop.Loop).ConfigureAwait(false);
                    loops.Remove(e.Resource.Name);
                    known = false;
                }

                if (runs && !known)
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    loops[e.Resource.Name] = (e.Snapshot.StartTimeStamp, stop, Task.Run(() => MonitorAsync(e.Resource, stop.Token), stop.Token));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
        finally
        {
            await Task.WhenAll(loops.Values.Select(l => EndAsync(l.Stop, l.Loop))).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(CancellationTokenSource stop, Task loop)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task MonitorAsync(IResource resource, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => h.Key).ToHashSet(StringComparer.Ordinal);
        var ready = false;
        while (true)
        {
            var healthy = true;
            if (keys.Count > 0)
            {
                var report = await healthChecks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
                healthy = report.Status == HealthStatus.Healthy;
                cancellationToken.ThrowIfCancellationRequested();
                await notifications.PublishUpdateAsync(resource, s => s with { HealthReports = [.. s.HealthReports.Select(h => Merge(h, report))] }).ConfigureAwait(false);
            }

            if (healthy && !ready)
            {
                ready = true;
                await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken).ConfigureAwait(false);
                await notifications.PublishUpdateAsync(resource, s => s with { IsReady = true }).ConfigureAwait(false);
            }

            if (keys.Count == 0)
            {
                return;
            }

            await Task.Delay(healthy ? s_healthyInterval : ready ? s_unhealthyInterval : s_startingInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    private static HealthReportSnapshot Merge(HealthReportSnapshot known, HealthReport report) =>
        report.Entries.TryGetValue(known.Name, out var entry)
            ? new HealthReportSnapshot(known.Name, entry.Status, entry.Description, entry.Exception?.Message) { LastRunAt = DateTime.UtcNow }
            : known;
}
