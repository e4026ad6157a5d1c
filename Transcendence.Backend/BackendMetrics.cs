using Prometheus;

namespace Transcendence.Backend;

/// <summary>The domain in numbers: <c>transcendence_players</c> and <c>transcendence_matches_played_total</c>.</summary>
internal sealed class BackendMetrics(IMetricFactory metrics)
{
    private readonly Gauge _players = metrics.CreateGauge("transcendence_players", "Players who have an account.");

    private readonly Counter _matches = metrics.CreateCounter("transcendence_matches_played_total", "Matches recorded since this process started.");

    /// <summary>Starts from what the database has; from then on, this process alone changes it.</summary>
    public void Start(int playerCount) => _players.Set(playerCount);

    /// <summary>A player has been added.</summary>
    public void PlayerAdded() => _players.Inc();

    /// <summary>A player has been removed.</summary>
    public void PlayerRemoved() => _players.Dec();

    /// <summary>A match has been recorded.</summary>
    public void MatchPlayed() => _matches.Inc();
}
