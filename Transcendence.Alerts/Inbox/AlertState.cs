using System.Text.Json.Serialization;

namespace Transcendence.Alerts.Inbox;

/// <summary>How an alert is now.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertState>))]
public enum AlertState
{
    /// <summary>It fires.</summary>
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>Alertmanager said that it ended.</summary>
    [JsonStringEnumMemberName("resolved")]
    Resolved,

    /// <summary>It has not been repeated for too long, or a later episode of it is known: it counts as ended, though nobody said so.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}
