namespace Transcendence.Alerts.Inbox;

/// <summary>How an alert is now.</summary>
public enum AlertState
{
    /// <summary>It fires.</summary>
    Active,

    /// <summary>It ended: Alertmanager said so, or did not list it any more when it was asked.</summary>
    Resolved,

    /// <summary>
    /// It counts as ended, though nobody said so: a later episode of it is known, or it has not been repeated for too long, which
    /// happens only where there is no Alertmanager to ask.
    /// </summary>
    Expired,
}
