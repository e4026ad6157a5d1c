using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting;

/// <summary>Publishes applications as Docker Compose.</summary>
/// <remarks>The names are those of <c>Aspire.Hosting.Docker</c>, so that it can take this one's place; what is not in it says so.</remarks>
public static class DockerComposeExtensions
{
    /// <summary>Adds a machine with Docker Compose as what the application is published for: <c>aspire publish -o DIRECTORY</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name; it is one only while publishing.</param>
    /// <returns>The environment.</returns>
    public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(this IDistributedApplicationBuilder builder, [ResourceName] string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var environment = new DockerComposeEnvironmentResource(name);
        return builder.ExecutionContext.IsPublishMode ? builder.AddResource(environment) : builder.CreateResourceBuilder(environment);
    }

    /// <summary>Changes the Compose file before it is written, after its services were made.</summary>
    /// <param name="builder">The environment.</param>
    /// <param name="configure">Makes the change.</param>
    /// <returns>The environment.</returns>
    public static IResourceBuilder<DockerComposeEnvironmentResource> ConfigureComposeFile(this IResourceBuilder<DockerComposeEnvironmentResource> builder, Action<ComposeFile> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Resource.ConfigureComposeFile += configure;
        return builder;
    }

    /// <summary>Publishes the files of a directory beside the Compose file, as they are. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    /// <param name="builder">The environment.</param>
    /// <param name="directory">The directory, relative to the AppHost's project.</param>
    /// <returns>The environment.</returns>
    public static IResourceBuilder<DockerComposeEnvironmentResource> WithFiles(this IResourceBuilder<DockerComposeEnvironmentResource> builder, string directory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        builder.Resource.FilesDirectory = DataDirectoryExtensions.FullPath(directory, builder.ApplicationBuilder.AppHostDirectory);
        return builder;
    }

    /// <summary>Changes the service that a resource is published as.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="configure">Makes the change; several are made one after the other.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> PublishAsDockerComposeService<T>(this IResourceBuilder<T> builder, Action<DockerComposeServiceResource, Service> configure) where T : IComputeResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ApplicationBuilder.ExecutionContext.IsPublishMode ? builder.WithAnnotation(new DockerComposeServiceCustomizationAnnotation(configure)) : builder;
    }

    /// <summary>Takes a value from <c>.env</c>. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    /// <param name="service">The service that needs it.</param>
    /// <param name="name">The variable's name.</param>
    /// <param name="defaultValue">What holds where it is not set.</param>
    /// <param name="description">What it is for, as the comment above it.</param>
    /// <returns>The variable, as a Compose file writes it.</returns>
    public static string AddEnvironmentVariable(this DockerComposeServiceResource service, string name, string defaultValue, string description)
    {
        ArgumentNullException.ThrowIfNull(service);
        service.Parent.CapturedEnvironmentVariables[name] = new() { Name = name, DefaultValue = defaultValue, Description = description };
        return $"${{{name}:-{defaultValue}}}";
    }
}
