using Prometheus;

namespace Transcendence.Backend;

/// <summary>The domain in numbers: <c>transcendence_players</c> and <c>transcendence_matches_played_total</c>.</summary>
internal sealed class BackendMetrics(IMetricFactory metrics)
{
    public Gauge Players { get; } = metrics.CreateGauge("transcendence_players", "Players who have an account.");

    public Counter MatchesPlayed { get; } = metrics.CreateCounter("transcendence_matches_played_total", "Matches recorded since this process started.");
}
