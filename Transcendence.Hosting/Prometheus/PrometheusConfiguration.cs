namespace Transcendence.Hosting.Prometheus;

/// <summary>Where a Prometheus hands its samples on to.</summary>
/// <param name="Url">The URL.</param>
internal sealed record RemoteWriteAnnotation(Uri Url) : IResourceAnnotation;

/// <summary>A link in the rules for people, and the endpoint that it means.</summary>
/// <param name="Url">As it is written, without a slash at the end.</param>
/// <param name="Endpoint">The endpoint.</param>
internal sealed record LinkAnnotation(string Url, EndpointReference Endpoint) : IResourceAnnotation;

/// <summary>What the model says beyond the configuration's own files.</summary>
internal static partial class PrometheusConfiguration
{
    private const string File = "prometheus.yml";

    /// <summary>Adds the targets of the model, and <c>remote_write</c> where it says so.</summary>
    /// <param name="prometheus">The server.</param>
    /// <param name="files">The texts by their paths in the configuration; changed in place.</param>
    /// <param name="addresses">Where the resources are, for the server.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">A file of targets is none, or the configuration has a <c>remote_write</c> already.</exception>
    public static async Task CompleteAsync(IPrometheusResource prometheus, IDictionary<string, string> files, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        await ScrapeTargets.RenderAsync(files, addresses, cancellationToken).ConfigureAwait(false);
        foreach (var link in prometheus.Annotations.OfType<LinkAnnotation>())
        {
            // Where it is not known yet there is no port of its own, and the links stay as they are.
            if ((link.Endpoint.IsAllocated ? link.Endpoint.Port : link.Endpoint.EndpointAnnotation.Port) is not { } port)
            {
                continue;
            }

            foreach (var (path, rules) in files.Where(file => file.Key != File && Path.GetExtension(file.Key) is ".yml" or ".yaml" && file.Value.Contains($"{link.Url}/", StringComparison.Ordinal)).ToList())
            {
                files[path] = rules.Replace($"{link.Url}/", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/"), StringComparison.Ordinal);
            }
        }

        if (prometheus.Annotations.OfType<RemoteWriteAnnotation>().LastOrDefault() is not { } remote || !files.TryGetValue(File, out var text))
        {
            return;
        }

        files[File] = !Section().IsMatch(text) ? $"{text.TrimEnd('\n')}\n\n# The model says so: WithRemoteWrite.\nremote_write:\n  - url: '{remote.Url.AbsoluteUri}'\n"
            : throw new DistributedApplicationException($"{File} has a remote_write, and the model of '{prometheus.Name}' says another; what was in force before stays so. Keep one of them.");
    }

    [GeneratedRegex("^remote_write:", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Section();
}
