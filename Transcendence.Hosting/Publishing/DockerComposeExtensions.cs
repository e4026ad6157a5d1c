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

    /// <summary>Publishes a second file, <c>docker-stack.yaml</c>, for several machines: Docker Swarm. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    /// <remarks>
    /// Its services are those of <c>docker-compose.yaml</c>, with what <see cref="Service.Deploy"/> says of them. What Compose mounts from beside the file and what <c>.env</c>
    /// has of secrets, Swarm keeps and hands to the tasks that need it; ports of loopback addresses are not published; Prometheus finds each task by DNS.
    /// <c>docker-stack.sh</c>, beside it, deploys it. What is kept once is kept on the node with the label <c>data=true</c>.
    /// </remarks>
    /// <param name="builder">The environment.</param>
    /// <param name="name">The stack's name, where <c>STACK_NAME</c> says no other.</param>
    /// <param name="configure">Changes the services of that file alone.</param>
    /// <returns>The environment.</returns>
    public static IResourceBuilder<DockerComposeEnvironmentResource> PublishAsDockerStack(this IResourceBuilder<DockerComposeEnvironmentResource> builder, string name, Action<ComposeFile>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Resource.StackName = name;
        builder.Resource.ConfigureStack += configure;
        return builder;
    }

    /// <summary>Changes the service that a resource is on a Swarm, after it was made of that of Compose. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="configure">Makes the change; several are made one after the other.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> PublishAsDockerStackService<T>(this IResourceBuilder<T> builder, Action<Service> configure) where T : IComputeResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ApplicationBuilder.ExecutionContext.IsPublishMode ? builder.WithAnnotation(new DockerStackServiceCustomizationAnnotation(configure)) : builder;
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
