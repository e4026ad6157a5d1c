namespace Transcendence.Alerts.Watchdog;

/// <summary>Whether the monitoring itself works.</summary>
/// <param name="Status">In a word.</param>
/// <param name="Cause">What is broken, as far as the signs tell it.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="LastSampleAt">When Prometheus last recorded anything, by the last word that came through Alertmanager; null before the first.</param>
/// <param name="ReceivedAt">When that word arrived.</param>
/// <param name="Since">Since when the status and the cause have been these.</param>
public sealed record PipelineState(PipelineStatus Status, PipelineCause Cause, string Reason, DateTimeOffset? LastSampleAt, DateTimeOffset? ReceivedAt, DateTimeOffset Since);

/// <summary>Whether the monitoring itself works, in a word.</summary>
public enum PipelineStatus
{
    /// <summary>Nobody was told where Prometheus or Alertmanager are, and no word has come: there is nothing to expect.</summary>
    Unwatched,

    /// <summary>The first word may still come: the inbox was started, or the machine slept, a short while ago.</summary>
    Starting,

    /// <summary>Samples are recorded, judged, and told.</summary>
    Working,

    /// <summary>They are, but something between them and the inbox is cut.</summary>
    Impaired,

    /// <summary>They are not, or of nothing but Prometheus itself: no alert can be relied on.</summary>
    Overdue,
}

/// <summary>What of the monitoring is broken.</summary>
public enum PipelineCause
{
    /// <summary>Nothing, or nothing that is known.</summary>
    None,

    /// <summary>No word comes, and neither Prometheus nor Alertmanager answers: they are down, or the inbox is cut off.</summary>
    BothDown,

    /// <summary>No word comes, and Prometheus does not answer.</summary>
    PrometheusDown,

    /// <summary>No word comes; Prometheus answers, and its newest sample is old: its disk is full, or it has no targets.</summary>
    NothingRecorded,

    /// <summary>No word comes; Prometheus records, and Alertmanager does not answer.</summary>
    AlertmanagerDown,

    /// <summary>No word comes; Prometheus records, and Alertmanager does not know of it.</summary>
    PrometheusToAlertmanager,

    /// <summary>No word comes, although Alertmanager has it.</summary>
    AlertmanagerToInbox,

    /// <summary>The word comes, and Prometheus reaches no target but itself.</summary>
    NoTargets,

    /// <summary>The word comes; Prometheus does not answer the inbox.</summary>
    InboxToPrometheus,

    /// <summary>The word comes; Alertmanager does not answer the inbox.</summary>
    InboxToAlertmanager,
}
