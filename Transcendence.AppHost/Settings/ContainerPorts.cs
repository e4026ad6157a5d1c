namespace Transcendence.AppHost;

/// <summary>The ports on the container network, which stay what they are when the ports on the host are changed.</summary>
internal static class ContainerPorts
{
    /// <summary>Sets the port of a project's endpoint on the container network, where no launch profile says it.</summary>
    public static IResourceBuilder<ProjectResource> WithContainerPort(this IResourceBuilder<ProjectResource> builder, int port, string endpointName = "http") =>
        builder.WithAnnotation(new ContainerPortAnnotation(endpointName, port));

    /// <summary>Remembers the ports of a resource's endpoints, and has a published project listen on them.</summary>
    public static void KeepContainerPorts(this IResourceWithEndpoints resource, DistributedApplicationExecutionContext executionContext)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToList())
        {
            if (resource.ContainerPort(endpoint.Name) is null && (endpoint.TargetPort ?? endpoint.Port) is { } port)
            {
                resource.Annotations.Add(new ContainerPortAnnotation(endpoint.Name, port));
            }

            if (executionContext.IsPublishMode)
            {
                endpoint.TargetPort ??= resource.ContainerPort(endpoint.Name);
            }
        }
    }

    /// <summary>The port by which others reach an endpoint on the container network, whatever it is on the host.</summary>
    public static int? ContainerPort(this IResource resource, string endpointName) => resource.Annotations.OfType<ContainerPortAnnotation>()
        .FirstOrDefault(p => p.EndpointName == endpointName)?.Port;

    private sealed record ContainerPortAnnotation(string EndpointName, int Port) : IResourceAnnotation;
}
