namespace Transcendence.AppHost;

/// <summary>A cAdvisor: the metrics of all containers, or of all processes where there are none.</summary>
/// <param name="name">The resource's name.</param>
public sealed class CAdvisorResource(string name) : ContainerResource(name), IResourceWithServiceDiscovery
{
    internal const int ContainerPort = 8080;

    internal const int DefaultHostPort = 8081;

    internal const string HttpEndpointName = "http";
}
