using System.Data.Common;
using Prometheus;

namespace Transcendence.Backend;

/// <summary>The domain in numbers: <c>transcendence_players</c> and <c>transcendence_matches_played_total</c>.</summary>
internal sealed class BackendMetrics(IMetricFactory metrics)
{
    public Gauge Players { get; } = metrics.CreateGauge("transcendence_players", "Players who have an account.");

    public Counter MatchesPlayed { get; } = metrics.CreateCounter("transcendence_matches_played_total", "Matches recorded since this process started.");

    /// <summary>Counts players anew for each scrape, where other processes add and remove them too. While the database does not answer, the last number stays.</summary>
    public void CountPlayersAtEachScrape(IServiceProvider services) => services.GetRequiredService<CollectorRegistry>().AddBeforeCollectCallback(async cancellationToken =>
    {
        // Less than a scrape waits.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await using var scope = services.CreateAsyncScope();
            Players.Set(await scope.ServiceProvider.GetRequiredService<BackendDbContext>().Players.CountAsync(limit.Token));
        }
        catch (Exception e) when (e is DbException or InvalidOperationException { InnerException: DbException } or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The health of the database says so.
        }
    });
}
