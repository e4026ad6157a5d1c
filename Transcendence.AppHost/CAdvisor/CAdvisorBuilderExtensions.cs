namespace Transcendence.AppHost;

/// <summary>Describes cAdvisors.</summary>
public static class CAdvisorBuilderExtensions
{
    /// <summary>Adds a cAdvisor for the containers of this machine.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on the host.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<CAdvisorResource> AddCAdvisor(this IDistributedApplicationBuilder builder, string name, int? port = CAdvisorResource.DefaultHostPort)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddResource(new CAdvisorResource(name))
            .WithImage(CAdvisorContainerImageTags.Image, CAdvisorContainerImageTags.Tag)
            .WithImageRegistry(CAdvisorContainerImageTags.Registry)
            .WithIconName("BoxMultiple")
            .WithHttpEndpoint(port, CAdvisorResource.ContainerPort, CAdvisorResource.HttpEndpointName)
            .WithHttpHealthCheck("/healthz")
            .WithUrlForEndpoint(CAdvisorResource.HttpEndpointName, url => url.DisplayText = "cAdvisor")
            // What its documentation mounts, all of it read-only.
            .WithBindMount("/", "/rootfs", isReadOnly: true)
            .WithBindMount("/var/run", "/var/run", isReadOnly: true)
            .WithBindMount("/sys", "/sys", isReadOnly: true)
            .WithBindMount("/var/lib/docker", "/var/lib/docker", isReadOnly: true)
            .WithArgs("--docker_only=true", "--store_container_labels=true")
            .WithNativeProcess();
    }
}
