using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Transcendence.AppHost;

/// <summary>The targets of the model, in the files that <c>file_sd_configs</c> reads.</summary>
/// <remarks>
/// A job of <c>prometheus.yml</c> has <c>targets/JOB.json</c>; every other resource gets a file in <c>targets/services/</c>, which
/// sets the job by a label. See the Prometheus documentation, Configuration, <c>&lt;file_sd_config&gt;</c>.
/// </remarks>
internal sealed class ScrapeTargets
{
    private const string Directory = "targets/";
    private const string Services = "targets/services/";

    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<string, TargetGroup> _groups;
    private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);

    private ScrapeTargets(Dictionary<string, TargetGroup> groups) => _groups = groups;

    /// <summary>Whether a file of the configuration is one that the model writes.</summary>
    public static bool IsTargetFile(string path) => path.StartsWith(Directory, StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal);

    /// <summary>Finds the resources that are to be scraped, and their addresses.</summary>
    public static async Task<ScrapeTargets> FindAsync(IDistributedApplicationBuilder builder, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        var groups = new Dictionary<string, TargetGroup>(StringComparer.OrdinalIgnoreCase);
        foreach (var resource in builder.Resources)
        {
            if (resource.TryGetLastAnnotation<ScrapeAnnotation>(out var scrape))
            {
                var address = await addresses.OfAsync(scrape.Endpoint, cancellationToken).ConfigureAwait(false);
                var labels = new Dictionary<string, string>();
                if (scrape.Path != "/metrics")
                {
                    labels["__metrics_path__"] = scrape.Path;
                }

                if (scrape.Endpoint.Scheme != "http")
                {
                    labels["__scheme__"] = scrape.Endpoint.Scheme;
                }

                groups[resource.Name] = new TargetGroup([address], labels.Count > 0 ? labels : null);
            }
        }

        return new ScrapeTargets(groups);
    }

    /// <summary>The text of a target file of the configuration: the resource of that name, or nothing when it is not scraped.</summary>
    public string Render(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        _written.Add(name);
        return Text(_groups.GetValueOrDefault(name));
    }

    /// <summary>Writes the resources that have no file in the configuration, and removes those that are gone.</summary>
    public void WriteServices(RenderedConfiguration configuration)
    {
        var services = _groups.Where(g => !_written.Contains(g.Key)).ToList();
        foreach (var (name, group) in services)
        {
            var labels = new Dictionary<string, string>(group.Labels ?? new()) { ["job"] = name };
            configuration.Write($"{Services}{name}.json", Text(group with { Labels = labels }));
        }

        var directory = Path.Combine(configuration.Directory, Services);
        if (System.IO.Directory.Exists(directory))
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(directory, "*.json"))
            {
                if (!services.Exists(s => string.Equals(s.Key, Path.GetFileNameWithoutExtension(file), StringComparison.OrdinalIgnoreCase)))
                {
                    File.Delete(file);
                }
            }
        }
    }

    private static string Text(TargetGroup? group) => JsonSerializer.Serialize(group is null ? Array.Empty<TargetGroup>() : [group], s_options) + "\n";

    private sealed record TargetGroup(
        [property: JsonPropertyName("targets")] IReadOnlyList<string> Targets,
        [property: JsonPropertyName("labels")] Dictionary<string, string>? Labels);
}
