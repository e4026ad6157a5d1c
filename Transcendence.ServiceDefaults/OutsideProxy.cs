using System.Net;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// The proxy that <c>HTTP_PROXY</c> and its like name, for what is outside only: .NET by itself would ask it for this machine's
/// own loopback addresses and for the container network's names too, unless <c>NO_PROXY</c> lists them.
/// </summary>
internal sealed class OutsideProxy(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials { get => proxy.Credentials; set => proxy.Credentials = value; }

    /// <summary>Makes it the proxy of every client in this process that does not choose one itself.</summary>
    public static void Use()
    {
        if (HttpClient.DefaultProxy is not OutsideProxy)
        {
            HttpClient.DefaultProxy = new OutsideProxy(HttpClient.DefaultProxy);
        }
    }

    public Uri? GetProxy(Uri destination) => IsInside(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => IsInside(host) || proxy.IsBypassed(host);

    // backend, alertmanager.dev.internal: names that the outside does not know.
    private static bool IsInside(Uri uri) =>
        uri.IsLoopback
        || (uri.HostNameType == UriHostNameType.Dns && (!uri.Host.Contains('.') || uri.Host.EndsWith(".dev.internal", StringComparison.OrdinalIgnoreCase)));
}
