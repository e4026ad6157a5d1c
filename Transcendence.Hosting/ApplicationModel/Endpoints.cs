using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Transcendence.Hosting.ApplicationModel;

/// <summary>A network from which an endpoint is seen.</summary>
/// <param name="Value">Its name.</param>
public record NetworkIdentifier(string Value);

/// <summary>The networks that every application has.</summary>
public static class KnownNetworkIdentifiers
{
    /// <summary>The loopback network of the host.</summary>
    public static readonly NetworkIdentifier LocalhostNetwork = new("localhost");

    /// <summary>The network that the application's containers share.</summary>
    public static readonly NetworkIdentifier DefaultAspireContainerNetwork = new("aspire-container-network");
}

/// <summary>An endpoint of a resource, as it was asked for.</summary>
[DebuggerDisplay("Name = {Name}, Port = {Port}, TargetPort = {TargetPort}")]
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly ConcurrentDictionary<NetworkIdentifier, TaskCompletionSource<AllocatedEndpoint>> _allocations = new();
    private string? _transport;

    /// <summary>Describes an endpoint of the host's loopback network.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="uriScheme">The scheme; <c>tcp</c> or <c>udp</c> when none is given.</param>
    /// <param name="transport">How it is spoken to; from the scheme when none is given.</param>
    /// <param name="name">The name; the scheme when none is given.</param>
    /// <param name="port">The port on the host; a free one when none is given.</param>
    /// <param name="targetPort">The port on which the resource listens.</param>
    /// <param name="isExternal">Whether it is meant for the outside.</param>
    /// <param name="isProxied">Whether a proxy may stand before it. The embedded engine has none: the resource listens itself.</param>
    public EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool isProxied = true)
        : this(protocol, null, uriScheme, transport, name, port, targetPort, isExternal, isProxied)
    {
    }

    /// <summary>Describes an endpoint.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="networkID">The network that it is on; the host's loopback network when none is given.</param>
    /// <param name="uriScheme">The scheme; <c>tcp</c> or <c>udp</c> when none is given.</param>
    /// <param name="transport">How it is spoken to; from the scheme when none is given.</param>
    /// <param name="name">The name; the scheme when none is given.</param>
    /// <param name="port">The port on the host; a free one when none is given.</param>
    /// <param name="targetPort">The port on which the resource listens.</param>
    /// <param name="isExternal">Whether it is meant for the outside.</param>
    /// <param name="isProxied">Whether a proxy may stand before it. The embedded engine has none: the resource listens itself.</param>
    public EndpointAnnotation(ProtocolType protocol, NetworkIdentifier? networkID, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool isProxied = true)
    {
        DefaultNetworkID = networkID ?? KnownNetworkIdentifiers.LocalhostNetwork;
        Protocol = protocol;
#pragma warning disable CA1308 // A scheme is in lower case.
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        _transport = transport;
        Name = name ?? UriScheme;
        ModelName.Validate(Name, nameof(name));
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>The network that it is on.</summary>
    public NetworkIdentifier DefaultNetworkID { get; }

    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>The port on the host, or <see langword="null"/> for a free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port on which the resource listens, where that differs from <see cref="Port"/>.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The scheme of its URLs.</summary>
    public string UriScheme { get; set; }

    /// <summary>The address to bind on the host: <c>localhost</c>, an IP address, or <c>*</c> for all.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>How it is spoken to: <c>http</c> or the scheme.</summary>
    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : UriScheme);
        set => _transport = value;
    }

    /// <summary>Its name, unique in the resource.</summary>
    public string Name { get; set; }

    /// <summary>Whether it is meant for the outside.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether a proxy may stand before it.</summary>
    public bool IsProxied { get; set; }

    /// <summary>Where it really is for those on its own network, once that is known.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => AllocatedOn(DefaultNetworkID);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            AllocationOn(DefaultNetworkID).TrySetResult(value);
        }
    }

    internal AllocatedEndpoint? AllocatedOn(NetworkIdentifier network) => AllocationOn(network).Task is { IsCompletedSuccessfully: true } allocation ? allocation.Result : null;

    internal TaskCompletionSource<AllocatedEndpoint> AllocationOn(NetworkIdentifier network) =>
        _allocations.GetOrAdd(network, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>Where an endpoint really is.</summary>
public class AllocatedEndpoint
{
    /// <summary>Creates it.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="address">The host name or address by which it is reached.</param>
    /// <param name="port">The port by which it is reached, 1 to 65535.</param>
    /// <param name="targetPortExpression">The port on which the resource listens.</param>
    public AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentException.ThrowIfNullOrEmpty(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535);
        Endpoint = endpoint;
        Address = address;
        Port = port;
        TargetPortExpression = targetPortExpression;
    }

    /// <summary>The endpoint.</summary>
    public EndpointAnnotation Endpoint { get; }

    /// <summary>The host name or address by which it is reached.</summary>
    public string Address { get; }

    /// <summary>The port by which it is reached.</summary>
    public int Port { get; }

    /// <summary>The port on which the resource listens.</summary>
    public string? TargetPortExpression { get; }

    /// <summary>The scheme of its URLs.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary><c>address:port</c>.</summary>
    public string EndPointString => $"{Address}:{Port}";

    /// <summary>Its URL, without a slash at the end.</summary>
    public string UriString => $"{UriScheme}://{EndPointString}";

    /// <inheritdoc/>
    public override string ToString() => UriString;
}

