using System.Text.RegularExpressions;

namespace Transcendence.Benchmarks;

/// <summary>What Prometheus takes for so many targets: with our rules, and with none. Both run all the time.</summary>
internal static partial class Targets
{
    private const int Rounds = 3;
    private const int Children = 10;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_warm = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_measured = 8 * s_interval; // The rarest of our rules once.

    /// <summary>Measures the CPU of one interval (a scrape of each target and one evaluation of each rule) at so many targets, all of them the same service.</summary>
    public static async Task<int> RunAsync(params int[] targets)
    {
        using var service = await Peer.ServeAsync("ours", processor: 1);
        await Benchmarks.AddChildrenAsync(service, Children);
        Comparison.Begin();
        foreach (var count in targets)
        {
            var directory = Directory.CreateTempSubdirectory();
            try
            {
                using var ours = await StartAsync("with our rules", directory.FullName, service, count, rules: true);
                using var none = await StartAsync("with no rules", directory.FullName, service, count, rules: false);
                await Task.Delay(s_warm);
                await Comparison.RunAsync($"{count} targets", "ms", Rounds, Side(ours), Side(none));
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        }

        return Comparison.End();

        static (string, Func<Task<double>>) Side(Peer prometheus) =>
            (prometheus.Name, async () => await prometheus.CpuSecondsOfAsync(() => Task.Delay(s_measured)) / (s_measured / s_interval) * 1e3);
    }

    // Rules with an interval of their own, of ours at 15 s, have it shortened alike.
    private static string Shorten(string file, string directory)
    {
        var copy = Path.Combine(directory, Path.GetFileName(file));
        File.WriteAllText(copy, Interval.Replace(File.ReadAllText(file), match => $"interval: {int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * s_interval.TotalSeconds / 15}s"));
        return copy;
    }

    [GeneratedRegex(@"(?<=^\s*(?:- )?)interval: (\d+)s", RegexOptions.Multiline)]
    private static partial Regex Interval { get; }

    private static Task<Peer> StartAsync(string name, string directory, Peer service, int count, bool rules)
    {
        var files = rules ? Directory.GetFiles(Path.Combine(Benchmarks.Root, "deploy", "monitoring", "prometheus")).Where(file => Path.GetFileName(file) != "prometheus.yml") : [];
        var configuration = Path.Combine(directory, name + ".yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: {{s_interval.TotalSeconds}}s, evaluation_interval: {{s_interval.TotalSeconds}}s }
            rule_files: [{{string.Join(", ", files.Select(file => Shorten(file, directory)))}}]
            scrape_configs:
              - job_name: backend
                static_configs: [{{string.Join(", ", Enumerable.Range(0, count).Select(i => $"{{ targets: ['{service.Address.Authority}'], labels: {{ instance: 'i{i}' }} }}"))}}]
            """);
        return Peer.StartAsync(
            name, 0, "prometheus", port => [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(directory, name)}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], "/-/ready");
    }
}
