namespace Transcendence.Alerts.Reconciliation;

/// <summary>Whether Alertmanager is asked at all (else alerts expire), since when this process is, and what keeps us from it.</summary>
internal sealed class AlertmanagerLink(bool isAsked, DateTimeOffset startedAt)
{
    public bool IsAsked => isAsked;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Why it is not known what fires now, for people; <see langword="null"/> when it is.</summary>
    public string? Fault { get; set; } = isAsked ? "Alertmanager has not been asked yet." : null;
}
