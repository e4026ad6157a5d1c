namespace Transcendence.Alerts.Inbox;

/// <summary>One episode of an alert: what fired, when, and when it ended.</summary>
/// <remarks>
/// Its identity is <see cref="Fingerprint"/> and <see cref="StartsAt"/>, so however often Alertmanager repeats itself, an episode
/// is one row. Whether it is active is not stored but follows from <see cref="ResolvedAt"/>, <see cref="Superseded"/> and
/// <see cref="LastSeenAt"/> (<see cref="AlertQueries"/>): nothing has to run for an alert to expire.
/// </remarks>
internal sealed class Alert
{
    public long Id { get; private set; }

    /// <summary>Alertmanager's hash of the labels.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>
    /// When it began to fire, by the clock of who raised it. Moves back when Alertmanager hears from another Prometheus that
    /// the alert has fired for longer.
    /// </summary>
    public required DateTimeOffset StartsAt { get; set; }

    /// <summary>The label <c>alertname</c>; empty when it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The label <c>severity</c> in lower case; <c>none</c> when it has none.</summary>
    public required string Severity { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>As last heard: a description may quote a value that changes.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; set; } = new Dictionary<string, string>();

    /// <summary>The page of the rule that raised it.</summary>
    public string? GeneratorUrl { get; set; }

    /// <summary>When it ended, by the clock of who raised it; <see langword="null"/> while nobody has said so.</summary>
    public DateTimeOffset? ResolvedAt { get; set; }

    /// <summary>
    /// Its end was not announced: Alertmanager, asked, did not list it any more. <see cref="ResolvedAt"/> is then when it was
    /// last known to fire, by our clock.
    /// </summary>
    public bool EndIsInferred { get; set; }

    /// <summary>When the word that decided its present state was heard, by our clock: a notification, or an answer of Alertmanager.</summary>
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>
    /// A later episode of the same labels is known. The same alert cannot fire twice at once, so this one has ended even if
    /// nobody said so, as when Alertmanager and Prometheus were restarted while it fired.
    /// </summary>
    public bool Superseded { get; set; }

    /// <summary>When somebody said that he takes care of it; <see langword="null"/> while nobody has.</summary>
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>Who said so.</summary>
    public string? AcknowledgedBy { get; set; }

    /// <summary>What he said of it.</summary>
    public string? AcknowledgementNote { get; set; }

    /// <summary>Its part in each notification that named it.</summary>
    public List<AlertEvent> Events { get; } = [];
}
