using System.Text.Json.Serialization;

namespace Transcendence.Alerts.Inbox;

/// <summary>How an alert is now.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertState>))]
public enum AlertState
{
    /// <summary>It fires.</summary>
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>It ended: Alertmanager said so, or did not list it any more when it was asked.</summary>
    [JsonStringEnumMemberName("resolved")]
    Resolved,

    /// <summary>
    /// It counts as ended, though nobody said so: a later episode of it is known, or it has not been repeated for too long, which
    /// happens only where there is no Alertmanager to ask.
    /// </summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}
