using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Hosting.Publishing;

/// <summary>Has Prometheus find tasks by Swarm's DNS, each on its own: <c>tasks.NAME</c> has the addresses of those that run.</summary>
/// <remarks>See the Prometheus documentation, Configuration, <c>&lt;dns_sd_config&gt;</c>, and Docker's on Swarm, container discovery.</remarks>
internal static class DnsTargets
{
    private const string File = "prometheus.yml";

    // What holds for services with tasks only.
    private const string Rules = "stack.yml";

    /// <summary>Replaces services by their tasks.</summary>
    /// <param name="files">The texts of the configuration by their paths; changed in place.</param>
    /// <param name="services">The names of the stack's services.</param>
    /// <param name="hasReplicas">Whether there is more than one such Prometheus: each says which it is (<c>REPLICA</c> in its environment), and alerts leave without it, so that they arrive once.</param>
    /// <exception cref="DistributedApplicationException">The configuration is not what Prometheus reads.</exception>
    public static void Render(IDictionary<string, string> files, IEnumerable<string> services, bool hasReplicas)
    {
        if (!files.TryGetValue(File, out var text))
        {
            return;
        }

        var names = services.ToHashSet(StringComparer.Ordinal);
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
            var root = (YamlMappingNode)yaml.Documents[0].RootNode;
            foreach (var job in Items(root, "scrape_configs"))
            {
                RenderJob(job, files, names);
            }

            foreach (var alertmanager in Items(root, "alerting", "alertmanagers"))
            {
                RenderStatic(alertmanager, names);
            }

            if (files.ContainsKey(Rules))
            {
                Sequence(root, "rule_files").Add(Rules);
            }

            if (hasReplicas)
            {
                Mapping(Mapping(root, "global"), "external_labels").Children["replica"] = "${REPLICA}";
                Sequence(Mapping(root, "alerting"), "alert_relabel_configs").Add(Map(("action", "labeldrop"), ("regex", "replica")));
            }

            var writer = new StringWriter { NewLine = "\n" };
            yaml.Save(writer, assignAnchors: false);
            files[File] = "# Made of monitoring/prometheus/prometheus.yml, for a Swarm.\n" + writer.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or InvalidCastException or ArgumentOutOfRangeException)
        {
            throw new DistributedApplicationException($"{File} cannot be published for a Swarm: {e.Message} Mend it; promtool check config says more.", e);
        }
    }

    private static void RenderJob(YamlMappingNode job, IDictionary<string, string> files, HashSet<string> services)
    {
        RenderStatic(job, services);
        foreach (var discovery in Items(job, "file_sd_configs").ToList())
        {
            var patterns = Sequence(discovery, "files");
            foreach (var path in patterns.Children.Cast<YamlScalarNode>().SelectMany(p => files.Keys.Where(f => f.EndsWith(".json", StringComparison.Ordinal) && Matches(p.Value!, f))).ToList())
            {
                var groups = (JsonArray)JsonNode.Parse(files[path])!;
                foreach (var group in groups.OfType<JsonObject>().ToList())
                {
                    var targets = (JsonArray)group["targets"]!;
                    foreach (var target in targets.Select(t => t!.GetValue<string>()).Where(t => services.Contains(t.Split(':')[0])).ToList())
                    {
                        AddTasks(job, target, group["labels"] as JsonObject);
                        targets.Remove(targets.First(t => t!.GetValue<string>() == target));
                    }

                    if (targets.Count == 0)
                    {
                        groups.Remove(group);
                    }
                }

                if (groups.Count == 0)
                {
                    files.Remove(path);
                    patterns.Children.Remove(path);
                }
                else
                {
                    files[path] = groups.ToJsonString() + "\n";
                }
            }

            if (patterns.Children.Count == 0)
            {
                Remove(job, "file_sd_configs", discovery);
            }
        }
    }

    private static void RenderStatic(YamlMappingNode owner, HashSet<string> services)
    {
        foreach (var group in Items(owner, "static_configs").ToList())
        {
            var targets = Sequence(group, "targets");
            var labels = group.Children.TryGetValue("labels", out var node) ? (YamlMappingNode)node : [];
            foreach (var target in targets.Children.Cast<YamlScalarNode>().Where(t => services.Contains(t.Value!.Split(':')[0])).ToList())
            {
                AddTasks(owner, target.Value!, new JsonObject(labels.Select(l => KeyValuePair.Create(((YamlScalarNode)l.Key).Value!, (JsonNode?)((YamlScalarNode)l.Value).Value))));
                targets.Children.Remove(target);
            }

            if (targets.Children.Count == 0)
            {
                Remove(owner, "static_configs", group);
            }
        }
    }

    // What a group says of its targets, here the name says by which they were found.
    private static void AddTasks(YamlMappingNode owner, string target, JsonObject? labels)
    {
        var (host, port) = (target.Split(':')[0], target.Split(':')[1]);
        var discovery = Map(("type", "A"), ("port", port), ("refresh_interval", "10s"));
        discovery.Add("names", new YamlSequenceNode($"tasks.{host}"));
        Sequence(owner, "dns_sd_configs").Add(discovery);
        var at = 0;
        foreach (var (label, value) in labels ?? [])
        {
            var relabeling = Map(("target_label", label), ("regex", $@"tasks\.{Regex.Escape(host)}"), ("replacement", value!.ToString()));
            relabeling.Add("source_labels", new YamlSequenceNode("__meta_dns_name"));
            Sequence(owner, "relabel_configs").Children.Insert(at++, relabeling);
        }
    }

    // As Prometheus has it: `*` stands for a part of the last element.
    private static bool Matches(string pattern, string path) => Regex.IsMatch(path, $"^{Regex.Escape(pattern).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant);

    private static IEnumerable<YamlMappingNode> Items(YamlMappingNode node, params string[] path) => path.Aggregate((YamlNode?)node, (at, key) =>
        at is YamlMappingNode mapping && mapping.Children.TryGetValue(key, out var child) ? child : null) is YamlSequenceNode items ? items.Cast<YamlMappingNode>() : [];

    private static YamlSequenceNode Sequence(YamlMappingNode node, string key) => Child(node, key, () => new YamlSequenceNode());

    private static YamlMappingNode Mapping(YamlMappingNode node, string key) => Child(node, key, () => new YamlMappingNode());

    private static T Child<T>(YamlMappingNode node, string key, Func<T> create) where T : YamlNode
    {
        if (!node.Children.TryGetValue(key, out var child))
        {
            node.Children[key] = child = create();
        }

        return (T)child;
    }

    private static void Remove(YamlMappingNode owner, string key, YamlNode item)
    {
        var items = Sequence(owner, key);
        items.Children.Remove(item);
        if (items.Children.Count == 0)
        {
            owner.Children.Remove(key);
        }
    }

    private static YamlMappingNode Map(params (string Key, string Value)[] pairs) => new(pairs.Select(p => KeyValuePair.Create((YamlNode)p.Key, (YamlNode)p.Value)));
}
