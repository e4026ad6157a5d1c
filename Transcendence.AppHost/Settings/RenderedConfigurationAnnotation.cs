namespace Transcendence.AppHost;

/// <summary>The configuration of a resource, to be rendered to any place, for any addresses.</summary>
/// <param name="resource">The resource that reads it.</param>
/// <param name="source">The absolute path of the original.</param>
/// <param name="renderAsync">Makes a copy.</param>
internal sealed class RenderedConfigurationAnnotation(IResource resource, string source, Func<RenderedConfiguration, CancellationToken, Task> renderAsync) : IResourceAnnotation
{
    /// <summary>The absolute path of the original.</summary>
    public string Source { get; } = source;

    /// <summary>Makes a copy, or makes it anew.</summary>
    /// <param name="directory">The absolute path of the copy.</param>
    /// <param name="addresses">Where the resources listen, for the one that reads the copy.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">The original is not there, or the copy cannot be written.</exception>
    public Task RenderAsync(string directory, ResourceAddresses addresses, CancellationToken cancellationToken) =>
        renderAsync(new RenderedConfiguration(resource, Source, directory, addresses), cancellationToken);
}
