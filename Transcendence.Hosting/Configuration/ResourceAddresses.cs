namespace Transcendence.Hosting.Configuration;

/// <summary>Where the resources of the model are, for the one that reads a configuration: an executable finds them on this machine, a container on its network.</summary>
/// <param name="reader">The resource that reads it.</param>
/// <param name="executionContext">The application's execution context.</param>
/// <param name="resources">The resources of the model.</param>
internal sealed partial class ResourceAddresses(IResource reader, DistributedApplicationExecutionContext executionContext, IEnumerable<IResource> resources)
{
    /// <summary>The resources that others can reach.</summary>
    public IReadOnlyList<IResourceWithEndpoints> Resources { get; } = [.. resources.OfType<IResourceWithEndpoints>()];

    /// <summary>Host and port of an endpoint.</summary>
    /// <exception cref="DistributedApplicationException">It has none.</exception>
    public async Task<string> OfAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        if (executionContext.IsPublishMode)
        {
            return ComposeValues.HostAndPort(endpoint);
        }

        // Without a network: Aspire derives it from who asks.
        var context = new ValueProviderContext { ExecutionContext = executionContext, Caller = reader };
        return await (reader.IsContainer() ? TunnelEndpoints.Of(endpoint) : endpoint).Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken).ConfigureAwait(false)
            ?? throw new DistributedApplicationException($"The address of '{endpoint.Resource.Name}' is not known, and '{reader.Name}' needs it.");
    }

    /// <summary>What tells an endpoint's series from those of others: its address, with the port at which it listens, where a tunnel has another one at each start.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="address">Its address, of <see cref="OfAsync"/>.</param>
    public static string InstanceOf(EndpointReference endpoint, string address) =>
        TunnelEndpoints.Of(endpoint) == endpoint ? address : string.Create(CultureInfo.InvariantCulture, $"{address[..address.LastIndexOf(':')]}:{endpoint.EndpointAnnotation.TargetPort}");

    /// <summary>Replaces every <c>name:port</c> of a resource in a text.</summary>
    public async Task<string> ReplaceAsync(string text, CancellationToken cancellationToken)
    {
        foreach (var name in HostAndPort().Matches(text).Select(match => match.Value).Distinct().ToList())
        {
            if (Find(name) is { } endpoint)
            {
                var address = await OfAsync(endpoint, cancellationToken).ConfigureAwait(false);
                text = Regex.Replace(text, $@"(?<![\w.-]){Regex.Escape(name)}(?![\w:])", address.Replace("$", "$$", StringComparison.Ordinal), RegexOptions.CultureInvariant);
            }
        }

        return text;
    }

    /// <summary>The endpoints that a text names.</summary>
    public IEnumerable<EndpointReference> FindAll(string text) => HostAndPort().Matches(text).Select(match => Find(match.Value)).OfType<EndpointReference>();

    /// <summary>The endpoint that a name such as <c>backend:8000</c> means: that with the port; else, as ports can be moved, the usual one; else the resource's first.</summary>
    public EndpointReference? Find(string name, EndpointReference? usual = null)
    {
        var colon = name.LastIndexOf(':');
        var port = int.Parse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        if (Resources.FirstOrDefault(r => r.Name.Equals(name[..colon], StringComparison.OrdinalIgnoreCase)) is not { } resource)
        {
            return null;
        }

        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        return endpoints.Find(e => e.TargetPort == port || e.Port == port) is { } named ? resource.GetEndpoint(named.Name)
            : usual ?? (endpoints.Count > 0 ? resource.GetEndpoint(endpoints[0].Name) : null);
    }

    [GeneratedRegex(@"(?<![\w.-])[A-Za-z][A-Za-z0-9-]*:\d{1,5}(?![\w:])", RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
