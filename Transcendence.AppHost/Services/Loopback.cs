namespace Transcendence.AppHost;

/// <summary>Asks what runs on this machine.</summary>
internal static class Loopback
{
    /// <summary>A client that uses no proxy: one could not reach this machine's loopback addresses, and <c>NO_PROXY</c> seldom names them.</summary>
    /// <param name="patience">How long it waits for an answer.</param>
    public static HttpClient CreateClient(TimeSpan patience) => new(new SocketsHttpHandler { UseProxy = false }) { Timeout = patience };
}
