using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Transcendence.Hosting.Publishing;

/// <summary>Makes services of a Compose file from the resources of a model.</summary>
/// <param name="environment">The environment.</param>
/// <param name="values">Writes values.</param>
/// <param name="files">What is published beside the file.</param>
/// <param name="model">The model.</param>
internal sealed class ComposeServices(DockerComposeEnvironmentResource environment, ComposeValues values, PublishedFiles files, DistributedApplicationModel model)
{
    /// <summary>The port of an endpoint in its container. A project listens on the one it has in the model, or on .NET's own of containers.</summary>
    public static int PortOf(IResource resource, EndpointAnnotation endpoint) => endpoint.TargetPort ?? endpoint.Port ?? (resource is ProjectResource ? 8080
        : throw new DistributedApplicationException($"'{resource.Name}' cannot be published: its endpoint '{endpoint.Name}' has no port. Give it one: WithEndpoint(targetPort: …)."));

    /// <summary>Whether an endpoint is there in a container: a project has one for HTTPS by its launch profile, and there no certificate for it.</summary>
    public static bool IsPublished(IResource resource, EndpointAnnotation endpoint) => !(resource is ProjectResource && endpoint.UriScheme == "https");

    /// <summary>The resources that become services.</summary>
    public IReadOnlyList<IResource> Published { get; } = [.. model.GetComputeResources().Union(model.Resources.OfType<ExecutableResource>().Where(r => !r.IsExcludedFromPublish()))];

    /// <summary>Gives every endpoint its port, before a value is asked for that may tell it.</summary>
    public void FixPorts()
    {
        foreach (var resource in Published)
        {
            foreach (var endpoint in EndpointsOf(resource))
            {
                endpoint.TargetPort = PortOf(resource, endpoint);
            }
        }
    }

    /// <summary>The service of a resource.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be published.</exception>
    public async Task<Service> OfAsync(IResource resource)
    {
        RefuseUnsaid(resource);
        var resourceService = new DockerComposeServiceResource(resource.Name, resource, environment);
        var service = new Service
        {
            Name = resource.Name.ToLowerInvariant(),
            Image = ImageOf(resource, resourceService),
            Entrypoint = resource is ContainerResource { Entrypoint: { } entrypoint } ? [ComposeValues.Escape(entrypoint)] : [],
            Restart = "unless-stopped",
            // By default a container's log grows until the disk is full.
            Logging = new() { Driver = "json-file", Options = { ["max-size"] = "10m", ["max-file"] = "3" } },
            SecurityOpt = ["no-new-privileges:true"],
        };
        foreach (var endpoint in EndpointsOf(resource))
        {
            Publish(resourceService, service, endpoint, PortOf(resource, endpoint));
        }

        service.Command = await values.ArgumentsAsync(resource).ConfigureAwait(false);
        service.Environment = await values.EnvironmentAsync(resource).ConfigureAwait(false);
        service.Volumes = [.. resource.Annotations.OfType<ContainerMountAnnotation>().Select(mount => VolumeOf(resource, mount))];
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().Where(w => Published.Contains(w.Resource)))
        {
            service.DependsOn[wait.Resource.Name.ToLowerInvariant()] = new()
            {
                Condition = wait.WaitType switch { WaitType.WaitForCompletion => "service_completed_successfully", WaitType.WaitUntilStarted => "service_started", _ => "service_healthy" },
            };
        }

        foreach (var customization in resource.Annotations.OfType<DockerComposeServiceCustomizationAnnotation>())
        {
            customization.Configure(resourceService, service);
        }

        return service;
    }

    /// <summary>Only a service that has a health check can be waited for until it is well.</summary>
    public static void CheckConditions(IReadOnlyDictionary<string, Service> services)
    {
        foreach (var (name, condition) in services.Values.SelectMany(s => s.DependsOn))
        {
            condition.Condition = condition.Condition == "service_healthy" && services[name].Healthcheck is null ? "service_started" : condition.Condition;
        }
    }

    // What would be lost without a word.
    private static void RefuseUnsaid(IResource resource)
    {
        if (resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().Any())
        {
            throw new DistributedApplicationException($"'{resource.Name}' cannot be published: it is given files by WithContainerFiles, which are made while it starts. Mount a directory of the application in its place: WithBindMount.");
        }

        if (resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault() is { Replicas: > 1 and var replicas })
        {
            throw new DistributedApplicationException($"'{resource.Name}' cannot be published: it has {replicas} replicas, and each service of a Compose file is one container here. Take WithReplicas away where the application's ExecutionContext.IsPublishMode is true.");
        }
    }

    private static IEnumerable<EndpointAnnotation> EndpointsOf(IResource resource) => resource.Annotations.OfType<EndpointAnnotation>().Where(e => IsPublished(resource, e));

    private static string ImageOf(IResource resource, DockerComposeServiceResource service)
    {
        if (resource.Annotations.OfType<DockerfileBuildAnnotation>().Any())
        {
            throw new DistributedApplicationException($"'{resource.Name}' cannot be published: it is built from a Dockerfile. Build its image yourself, and give the model the image: AddContainer(\"{resource.Name}\", IMAGE).");
        }

        var image = resource is ProjectResource ? $"{resource.Name}:latest"
            : resource.TryGetContainerImageName(out var name) ? name
            : throw new DistributedApplicationException(
                $"'{resource.Name}' cannot be published: it is neither a container nor a project of .NET, so there is no image of it. Give it one with PublishAsDockerFile(), or leave it out with ExcludeFromManifest().");
        return service.AddEnvironmentVariable($"{ComposeValues.VariableOf(resource.Name)}_IMAGE", image, $"Image of {resource.Name}. To pin it, add its digest: NAME:TAG@sha256:…");
    }

    private static void Publish(DockerComposeServiceResource resource, Service service, EndpointAnnotation endpoint, int port)
    {
        if (endpoint.Port is null && !endpoint.IsExternal)
        {
            service.Expose.Add(port.ToString(CultureInfo.InvariantCulture));
            return;
        }

        var name = ComposeValues.VariableOf(endpoint.Name == "http" ? service.Name : $"{service.Name}-{endpoint.Name}");
        var hostPort = resource.AddEnvironmentVariable($"{name}_PORT", (endpoint.Port ?? port).ToString(CultureInfo.InvariantCulture), $"Port of {service.Name}{(endpoint.Name == "http" ? "" : $" ({endpoint.Name})")} on this machine.");
        var address = endpoint.IsExternal
            ? resource.AddEnvironmentVariable("PUBLIC_ADDRESS", "0.0.0.0", "Address on which the public services listen. Behind a proxy on this machine: 127.0.0.1.")
            : "127.0.0.1";
        service.Ports.Add($"{address}:{hostPort}:{port}{(endpoint.Protocol == System.Net.Sockets.ProtocolType.Udp ? "/udp" : "")}");
    }

    private Volume VolumeOf(IResource resource, ContainerMountAnnotation mount)
    {
        var source = mount.Source ?? throw new DistributedApplicationException($"'{resource.Name}' cannot be published: its volume at {mount.Target} has no name. Give it one.");
        return mount.Type == ContainerMountType.BindMount
            ? new() { Name = source, Type = "bind", Source = ComposeValues.Escape(files.Add(resource, source)), Target = ComposeValues.Escape(mount.Target), ReadOnly = mount.IsReadOnly ? true : null }
            : new() { Name = source, Type = "volume", Source = source, Target = ComposeValues.Escape(mount.Target), ReadOnly = mount.IsReadOnly ? true : null };
    }
}
