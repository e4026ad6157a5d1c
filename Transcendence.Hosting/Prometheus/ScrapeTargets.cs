using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Transcendence.Hosting.Configuration;

namespace Transcendence.Hosting.Prometheus;

/// <summary>Writes the targets of the model into the files that <c>file_sd_configs</c> reads.</summary>
/// <remarks>
/// The targets of a job are in <c>targets/JOB.json</c> where the configuration has that file; else in <c>targets/services/JOB.json</c>, with the
/// label <c>job</c>. Whatever else stands in these files stays. See the Prometheus documentation, Configuration, <c>&lt;file_sd_config&gt;</c>.
/// </remarks>
internal static class ScrapeTargets
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Replaces the model's targets in a configuration by where they really are.</summary>
    /// <param name="files">The texts by their paths in the configuration; changed in place.</param>
    /// <param name="addresses">Where the resources are, for the Prometheus that reads the files.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">A file of a job is no list of targets.</exception>
    public static async Task RenderAsync(IDictionary<string, string> files, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        var scraped = addresses.Resources.Select(r => r.Annotations.OfType<ScrapeAnnotation>().LastOrDefault()).OfType<ScrapeAnnotation>().ToLookup(s => s.Job);
        var jobs = files.Keys.Where(path => Path.GetDirectoryName(path) == "targets" && Path.GetExtension(path) == ".json").Select(path => Path.GetFileNameWithoutExtension(path)!);
        foreach (var job in jobs.Union(scraped.Select(s => s.Key)).ToList())
        {
            var path = $"targets/{job}.json";
            var isJob = files.TryGetValue(path, out var text);
            path = isJob ? path : $"targets/services/{job}.json";
            var groups = Parse(path, isJob || files.TryGetValue(path, out text) ? text! : "[]");
            RemoveTargets(groups, host => host == job || addresses.Resources.Any(r => r.Name == host));
            foreach (var scrape in scraped[job])
            {
                groups.Add(await DescribeAsync(scrape, addresses, isJob ? null : job, cancellationToken).ConfigureAwait(false));
            }

            files[path] = groups.ToJsonString(s_options) + "\n";
        }
    }

    /// <summary>Leaves an empty group for each one that was in a file before: while Prometheus runs, no group may just be gone.</summary>
    /// <remarks>
    /// Prometheus that is told to reload while a group goes scrapes it for ever (seen, 2.42): its new discovery never knew of it, and the old one's
    /// targets are carried over. A file that is gone stays as one of empty groups until the next start.
    /// </remarks>
    /// <param name="files">The texts of the new copy; changed in place.</param>
    /// <param name="directory">The directory of the old one.</param>
    public static void Empty(IDictionary<string, string> files, string directory)
    {
        var targets = Path.Combine(directory, "targets");
        foreach (var file in Directory.Exists(targets) ? Directory.EnumerateFiles(targets, "*.json", SearchOption.AllDirectories) : [])
        {
            var path = Path.GetRelativePath(directory, file).Replace('\\', '/');
            var groups = Parse(path, files.TryGetValue(path, out var text) ? text : "[]");
            var missing = Parse(path, File.ReadAllText(file)).Count - groups.Count;
            if (missing > 0)
            {
                for (; missing > 0; missing--)
                {
                    groups.Add(new JsonObject { ["targets"] = new JsonArray() });
                }

                files[path] = groups.ToJsonString(s_options) + "\n";
            }
        }
    }

    private static JsonArray Parse(string path, string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonArray ?? throw new JsonException("it is no list.");
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"{path} is no list of targets: {e.Message}", e);
        }
    }

    private static void RemoveTargets(JsonArray groups, Func<string, bool> isOurs)
    {
        foreach (var group in groups.OfType<JsonObject>().ToList())
        {
            var targets = group["targets"] as JsonArray;
            var ours = targets?.Where(t => t?.GetValueKind() == JsonValueKind.String && isOurs(t.GetValue<string>().Split(':')[0])).ToList() ?? [];
            ours.ForEach(target => targets!.Remove(target));
            if (ours.Count > 0 && targets!.Count == 0)
            {
                groups.Remove(group);
            }
        }
    }

    private static async Task<JsonObject> DescribeAsync(ScrapeAnnotation scrape, ResourceAddresses addresses, string? job, CancellationToken cancellationToken)
    {
        (string, string?)[] candidates =
            [("job", job), ("__metrics_path__", scrape.Path == "/metrics" ? null : scrape.Path), ("__scheme__", scrape.Endpoint.Scheme == "http" ? null : scrape.Endpoint.Scheme)];
        var labels = candidates.Where(l => l.Item2 is not null).Select(l => KeyValuePair.Create(l.Item1, (JsonNode?)l.Item2));
        var group = new JsonObject { ["targets"] = new JsonArray(await addresses.OfAsync(scrape.Endpoint, cancellationToken).ConfigureAwait(false)) };
        if (labels.Any())
        {
            group["labels"] = new JsonObject(labels);
        }

        return group;
    }
}
