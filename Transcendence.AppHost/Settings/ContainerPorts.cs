namespace Transcendence.AppHost;

/// <summary>The ports on the container network, which stay what they are when the ports on the host are changed.</summary>
internal static class ContainerPorts
{
    /// <summary>Remembers the ports of a resource's endpoints, unless it has done so.</summary>
    public static void KeepContainerPorts(this IResourceWithEndpoints resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToList())
        {
            if (resource.ContainerPort(endpoint.Name) is null && (endpoint.TargetPort ?? endpoint.Port) is { } port)
            {
                resource.Annotations.Add(new ContainerPortAnnotation(endpoint.Name, port));
            }
        }
    }

    /// <summary>The port by which others reach an endpoint on the container network, whatever it is on the host.</summary>
    public static int? ContainerPort(this IResource resource, string endpointName) => resource.Annotations.OfType<ContainerPortAnnotation>()
        .FirstOrDefault(p => p.EndpointName == endpointName)?.Port;

    private sealed record ContainerPortAnnotation(string EndpointName, int Port) : IResourceAnnotation;
}
