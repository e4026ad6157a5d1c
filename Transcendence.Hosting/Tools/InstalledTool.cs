namespace Transcendence.Hosting.Tools;

/// <summary>A tool that is on this machine and answered when it was asked for its version.</summary>
/// <param name="Command">The absolute path of the binary.</param>
/// <param name="Root">The directory into which the archive or the packages were extracted; empty for a binary found on <c>PATH</c>.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Version">The version that it stated; <see langword="null"/> when its answer held none.</param>
public sealed record InstalledTool(string Command, string Root, ToolSource Source, string? Version)
{
    /// <summary>The working directory in which it has to run to find its files (<see cref="DebianPackages.FixedPaths"/>); <see langword="null"/> when any will do.</summary>
    public string? WorkingDirectory { get; init; }
}

/// <summary>Where a tool came from, in the order in which the places are tried.</summary>
public enum ToolSource
{
    /// <summary>A directory of the <c>PATH</c> environment variable.</summary>
    Path,

    /// <summary>An earlier run put it into the cache.</summary>
    Cache,

    /// <summary>The tool's own release archive.</summary>
    Archive,

    /// <summary>The packages of the distribution (Debian, Ubuntu), fetched and extracted without installing them.</summary>
    Debian,
}

/// <summary>What the installer is doing. Reported when a step starts and at most about four times a second while it lasts.</summary>
/// <param name="Tool">The name of the tool.</param>
/// <param name="Step">The step in words, for example <c>downloading prometheus-3.5.0.linux-amd64.tar.gz</c>.</param>
/// <param name="Completed">Bytes done so far; <see langword="null"/> when the step does not count.</param>
/// <param name="Total">Bytes in all; <see langword="null"/> when unknown.</param>
public sealed record ToolProgress(string Tool, string Step, long? Completed = null, long? Total = null);
