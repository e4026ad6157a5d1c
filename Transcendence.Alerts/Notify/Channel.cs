namespace Transcendence.Alerts.Notify;

/// <summary>A way out to people.</summary>
/// <param name="name">Its name in lower case, as in <c>/api/notify/NAME</c>.</param>
internal abstract class Channel(string name)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Sends a notice.</summary>
    /// <param name="notice">What is to be said.</param>
    /// <param name="original">The same as Alertmanager sent it, or would have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotSentException">It could not be sent, or was refused.</exception>
    public abstract Task SendAsync(Notice notice, JsonElement original, CancellationToken cancellationToken);
}

/// <summary>A notice could not be sent. The message has no secret in it.</summary>
/// <param name="reason">Why, without a full stop.</param>
/// <param name="inner">What went wrong.</param>
internal sealed class NotSentException(string reason, Exception? inner = null) : Exception(reason, inner);
