using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Transcendence.Hosting.Prometheus;

/// <summary>Writes the targets of the model into the files that <c>file_sd_configs</c> reads.</summary>
/// <remarks>
/// The targets of a job are in <c>targets/JOB.json</c> where the configuration has that file; else in <c>targets/services/JOB.json</c>, with the
/// label <c>job</c>. Whatever else stands in these files stays: what is wrong with it, the tool's checker says. See the Prometheus documentation, Configuration, <c>&lt;file_sd_config&gt;</c>.
/// </remarks>
internal static class ScrapeTargets
{
    private const string Directory = "targets/";

    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Replaces the model's targets in a configuration by where they really are.</summary>
    /// <param name="files">The texts by their paths in the configuration; changed in place.</param>
    /// <param name="addresses">Where the resources are, for the Prometheus that reads the files.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">A file of a job is no list of targets.</exception>
    public static async Task RenderAsync(IDictionary<string, string> files, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        var scraped = addresses.Resources.Select(r => r.Annotations.OfType<ScrapeAnnotation>().LastOrDefault()).OfType<ScrapeAnnotation>().ToList();
        var named = new HashSet<ScrapeAnnotation>();
        foreach (var path in files.Keys.Where(path => path.StartsWith(Directory, StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)).ToList())
        {
            var groups = Parse(path, files[path]);
            foreach (var group in groups.OfType<JsonObject>().ToList())
            {
                await ResolveAsync(path, groups, group, scraped, named, addresses, cancellationToken).ConfigureAwait(false);
            }

            if (!JsonNode.DeepEquals(groups, Parse(path, files[path])))
            {
                files[path] = groups.ToJsonString(s_options) + "\n";
            }
        }

        foreach (var scrape in scraped.Except(named))
        {
            var isJob = files.ContainsKey($"{Directory}{scrape.Job}.json");
            var path = isJob ? $"{Directory}{scrape.Job}.json" : $"{Directory}services/{scrape.Job}.json";
            var groups = Parse(path, files.TryGetValue(path, out var text) ? text : "[]");
            var address = await addresses.OfAsync(scrape.Endpoint, cancellationToken).ConfigureAwait(false);
            var group = new JsonObject { ["targets"] = new JsonArray(address) };
            Label(group, "job", isJob ? null : scrape.Job);
            Label(group, "instance", Instance(scrape.Endpoint, address));
            Label(group, scrape.Endpoint, scrape.Path);
            groups.Add(group);
            files[path] = groups.ToJsonString(s_options) + "\n";
        }
    }

    /// <summary>Replaces the resources' names in a group by their addresses, and removes those that are not scraped, or are not there although the file is theirs.</summary>
    private static async Task ResolveAsync(
        string path, JsonArray groups, JsonObject group, List<ScrapeAnnotation> scraped, HashSet<ScrapeAnnotation> named, ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        if (group["targets"] is not JsonArray { Count: > 0 } targets)
        {
            return;
        }

        // A job of the configuration is a resource's; in targets/services a user may name a file as the service that runs elsewhere.
        var job = Path.GetFileNameWithoutExtension(path);
        var isOfJob = Path.GetDirectoryName(path) == Directory.TrimEnd('/');
        for (var i = targets.Count - 1; i >= 0; i--)
        {
            var target = targets[i]?.GetValueKind() == JsonValueKind.String ? targets[i]!.GetValue<string>() : "";
            if (target.Contains('/', StringComparison.Ordinal))
            {
                throw new DistributedApplicationException(
                    $"{path} has the target '{target}', which is no HOST:PORT; what was in force before stays so. Write the host and the port alone: the scheme and the path are the labels __scheme__ and __metrics_path__.");
            }

            var host = target.Split(':')[0];
            if (scraped.Find(s => s.Endpoint.Resource.Name == host) is { } scrape && addresses.Find(target, scrape.Endpoint) is { } endpoint)
            {
                var address = await addresses.OfAsync(endpoint, cancellationToken).ConfigureAwait(false);

                // In another job's file it is scraped once more, as that job says.
                var isOwn = scrape.Job == job || scrape.Job == group["labels"]?["job"]?.ToString();
                Label(group, endpoint, isOwn ? scrape.Path : null);
                var instance = Instance(endpoint, address);
                if (instance is null || targets.Count == 1)
                {
                    targets[i] = address;
                    Label(group, "instance", instance);
                }
                else
                {
                    // A label is all targets' of a group.
                    var own = group.DeepClone().AsObject();
                    own["targets"] = new JsonArray(address);
                    Label(own, "instance", instance);
                    groups.Add(own);
                    targets.RemoveAt(i);
                }

                if (isOwn)
                {
                    named.Add(scrape);
                }
            }
            else if ((isOfJob && host == job) || addresses.Resources.Any(r => r.Name == host))
            {
                targets.RemoveAt(i);
            }
        }

        if (targets.Count == 0)
        {
            groups.Remove(group);
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
        foreach (var file in System.IO.Directory.Exists(targets) ? System.IO.Directory.EnumerateFiles(targets, "*.json", SearchOption.AllDirectories) : [])
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
        const string Remedy = "Write [ { \"targets\": [\"HOST:PORT\"] } ], or remove the file.";
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonArray
                ?? throw new DistributedApplicationException($"{path} is no list of targets; what was in force before stays so. {Remedy}");
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException(
                $"{path} is no list of targets; what was in force before stays so. Line {e.LineNumber + 1}: {e.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.')}. {Remedy}", e);
        }
    }

    private static void Label(JsonObject group, EndpointReference endpoint, string? path)
    {
        Label(group, "__metrics_path__", path == "/metrics" ? null : path);
        Label(group, "__scheme__", endpoint.Scheme == "http" ? null : endpoint.Scheme);
    }

    private static string? Instance(EndpointReference endpoint, string address) => ResourceAddresses.InstanceOf(endpoint, address) is var instance && instance != address ? instance : null;

    // What the file says itself stands.
    private static void Label(JsonObject group, string name, string? value)
    {
        if (value is not null && group["labels"]?[name] is null)
        {
            (group["labels"] ??= new JsonObject())[name] = value;
        }
    }
}
