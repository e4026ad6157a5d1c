using System.Text.Json.Nodes;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Hosting.Publishing;

/// <summary>Has Prometheus find tasks by Swarm's DNS, each on its own: <c>tasks.NAME</c> has the addresses of those that are well.</summary>
/// <remarks>See the Prometheus documentation, Configuration, <c>&lt;dns_sd_config&gt;</c>, and Docker's on Swarm, container discovery.</remarks>
internal sealed class DnsTargets
{
    private const string File = "prometheus.yml";
    private const string Rules = "tasks.yml";

    // How an absolute path names what is mounted.
    private static readonly string s_directory = PrometheusTool.Tool.ConfigurationDirectory + "/";

    private readonly IDictionary<string, string> _files;
    private readonly IReadOnlyDictionary<string, Service> _services;

    // The targets that are left in a file, and how many tasks a job has. A service that is scraped twice counts where it is scraped first.
    private readonly Dictionary<string, JsonArray> _groups = [];
    private readonly Dictionary<string, int> _tasks = [];
    private readonly HashSet<string> _counted = [];

    private DnsTargets(IDictionary<string, string> files, IReadOnlyDictionary<string, Service> services) => (_files, _services) = (files, services);

    /// <summary>Replaces services by their tasks, and adds rules that tell of those that are missing: who is no target has no <c>up</c> that could be 0.</summary>
    /// <param name="files">The texts of the configuration by their paths; changed in place.</param>
    /// <param name="services">The stack's services by their names.</param>
    /// <param name="hasReplicas">Whether there is more than one such Prometheus: each says which it is (<c>REPLICA</c> in its environment), and alerts leave without it, so that they arrive once.</param>
    /// <exception cref="DistributedApplicationException">The configuration is not what Prometheus reads, or names a service where its tasks cannot be named.</exception>
    public static void Render(IDictionary<string, string> files, IReadOnlyDictionary<string, Service> services, bool hasReplicas)
    {
        if (files.TryGetValue(File, out var text))
        {
            files[File] = new DnsTargets(files, services).Render(text, hasReplicas);
        }
    }

    private string Render(string text, bool hasReplicas)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
            var root = (YamlMappingNode)yaml.Documents[0].RootNode;
            foreach (var job in Items(root, "scrape_configs"))
            {
                RenderOwner(job, ((YamlScalarNode)job["job_name"]).Value!);
            }

            foreach (var alertmanager in Items(root, "alerting", "alertmanagers"))
            {
                RenderOwner(alertmanager, job: null);
            }

            if (_tasks.Count > 0)
            {
                Sequence(root, "rule_files").Add(Rules);
                _files[Rules] = WriteRules();
            }

