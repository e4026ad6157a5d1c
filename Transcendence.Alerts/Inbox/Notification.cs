namespace Transcendence.Alerts.Inbox;

/// <summary>One message from Alertmanager, about one group of alerts: to the inbox, or to people by one of their channels.</summary>
internal sealed class Notification
{
    public long Id { get; private set; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Who was told: the receiver's name in Alertmanager's configuration, or the channel's.</summary>
    public required string Receiver { get; init; }

    /// <summary>Whether people were told, by the channel <see cref="Receiver"/>. It says nothing of how the alerts are: it may be a late repetition.</summary>
    public bool IsToPeople { get; init; }

    /// <summary>The group's state: <c>firing</c> while one of its alerts fires, else <c>resolved</c>.</summary>
    public required string Status { get; init; }

    public required string GroupKey { get; init; }

    /// <summary>How many alerts Alertmanager left out of the message (<c>max_alerts</c>).</summary>
    public required long TruncatedAlerts { get; init; }

    public List<AlertEvent> Events { get; } = [];
}

/// <summary>What one notification said of one alert.</summary>
internal sealed class AlertEvent
{
    public long Id { get; private set; }

    public long AlertId { get; private set; }

    public long NotificationId { get; private set; }

    public required Alert Alert { get; init; }

    public required Notification Notification { get; init; }

    /// <summary><c>firing</c> or <c>resolved</c>.</summary>
    public required string Status { get; init; }
}
