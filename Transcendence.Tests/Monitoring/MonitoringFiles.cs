using Transcendence.Tests.Infrastructure;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring;

/// <summary>The files of <c>monitoring/</c>, and the few steps through a YAML tree that their tests take.</summary>
internal static partial class MonitoringFiles
{
    /// <summary>The absolute path of a file below <c>monitoring/</c>.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([ServiceProcess.RepositoryRoot, "monitoring", .. parts]);

    /// <summary>The files of rules, which <c>prometheus.yml</c> names.</summary>
    public static string[] Rules { get; } = ["rules.yml", "pipeline.yml", "objectives.yml"];

    /// <summary>Copies the files of rules, those of objectives with a second for the half and the two minutes between evaluations.</summary>
    public static void CopyRules(TempDirectory directory)
    {
        Array.ForEach(Rules, file => File.Copy(PathOf("prometheus", file), directory[file]));
        EvaluateObjectivesEvery(directory["objectives.yml"], seconds: 1);
    }

    /// <summary>Sets the time between evaluations in a copy of <c>objectives.yml</c>, and how many events an evaluation stands for.</summary>
    public static void EvaluateObjectivesEvery(string path, int seconds)
    {
        var text = File.ReadAllText(path);
        Assert.Contains("]) * 30", text, StringComparison.Ordinal);
        File.WriteAllText(path, IntervalOfObjectives().Replace(text, string.Create(CultureInfo.InvariantCulture, $"interval: {seconds}s")).Replace("]) * 30", string.Create(CultureInfo.InvariantCulture, $"]) * {seconds}"), StringComparison.Ordinal));
    }

    [GeneratedRegex("interval: (30|120)s")]
    private static partial Regex IntervalOfObjectives();

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
