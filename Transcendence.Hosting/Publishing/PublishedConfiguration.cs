namespace Transcendence.Hosting.Publishing;

/// <summary>The configuration of a tool, mounted as it is but for what the model adds: the targets of services that its files do not name.</summary>
internal static class PublishedConfiguration
{
    /// <summary>Adds to the published files what the model says.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="source">The absolute path of the directory.</param>
    /// <param name="files">What is published; changed in place.</param>
    /// <param name="addresses">Where the resources are, for the tool.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">The directory is not the application's, or what is in it is faulty.</exception>
    public static async Task CompleteAsync(IResource tool, string source, PublishedFiles files, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        var directory = files.PathOf(source) ?? throw new DistributedApplicationException(
            $"'{tool.Name}' cannot be published: its configuration, '{source}', is not in the directory of the application. Move it there, so that it goes with it.");
        var published = files.TextsBelow(directory);
        var texts = new Dictionary<string, string>(published);
        foreach (var (path, text) in texts.Where(f => Path.GetExtension(f.Key) is ".yml" or ".yaml").ToList())
        {
            texts[path] = await addresses.ReplaceAsync(text, cancellationToken).ConfigureAwait(false);
        }

        if (tool is IPrometheusResource prometheus)
        {
            await PrometheusConfiguration.CompleteAsync(prometheus, texts, addresses, cancellationToken).ConfigureAwait(false);
        }

        if (tool is IGrafanaResource)
        {
            ScrapeInterval.Apply(texts, addresses.Resources);
        }

        // All else stays as it is, byte for byte.
        foreach (var (path, text) in texts.Where(f => published.GetValueOrDefault(f.Key) != f.Value))
        {
            files.Replace($"{directory}/{path}", text);
        }
    }
}
