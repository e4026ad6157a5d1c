using System.Globalization;

namespace Transcendence.AppHost;

/// <summary>Where the endpoints of the model are, as one of its resources sees them.</summary>
/// <param name="resources">The model.</param>
/// <param name="reader">The resource that will use the addresses.</param>
/// <param name="executionContext">Whether the application is run, or published to where each resource has its name as host name.</param>
internal sealed class ResourceAddresses(IEnumerable<IResource> resources, IResource reader, DistributedApplicationExecutionContext executionContext)
{
    /// <summary>Whether they are those of a publication, which no engine of ours runs.</summary>
    public bool ArePublished => executionContext.IsPublishMode;

    /// <summary>The address of an endpoint: <c>host:port</c>.</summary>
    /// <remarks>
    /// When the application runs, the reader must refer to the endpoint in the model too, e.g. by an environment variable: that is what makes
    /// the orchestrator open a way from a container to a process on the host. Aspire 13.2 allocates all endpoints, for all networks, before
    /// the first resource starts; so this waits for nothing in an event handler of a start.
    /// </remarks>
    public async Task<string> OfAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        if (ArePublished)
        {
            var port = endpoint.Resource.ContainerPort(endpoint.EndpointName)
                ?? throw new DistributedApplicationException($"The endpoint '{endpoint.EndpointName}' of '{endpoint.Resource.Name}' has no port, so '{reader.Name}' could not be told one. Give it one.");
            return Name(endpoint.Resource, port);
        }

        var context = new ValueProviderContext { ExecutionContext = executionContext, Caller = reader, Network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork };
        return await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken).ConfigureAwait(false)
            ?? throw new DistributedApplicationException($"The address of '{endpoint.Resource.Name}' is not known.");
    }

    /// <summary>The endpoint that has a name on the container network, such as <c>backend:8000</c>.</summary>
    public EndpointReference? Find(string name) => resources.OfType<IResourceWithEndpoints>()
        .SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint.Name)))
        .Where(e => e.resource.ContainerPort(e.Name) is { } port && string.Equals(Name(e.resource, port), name, StringComparison.OrdinalIgnoreCase))
        .Select(e => e.resource.GetEndpoint(e.Name))
        .FirstOrDefault();

    private static string Name(IResource resource, int port) => string.Create(CultureInfo.InvariantCulture, $"{resource.Name}:{port}");
}
