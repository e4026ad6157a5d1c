namespace Transcendence.AppHost;

/// <summary>An Alertmanager.</summary>
/// <param name="name">The resource's name.</param>
public sealed class AlertmanagerResource(string name) : ContainerResource(name), IResourceWithServiceDiscovery
{
    internal const int ContainerPort = 9093;

    internal const string HttpEndpointName = "http";
}