            if (hasReplicas)
            {
                Mapping(Mapping(root, "global"), "external_labels").Children["replica"] = "${REPLICA}";
                Sequence(Mapping(root, "alerting"), "alert_relabel_configs").Add(Map(("action", "labeldrop"), ("regex", "replica")));
            }
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or JsonException or InvalidOperationException or InvalidCastException or KeyNotFoundException or NullReferenceException or ArgumentOutOfRangeException)
        {
            throw new DistributedApplicationException($"{File}, or a file of targets, cannot be published for a Swarm: {e.Message} Mend it; promtool check config says more.", e);
        }

        foreach (var (path, groups) in _groups)
        {
            _ = groups.Count == 0 ? _files.Remove(path) : (_files[path] = groups.ToJsonString() + "\n") is not null;
        }

        var writer = new StringWriter { NewLine = "\n" };
        yaml.Save(writer, assignAnchors: false);
        return "# Made of what Compose reads, for a Swarm.\n" + writer.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal);
    }

    private void RenderOwner(YamlMappingNode owner, string? job)
    {
        foreach (var group in Items(owner, "static_configs").ToList())
        {
            var targets = Sequence(group, "targets");
            var labels = group.Children.TryGetValue("labels", out var node) ? ((YamlMappingNode)node).ToDictionary(l => ((YamlScalarNode)l.Key).Value!, l => ((YamlScalarNode)l.Value).Value!) : [];
            foreach (var target in targets.Children.Cast<YamlScalarNode>().Where(t => IsService(t.Value!)).ToList())
            {
                AddTasks(owner, target.Value!, labels, job);
                targets.Children.Remove(target);
            }

            RemoveIf(targets.Children.Count == 0, owner, "static_configs", group);
        }

        foreach (var discovery in Items(owner, "file_sd_configs").ToList())
        {
            var patterns = Sequence(discovery, "files");
            foreach (var pattern in patterns.Children.Cast<YamlScalarNode>().ToList())
            {
                var paths = _files.Keys.Where(path => Matches(pattern.Value!, path)).ToList();
                paths.ForEach(path => RenderFile(owner, path, job));
                RemoveIf(paths.Count > 0 && paths.All(path => _groups.TryGetValue(path, out var groups) && groups.Count == 0) && !pattern.Value!.Contains('*', StringComparison.Ordinal), patterns, pattern);
            }

            RemoveIf(patterns.Children.Count == 0, owner, "file_sd_configs", discovery);
        }
    }

    // The file stays as it is until every job has read it.
    private void RenderFile(YamlMappingNode owner, string path, string? job)
    {
        if (!path.EndsWith(".json", StringComparison.Ordinal))
        {
            var named = _services.Keys.FirstOrDefault(name => Regex.IsMatch(_files[path], $@"(?<![\w.-]){Regex.Escape(name)}:\d", RegexOptions.CultureInvariant));
            _ = named is null ? "" : throw new DistributedApplicationException($"{path} has the service '{named}' as a target, whose tasks on a Swarm only a .json file can stand for. Write it as one.");
            return;
        }

        var left = new JsonArray();
        foreach (var group in ((JsonArray)JsonNode.Parse(_files[path])!).OfType<JsonObject>())
        {
            var labels = (group["labels"] as JsonObject ?? []).ToDictionary(l => l.Key, l => l.Value!.ToString());
            var others = new JsonArray();
            foreach (var target in ((JsonArray)group["targets"]!).Select(t => t!.GetValue<string>()))
            {
                if (IsService(target))
                {
                    AddTasks(owner, target, labels, job);
                }
                else
                {
                    others.Add(target);
                }
            }

            if (others.Count > 0)
            {
                var rest = group.DeepClone().AsObject();
                rest["targets"] = others;
                left.Add(rest);
            }
        }

        _groups[path] = left;
    }

    private bool IsService(string target) => _services.ContainsKey(target.Split(':')[0]);

    // What a group says of its targets, here a rule says of what was found by that name and has that port.
    private void AddTasks(YamlMappingNode owner, string target, Dictionary<string, string> labels, string? job)
    {
        if (target.Split(':') is not [var host, var port])
        {
            throw new DistributedApplicationException($"The target '{target}' has no port. Write it as HOST:PORT.");
        }

        var discovery = Map(("type", "A"), ("port", port), ("refresh_interval", "10s"));
        discovery.Add("names", new YamlSequenceNode($"tasks.{host}"));
        Sequence(owner, "dns_sd_configs").Add(discovery);
        var at = 0;
        foreach (var (label, value) in labels)
        {
            var relabeling = Map(("target_label", label), ("regex", $@"tasks\.{Regex.Escape(host)};.*:{port}"), ("replacement", value.Replace("$", "$$", StringComparison.Ordinal)));
            relabeling.Add("source_labels", new YamlSequenceNode("__meta_dns_name", "__address__"));
            Sequence(owner, "relabel_configs").Children.Insert(at++, relabeling);
        }

        if (job is not null && _counted.Add(host))
        {
            job = labels.GetValueOrDefault("job", job);
            _tasks[job] = _tasks.GetValueOrDefault(job) + (_services[host].Deploy?.Replicas ?? 1);
        }
    }

    private string WriteRules() => "# A task that is gone has no `up`, and one that is started anew has another address: so they are counted.\ngroups:\n  - name: tasks\n    rules:\n" + string.Concat(_tasks.Select(job =>
        $$$"""
              - alert: TasksMissing
                expr: (count(up{job="{{{job.Key}}}"} == 1) or on () vector(0)) < {{{job.Value}}} and on () (timestamp(up) > time() - 60)
                for: 2m
                labels: { severity: '{{ if eq $value 0.0 }}critical{{ else }}warning{{ end }}', service: '{{{job.Key}}}', job: '{{{job.Key}}}' }
                annotations:
                  summary: '{{{job.Key}}} lacks tasks'
                  description: 'For at least two minutes {{ $value }} of {{{job.Value}}} tasks of {{{job.Key}}} have answered. docker service ps has the reason.'
              - alert: CrashLoop
                expr: count(count_over_time(up{job="{{{job.Key}}}"}[15m])) > {{{(2 * job.Value) + 2}}}
                labels: { severity: warning, service: '{{{job.Key}}}', job: '{{{job.Key}}}' }
                annotations:
                  summary: '{{{job.Key}}} starts again and again'
                  description: 'Of {{{job.Key}}}, which has {{{job.Value}}} at a time, {{ $value }} tasks were seen in the last 15 minutes. docker service ps has the reason, where it was no update.'

        """.ReplaceLineEndings("\n")));

    // As Prometheus has it: relative to the configuration, and `*` stands for a part of the last element.
    private static bool Matches(string pattern, string path)
    {
        pattern = pattern.StartsWith(s_directory, StringComparison.Ordinal) ? pattern[s_directory.Length..] : pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        return Regex.IsMatch(path, $"^{Regex.Escape(pattern).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant);
    }

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

    private static void RemoveIf(bool condition, YamlMappingNode owner, string key, YamlNode item)
    {
        var items = Sequence(owner, key);
        RemoveIf(condition, items, item);
        if (items.Children.Count == 0)
        {
            owner.Children.Remove(key);
        }
    }

    private static void RemoveIf(bool condition, YamlSequenceNode items, YamlNode item) => _ = condition && items.Children.Remove(item);

    private static YamlMappingNode Map(params (string Key, string Value)[] pairs) => new(pairs.Select(p => KeyValuePair.Create((YamlNode)p.Key, (YamlNode)p.Value)));
}
