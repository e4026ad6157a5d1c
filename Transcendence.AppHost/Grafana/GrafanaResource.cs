namespace Transcendence.AppHost;

/// <summary>A Grafana server.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="adminPassword">The password of the user <c>admin</c>.</param>
/// <param name="secretKey">The key by which Grafana encrypts secrets in its database.</param>
public sealed class GrafanaResource(string name, ParameterResource adminPassword, ParameterResource secretKey) : ContainerResource(name), IResourceWithServiceDiscovery
{
    internal const int ContainerPort = 3000;

    internal const string HttpEndpointName = "http";

    /// <summary>The password of the user <c>admin</c>.</summary>
    public ParameterResource AdminPassword { get; } = adminPassword;

    /// <summary>The key by which Grafana encrypts secrets in its database.</summary>
    public ParameterResource SecretKey { get; } = secretKey;
}