/// <summary>A part of an endpoint's address.</summary>
public enum EndpointProperty
{
    /// <summary>The whole URL.</summary>
    Url = 0,

    /// <summary>The host.</summary>
    Host = 1,

    /// <summary>The host as an IPv4 address.</summary>
    IPV4Host = 2,

    /// <summary>The port by which it is reached.</summary>
    Port = 3,

    /// <summary>The scheme.</summary>
    Scheme = 4,

    /// <summary>The port on which the resource listens.</summary>
    TargetPort = 5,

    /// <summary><c>host:port</c>.</summary>
    HostAndPort = 6,
}

/// <summary>An endpoint of a resource, to be resolved when its address is known.</summary>
[DebuggerDisplay("Resource = {Resource.Name}, EndpointName = {EndpointName}, IsAllocated = {IsAllocated}")]
public sealed class EndpointReference : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    /// <summary>Refers to an endpoint.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpointName">The endpoint's name.</param>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
        : this(owner, endpointName, null)
    {
    }

    /// <summary>Refers to an endpoint as seen from a network.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpointName">The endpoint's name.</param>
    /// <param name="contextNetworkID">The network; the asker's own when none is given.</param>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName, NetworkIdentifier? contextNetworkID = null)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentException.ThrowIfNullOrEmpty(endpointName);
        Resource = owner;
        EndpointName = endpointName;
        ContextNetworkID = contextNetworkID;
    }

    /// <summary>The resource.</summary>
    public IResourceWithEndpoints Resource { get; }

    /// <summary>The endpoint's name.</summary>
    public string EndpointName { get; }

    /// <summary>The network from which it is seen, if that is fixed.</summary>
    public NetworkIdentifier? ContextNetworkID { get; }

    /// <summary>Whether the resource has an endpoint of that name.</summary>
    public bool Exists => Find() is not null;

    /// <summary>Whether its address is known.</summary>
    public bool IsAllocated => Find()?.AllocatedOn(Network) is not null;

    /// <summary>Whether its scheme is <c>http</c>.</summary>
    public bool IsHttp => string.Equals(EndpointAnnotation.UriScheme, "http", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether its scheme is <c>https</c>.</summary>
    public bool IsHttps => string.Equals(EndpointAnnotation.UriScheme, "https", StringComparison.OrdinalIgnoreCase);

    /// <summary>What was asked for.</summary>
    /// <exception cref="InvalidOperationException">The resource has no such endpoint.</exception>
    public EndpointAnnotation EndpointAnnotation => Find()
        ?? throw new InvalidOperationException($"The endpoint `{EndpointName}` is not defined for the resource `{Resource.Name}`.");

    /// <summary>The scheme.</summary>
    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>The port on which the resource listens, if it was given.</summary>
    public int? TargetPort => EndpointAnnotation.TargetPort;

    /// <summary>The port by which it is reached.</summary>
    public int Port => Allocated.Port;

    /// <summary>The host by which it is reached.</summary>
    public string Host => Allocated.Address;

    /// <summary>The URL by which it is reached.</summary>
    public string Url => Allocated.UriString;

    string IManifestExpressionProvider.ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private NetworkIdentifier Network => ContextNetworkID ?? KnownNetworkIdentifiers.LocalhostNetwork;

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedOn(Network)
        ?? throw new InvalidOperationException($"The endpoint `{EndpointName}` is not allocated for the resource `{Resource.Name}`.");

    /// <summary>A part of its address.</summary>
    /// <param name="property">Which part.</param>
    /// <returns>A value that is known when the address is.</returns>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <summary>The URL, once it is known.</summary>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <returns>The URL.</returns>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        Property(EndpointProperty.Url).GetValueAsync(context, cancellationToken);

    private EndpointAnnotation? Find() => Resource.Annotations.OfType<EndpointAnnotation>()
        .FirstOrDefault(e => string.Equals(e.Name, EndpointName, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A part of an endpoint's address, to be resolved when it is known.</summary>
public class EndpointReferenceExpression : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    /// <summary>Refers to a part of an endpoint's address.</summary>
    /// <param name="endpointReference">The endpoint.</param>
    /// <param name="property">The part.</param>
    public EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        Endpoint = endpointReference;
        Property = property;
    }

    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; }

    /// <summary>The part of its address.</summary>
    public EndpointProperty Property { get; }

    /// <inheritdoc/>
#pragma warning disable CA1308 // The manifest's form.
    public string ValueExpression => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{Property.ToString().ToLowerInvariant()}}}";
#pragma warning restore CA1308

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>All processes of this engine share the host's loopback network, so the engine gives the same address on every network.</remarks>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        if (Property == EndpointProperty.Scheme)
        {
            return Endpoint.Scheme;
        }

        var network = Endpoint.ContextNetworkID ?? context?.Network ?? KnownNetworkIdentifiers.LocalhostNetwork;
        var allocated = await Endpoint.EndpointAnnotation.AllocationOn(network).Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Property switch
        {
            EndpointProperty.Url => allocated.UriString,
            EndpointProperty.Host => allocated.Address,
            EndpointProperty.IPV4Host => allocated.Address == "localhost" ? "127.0.0.1" : allocated.Address,
            EndpointProperty.Port => allocated.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            EndpointProperty.TargetPort => allocated.TargetPortExpression ?? allocated.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            EndpointProperty.HostAndPort => allocated.EndPointString,
            _ => throw new InvalidOperationException($"The property '{Property}' is not known."),
        };
    }
}
