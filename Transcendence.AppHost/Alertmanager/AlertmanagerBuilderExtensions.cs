namespace Transcendence.AppHost;

/// <summary>Describes Alertmanagers.</summary>
public static class AlertmanagerBuilderExtensions
{
    private const string ConfigurationDirectory = "/etc/alertmanager";
    private const string DataDirectory = "/alertmanager";

    /// <summary>Adds an Alertmanager that stands alone.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on the host.</param>
    /// <returns>The resource.</returns>
    /// <remarks>Reads the setting <c>LogLevel:NAME</c>.</remarks>
    public static IResourceBuilder<AlertmanagerResource> AddAlertmanager(this IDistributedApplicationBuilder builder, string name, int? port = AlertmanagerResource.ContainerPort)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var alertmanager = builder.AddResource(new AlertmanagerResource(name))
            .WithImage(AlertmanagerContainerImageTags.Image, AlertmanagerContainerImageTags.Tag)
            .WithImageRegistry(AlertmanagerContainerImageTags.Registry)
            .WithIconName("AlertUrgent")
            .WithHttpEndpoint(port, AlertmanagerResource.ContainerPort, AlertmanagerResource.HttpEndpointName)
            .WithHttpHealthCheck("/-/ready")
            .WithUrlForEndpoint(AlertmanagerResource.HttpEndpointName, url => url.DisplayText = "Alertmanager")
            .WithReloadCommand();

        return alertmanager
            .WithArgs(
                $"--config.file={ConfigurationDirectory}/alertmanager.yml",
                $"--storage.path={DataDirectory}",
                // One instance has no peers; else it would listen for them on all addresses.
                "--cluster.listen-address=")
            .WithExternalUrl()
            .WithToolLogLevel()
            .WithNativeProcess();
    }

    /// <summary>Starts Alertmanager on a copy of a configuration directory, in which the addresses are those of the resources.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The directory with <c>alertmanager.yml</c>, relative to the AppHost's.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<AlertmanagerResource> WithConfiguration(this IResourceBuilder<AlertmanagerResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);
        return builder.WithRenderedConfiguration(source, ConfigurationDirectory);
    }

    /// <summary>Keeps the silences and the notification log in a volume.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The volume; <c>RESOURCE-data</c> when none is given.</param>
    /// <param name="isReadOnly">Whether Alertmanager may only read.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<AlertmanagerResource> WithDataVolume(this IResourceBuilder<AlertmanagerResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithVolume(name ?? $"{builder.Resource.Name}-data", DataDirectory, isReadOnly);
    }
}
