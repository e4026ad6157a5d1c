namespace Transcendence.Hosting.Tools;

/// <summary>
/// A tool that the engine can run as a native process instead of a container image, and where it may be had.
/// </summary>
/// <remarks>
/// A description only. <see cref="ToolInstaller"/> acts on it, and knows no tool by name.
/// </remarks>
public sealed class NativeTool
{
    /// <summary>The name in messages and in the cache, for example <c>prometheus</c>; must be usable as a directory name.</summary>
    public required string Name { get; init; }

    /// <summary>The file name of the binary without <c>.exe</c>, for example <c>prometheus</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Other file names under which distributions ship the same binary, for example <c>prometheus-alertmanager</c>.</summary>
    public IReadOnlyList<string> AlternativeCommands { get; init; } = [];

    /// <summary>The oldest version that will do. Older binaries are passed over, with the reason recorded; <see langword="null"/> takes any.</summary>
    public Version? MinimumVersion { get; init; }

    /// <summary>The tool's own release archives, all of one version, by runtime identifier: <c>linux-x64</c>, <c>osx-arm64</c>, <c>win-x64</c>, …</summary>
    public IReadOnlyDictionary<string, ToolArchive> Archives { get; init; } = new Dictionary<string, ToolArchive>();

    /// <summary>The packages of Debian and its derivatives that hold the tool; <see langword="null"/> when they have none.</summary>
    public DebianPackages? Debian { get; init; }

    /// <summary>The formula that <c>brew install</c> takes; <see langword="null"/> when Homebrew has none.</summary>
    public string? HomebrewFormula { get; init; }

    /// <summary>The page from which a person can download the tool. It is named when nothing else worked.</summary>
    public required Uri DownloadPage { get; init; }

    /// <summary>Every file name under which the binary may be found, the preferred one first.</summary>
    internal IEnumerable<string> Commands => AlternativeCommands.Prepend(Command);
}

/// <summary>One release archive, pinned by its checksum.</summary>
/// <param name="Version">The version it holds, for example <c>3.5.0</c>.</param>
/// <param name="Uri">Where it is. The path ends in <c>.tar.gz</c> or <c>.zip</c>.</param>
/// <param name="Sha256">The SHA-256 of the whole archive, 64 hexadecimal digits, as its publisher states it.</param>
public sealed record ToolArchive(string Version, Uri Uri, string Sha256);

/// <summary>Packages of the distribution's own archive, which apt verifies by the archive's signature.</summary>
/// <param name="Names">The packages that hold the tool.</param>
public sealed record DebianPackages(params IReadOnlyList<string> Names)
{
    /// <summary>
    /// Dependencies whose name starts with one of these are fetched too, for example <c>libjs-</c>.
    /// All others (the C library, <c>adduser</c>) are taken to be on the machine, or not to be needed to run the binary.
    /// </summary>
    public IReadOnlyList<string> DependencyPrefixes { get; init; } = [];

    /// <summary>
    /// Absolute paths in the binary that no option changes, for example <c>/usr/share/tool</c>.
    /// They are made relative, and the tool has to run in its <see cref="InstalledTool.WorkingDirectory"/>.
    /// </summary>
    public IReadOnlyList<string> FixedPaths { get; init; } = [];

    /// <summary>What is large and of no use, relative to the tree, for example <c>usr/share/doc</c>. It is not kept.</summary>
    public IReadOnlyList<string> Unneeded { get; init; } = [];
}
