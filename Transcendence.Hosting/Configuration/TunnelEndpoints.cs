using System.Net;
using System.Net.Sockets;

namespace Transcendence.Hosting.Configuration;

/// <summary>The endpoints by which containers reach the processes of this machine that listen without Aspire's proxy.</summary>
/// <remarks>
/// Aspire takes the tunnel to such an endpoint down when the process ends, and makes another for the next one. Where no connection was open at that moment (a crash, a
/// kill), the old one's port stays taken: the new one gets another port, and containers go on calling the old, which hangs up (seen, 13.6.5: what is killed and started again is
/// never scraped again). So each gets a second endpoint for the same port, with a proxy: that stays while the application runs, and its tunnel too.
/// </remarks>
internal static class TunnelEndpoints
{
    /// <summary>Adds what is missing, before the application starts.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="endpoints">The endpoints that a container refers to.</param>
    public static void Add(IDistributedApplicationBuilder builder, IEnumerable<EndpointReference> endpoints)
    {
        foreach (var endpoint in endpoints.Where(e => !e.Resource.IsContainer() && Of(e) == e && e.EndpointAnnotation is { IsExplicitlyProxied: false, Protocol: ProtocolType.Tcp }))
        {
            // Aspire would choose a port later, and for one of the two only.
            endpoint.EndpointAnnotation.Port ??= endpoint.EndpointAnnotation.TargetPort ?? FreePort();
            endpoint.EndpointAnnotation.TargetPort ??= endpoint.EndpointAnnotation.Port;

            // Not http: so it is no address that a project is told to listen at.
            var name = NameOf(endpoint);
            var annotation = new EndpointAnnotation(ProtocolType.Tcp, uriScheme: "tcp", name: name, targetPort: endpoint.EndpointAnnotation.TargetPort, isProxied: true) { ExcludeReferenceEndpoint = true };
            builder.CreateResourceBuilder(endpoint.Resource).WithAnnotation(annotation).WithUrls(context => context.Urls.RemoveAll(url => url.Endpoint?.EndpointName == name));
        }
    }

    /// <summary>The endpoint by which a container reaches another one: that with the proxy, where there is one.</summary>
    public static EndpointReference Of(EndpointReference endpoint) =>
        endpoint.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.Name == NameOf(endpoint)) ? endpoint.Resource.GetEndpoint(NameOf(endpoint)) : endpoint;

    // Below those that systems give to outgoing connections.
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 32_768)) { ExclusiveAddressUse = true };
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }

    private static string NameOf(EndpointReference endpoint) => $"{endpoint.EndpointName}-tunnel";
}
