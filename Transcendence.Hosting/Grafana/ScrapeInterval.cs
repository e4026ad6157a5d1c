using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Transcendence.Hosting.Grafana;

/// <summary>Tells Grafana how often Prometheus scrapes, so that <c>prometheus.yml</c> alone says it.</summary>
internal static partial class ScrapeInterval
{
    private static readonly IDeserializer s_yaml = new DeserializerBuilder().Build();

    /// <summary>Sets <c>timeInterval</c> of the provisioned Prometheus data sources that have one to the <c>scrape_interval</c> of the application's Prometheus.</summary>
    /// <param name="files">The texts of Grafana's configuration; changed in place.</param>
    /// <param name="resources">The resources of the model.</param>
    /// <remarks>Grafana derives <c>$__rate_interval</c> from it. See its documentation, Prometheus data source, provisioning.</remarks>
    public static void Apply(IDictionary<string, string> files, IEnumerable<IResource> resources)
    {
        if (resources.OfType<IPrometheusResource>().Select(ToolAnnotation.Of).SelectMany(DirectoriesOf).Select(Read).FirstOrDefault(i => i is not null) is not { } interval)
        {
            return;
        }

        foreach (var (path, text) in files.Where(f => f.Key.StartsWith("provisioning/datasources/", StringComparison.Ordinal) && f.Value.Contains("type: prometheus", StringComparison.Ordinal)).ToList())
        {
            files[path] = TimeInterval().Replace(text, interval);
        }
    }

    // The original; while that is faulty or away, what is in force.
    private static IEnumerable<string> DirectoriesOf(ToolAnnotation prometheus) =>
        prometheus.ConfigurationSource is not { } source ? [] : prometheus.Configuration is null ? [source] : [source, prometheus.HostConfigurationDirectory];

    private static string? Read(string directory)
    {
        try
        {
            return s_yaml.Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(directory, "prometheus.yml")))?.GetValueOrDefault("global") is Dictionary<object, object> global
                ? global.GetValueOrDefault("scrape_interval") as string : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            return null; // Prometheus' own checker says what is wrong with it.
        }
    }

    [GeneratedRegex(@"(?<=^ *timeInterval: *)\S+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TimeInterval();
}
