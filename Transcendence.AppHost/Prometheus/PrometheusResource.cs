namespace Transcendence.AppHost;

/// <summary>A Prometheus server.</summary>
/// <param name="name">The resource's name.</param>
public sealed class PrometheusResource(string name) : ContainerResource(name), IResourceWithServiceDiscovery
{
    internal const int ContainerPort = 9090;

    internal const string HttpEndpointName = "http";
}
