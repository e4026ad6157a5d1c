using System.Globalization;
using System.Text.RegularExpressions;

namespace Transcendence.AppHost;

/// <summary>A copy of a directory of <c>monitoring/</c> in which the names of the container network are replaced by where the resources really listen.</summary>
/// <param name="builder">The application.</param>
/// <param name="resource">The resource that reads the copy.</param>
/// <param name="source">The absolute path of the original; nothing in it is changed.</param>
internal sealed partial class RenderedConfiguration(IDistributedApplicationBuilder builder, IResource resource, string source)
{
    /// <summary>The absolute path of the copy.</summary>
    public string Directory { get; } = builder.GetDataPath("config", resource.Name);

    /// <summary>The absolute path of the original.</summary>
    public string Source { get; } = source;

    /// <summary>Makes the copy anew.</summary>
    /// <param name="edit">Changes the text of a file, given its path in the directory; after the addresses are replaced.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">The original is not there, or the copy cannot be written.</exception>
    public async Task RenderAsync(Func<string, string, string> edit, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(Source))
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' is not there: '{Source}'. Restore that directory, then start '{resource.Name}' again.");
        }

        var addresses = await ResolveAddressesAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories))
            {
                var path = Path.GetRelativePath(Source, file).Replace('\\', '/');
                var text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
                if (Path.GetExtension(file) is ".yml" or ".yaml")
                {
                    text = Address().Replace(text, match => addresses.GetValueOrDefault(match.Value, match.Value));
                }

                Write(path, edit(path, text));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' cannot be copied to '{Directory}': {e.Message} Make room there or make it writable, or take another data directory with --{DataDirectory.SettingKey}=PATH.", e);
        }
    }

    /// <summary>Writes a file of the copy, unless it is the same already.</summary>
    /// <param name="path">Its path in the directory.</param>
    /// <param name="text">Its text.</param>
    public void Write(string path, string text)
    {
        var file = Path.Combine(Directory, path);
        if (File.Exists(file) && File.ReadAllText(file) == text)
        {
            return;
        }

        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        // Renamed, so that nobody reads half a file.
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, file, overwrite: true);
    }

    /// <summary>Where an endpoint is, for the resource that reads the copy: <c>host:port</c>.</summary>
    public async Task<string> AddressOfAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { ExecutionContext = builder.ExecutionContext, Caller = resource, Network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork };
        return await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken).ConfigureAwait(false)
            ?? throw new DistributedApplicationException($"The address of '{endpoint.Resource.Name}' is not known.");
    }

    private async Task<Dictionary<string, string>> ResolveAddressesAsync(CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var other in builder.Resources.OfType<IResourceWithEndpoints>())
        {
            foreach (var endpoint in other.Annotations.OfType<EndpointAnnotation>().Select(e => new EndpointReference(other, e.Name)))
            {
                if (ApplicationSettings.ContainerPort(other, endpoint.EndpointName) is { } port)
                {
                    addresses[string.Create(CultureInfo.InvariantCulture, $"{other.Name}:{port}")] = await AddressOfAsync(endpoint, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return addresses;
    }

    // A host name and a port, and not the end of a longer name.
    [GeneratedRegex(@"(?<![\w.-])[A-Za-z][A-Za-z0-9-]*:[0-9]{1,5}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
