namespace Transcendence.Alerts.Reconciliation;

/// <summary>Whether Alertmanager is asked at all, and what keeps us from it.</summary>
/// <param name="isAsked">Whether its address is known.</param>
/// <param name="startedAt">When this process began.</param>
internal sealed class AlertmanagerLink(bool isAsked, DateTimeOffset startedAt)
{
    private volatile string? _fault = isAsked ? "Alertmanager has not been asked yet." : null;

    /// <summary>Whether alerts are reconciled with Alertmanager; else they expire.</summary>
    public bool IsAsked { get; } = isAsked;

    /// <summary>When this process began.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>Why it is not known what fires now, for people; <see langword="null"/> when it is.</summary>
    public string? Fault
    {
        get => _fault;
        set => _fault = value;
    }
}
