namespace Transcendence.Hosting.Publishing;

/// <summary>The configuration of a tool, mounted as it is but for what the model adds: the targets of services that its files do not name.</summary>
/// <param name="source">The absolute path of the directory.</param>
internal sealed class PublishedConfigurationAnnotation(string source) : IResourceAnnotation
{
    /// <summary>Adds to the published files what the model says.</summary>
    public async Task CompleteAsync(IResource tool, PublishedFiles files, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        var directory = files.PathOf(source);
        var texts = files.TextsBelow(directory);
        foreach (var (path, text) in texts.Where(f => Path.GetExtension(f.Key) is ".yml" or ".yaml").ToList())
        {
            texts[path] = await addresses.ReplaceAsync(text, cancellationToken).ConfigureAwait(false);
        }

        if (tool is IPrometheusResource prometheus)
        {
            await PrometheusConfiguration.CompleteAsync(prometheus, texts, addresses, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (path, text) in texts)
        {
            files.Replace($"{directory}/{path}", text);
        }
    }
}
