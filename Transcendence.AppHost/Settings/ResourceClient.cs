namespace Transcendence.AppHost;

/// <summary>The HTTP client by which the AppHost speaks to its own resources.</summary>
internal static class ResourceClient
{
    /// <summary>The client, for all.</summary>
    /// <remarks>It uses no proxy: one could not reach this machine's loopback addresses, and <c>NO_PROXY</c> seldom names them.</remarks>
    public static HttpClient Instance { get; } = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
}
