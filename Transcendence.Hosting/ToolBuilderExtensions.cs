namespace Aspire.Hosting;

/// <summary>What holds for every monitoring tool, whether it runs as a container or as an executable.</summary>
public static class ToolBuilderExtensions
{
    /// <summary>Configures what only containers have, such as an image's tag, mounts or a lifetime. Does nothing where the tool is an executable.</summary>
    /// <typeparam name="T">The type of the tool.</typeparam>
    /// <param name="builder">The tool.</param>
    /// <param name="configure">Configures the container.</param>
    /// <returns>The tool.</returns>
    public static IResourceBuilder<T> OnContainer<T>(this IResourceBuilder<T> builder, Action<IResourceBuilder<ContainerResource>> configure) where T : IToolResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (builder.Resource is ContainerResource container)
        {
            configure(builder.ApplicationBuilder.CreateResourceBuilder(container));
        }

        return builder;
    }

    /// <summary>Starts the tool on a directory of configuration files, written for the container network and valid as they stand.</summary>
    /// <typeparam name="T">The type of the tool.</typeparam>
    /// <param name="builder">The tool.</param>
    /// <param name="directory">The directory, relative to the AppHost's project; nothing in it is changed.</param>
    /// <returns>The tool.</returns>
    /// <remarks>
    /// The tool reads a copy, in which each <c>name:port</c> of a resource is the address at which the tool reaches it. The copy is made before
    /// each start and whenever a file changes, is judged by the tool's own checker before it takes effect, and takes effect whole or not at all.
    /// </remarks>
    public static IResourceBuilder<T> WithConfiguration<T>(this IResourceBuilder<T> builder, string directory) where T : IToolResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (ToolAnnotation.Of(builder.Resource).Tool.ConfigurationDirectory.Length == 0)
        {
            throw new DistributedApplicationException($"'{builder.Resource.Name}' reads no configuration. Take WithConfiguration away from it.");
        }

        var source = DataDirectoryExtensions.FullPath(directory, builder.ApplicationBuilder.AppHostDirectory);
        return builder.WithRenderedConfiguration(source);
    }

    /// <summary>Keeps the tool's data over restarts: in a volume, or for an executable in the application's data directory.</summary>
    /// <typeparam name="T">The type of the tool.</typeparam>
    /// <param name="builder">The tool.</param>
    /// <param name="name">The name of the volume; by default <c>RESOURCE-data</c>, on this machine with what tells this application from others.</param>
    /// <returns>The tool.</returns>
    public static IResourceBuilder<T> WithDataVolume<T>(this IResourceBuilder<T> builder, string? name = null) where T : IToolResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        var tool = ToolAnnotation.Of(builder.Resource);
        tool.HostDataDirectory = builder.ApplicationBuilder.GetDataPath("volumes", name ?? $"{builder.Resource.Name}-data");
        var application = builder.ApplicationBuilder;
        return builder.OnContainer(container => container.WithVolume(
            name ?? (application.ExecutionContext.IsPublishMode ? $"{builder.Resource.Name}-data" : VolumeNameGenerator.Generate(container, "data")), tool.Tool.DataDirectory));
    }
}
