using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Transcendence.AppHost.Drills.Proof;

/// <summary>What became of all drills, on what.</summary>
/// <param name="StartedAt">When the first began.</param>
/// <param name="EndedAt">When the last ended.</param>
/// <param name="Speed">By which factor the times of the rules were shorter than those of the configuration; 1 is the real thing.</param>
/// <param name="WhatDidNotWork">A line for each drill that did not pass.</param>
/// <param name="Versions">Of the programs.</param>
/// <param name="Times">What the bounds are made of, in seconds.</param>
/// <param name="ConfigurationHash">SHA-256 over the lines <c>HASH  FILE</c> of <see cref="Files"/>, as <c>sha256sum</c> writes them.</param>
/// <param name="Files">SHA-256 of each file of the configuration, by its path.</param>
/// <param name="Drills">The drills in the order in which they ran.</param>
internal sealed record ProofReport(
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    int Speed,
    IReadOnlyList<string> WhatDidNotWork,
    IReadOnlyDictionary<string, string> Versions,
    IReadOnlyDictionary<string, double> Times,
    string ConfigurationHash,
    IReadOnlyDictionary<string, string> Files,
    IReadOnlyList<DrillReport> Drills)
{
    /// <summary>In one line.</summary>
    public string Summary => WhatDidNotWork.Count == 0 ? $"All {Drills.Count} drills passed."
        : $"{Drills.Count(drill => drill.Outcome == DrillOutcome.Passed)} of {Drills.Count} drills passed. What did not work: {string.Join(" ", WhatDidNotWork)}";

    /// <summary>Which programs run.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadVersionsAsync(Observer observer, CancellationToken cancellationToken)
    {
        var prometheus = await observer.AskAsync(observer.Prometheus.PrimaryEndpoint, "/api/v1/status/buildinfo", cancellationToken);
        var alertmanager = await observer.AskAsync(observer.Alertmanager, "/api/v2/status", cancellationToken);
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Transcendence"] = VersionOf(typeof(ProofReport)),
            ["Aspire"] = VersionOf(typeof(DistributedApplication)),
            [".NET"] = Environment.Version.ToString(),
            ["System"] = $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors",
            ["Prometheus"] = prometheus?.GetProperty("data").GetProperty("version").GetString() ?? "not known",
            ["Alertmanager"] = alertmanager?.GetProperty("versionInfo").GetProperty("version").GetString() ?? "not known",
            ["Tools"] = observer.Prometheus.IsContainer() ? "containers" : "executables",
        };
    }

    /// <summary>What is configured: the files as they are, not the copies with this machine's addresses.</summary>
    /// <param name="directory">The directory <c>monitoring/</c>.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public static async Task<(string Hash, IReadOnlyDictionary<string, string> Files)> HashAsync(string directory, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (file, path) in ConfigurationFiles.In(directory))
        {
            files[path] = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, cancellationToken)));
        }

        return (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{file.Value}  {file.Key}\n"))))), files);
    }

    private static string VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "not known";
}
