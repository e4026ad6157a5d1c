using Transcendence.Tests.Infrastructure;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring;

/// <summary>The files of <c>monitoring/</c>, and the few steps through a YAML tree that their tests take.</summary>
internal static class MonitoringFiles
{
    /// <summary>The absolute path of a file below <c>monitoring/</c>.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([ServiceProcess.RepositoryRoot, "monitoring", .. parts]);

    /// <summary>The files of rules, which <c>prometheus.yml</c> names.</summary>
    public static string[] Rules { get; } = ["rules.yml", "pipeline.yml", "objectives.yml"];

    /// <summary>Copies the files of rules.</summary>
    public static void CopyRules(TempDirectory directory) => Array.ForEach(Rules, file => File.Copy(PathOf("prometheus", file), directory[file]));

    /// <summary>Starts a Prometheus with our configuration and rules, but every second, and the targets that are in <c>targets/</c> of its directory.</summary>
    public static async Task<ToolProcess> StartPrometheusAsync(TempDirectory directory)
    {
        Directory.CreateDirectory(directory["targets"]);
        CopyRules(directory);
        var configuration = await File.ReadAllTextAsync(PathOf("prometheus", "prometheus.yml"));
        await File.WriteAllTextAsync(directory["prometheus.yml"], configuration.Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal));
        return await ToolProcess.StartAsync("prometheus", $"--config.file={directory["prometheus.yml"]}", $"--storage.tsdb.path={directory["data"]}");
    }

    /// <summary>Reads a YAML file's only document.</summary>
    public static YamlMappingNode ReadYaml(params string[] parts)
    {
        using var reader = File.OpenText(PathOf(parts));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)Assert.Single(yaml.Documents).RootNode;
    }

    /// <summary>The value of a key, which must be there.</summary>
    public static YamlNode At(this YamlNode node, string key) =>
        ((YamlMappingNode)node).Children.TryGetValue(new YamlScalarNode(key), out var value)
            ? value
            : throw new KeyNotFoundException($"'{key}' is not among: {string.Join(", ", ((YamlMappingNode)node).Children.Keys)}");

    /// <summary>Whether a key is there.</summary>
    public static bool Has(this YamlNode node, string key) => ((YamlMappingNode)node).Children.ContainsKey(new YamlScalarNode(key));

    /// <summary>The scalar at a key.</summary>
    public static string Text(this YamlNode node, string key) => ((YamlScalarNode)node.At(key)).Value!;

    /// <summary>The items of the sequence at a key.</summary>
    public static IList<YamlNode> Items(this YamlNode node, string key) => ((YamlSequenceNode)node.At(key)).Children;

    /// <summary>The scalars of the sequence at a key.</summary>
    public static string[] Texts(this YamlNode node, string key) => [.. node.Items(key).Select(item => ((YamlScalarNode)item).Value!)];

    /// <summary>The scalars of the mapping at a key.</summary>
    public static Dictionary<string, string> Map(this YamlNode node, string key) =>
        ((YamlMappingNode)node.At(key)).Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!);
}
