using Yarp.ReverseProxy;

namespace Transcendence.Gateway;

/// <summary>The cluster that has WebSockets: the same backend, but another time without traffic after which a connection ends.</summary>
internal static class WebSocketCluster
{
    private const string Cluster = "backend-websockets";

    /// <summary>Sends what asks for a WebSocket to that cluster.</summary>
    /// <remarks>A route that matches the header would have routing look at the headers of every request, at 3 % of what it costs.</remarks>
    /// <param name="proxy">The pipeline of YARP, before a destination is chosen.</param>
    public static void UseWebSocketCluster(this IReverseProxyApplicationBuilder proxy)
    {
        var clusters = proxy.ApplicationServices.GetRequiredService<IProxyStateLookup>();
        proxy.Use((context, next) =>
        {
            if (string.Equals(context.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase) && clusters.TryGetCluster(Cluster, out var cluster))
            {
                context.ReassignProxyRequest(cluster);
            }

            return next(context);
        });
    }
}
