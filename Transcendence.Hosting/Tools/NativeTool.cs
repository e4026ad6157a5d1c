using System.Runtime.InteropServices;

namespace Transcendence.Hosting.Tools;

/// <summary>The binary of a tool, and where it may be had. <see cref="ToolInstaller"/> acts on it, and knows no tool by name.</summary>
/// <param name="Name">The name in messages and in the cache, which is the binary's file name too.</param>
/// <param name="DownloadPage">The page from which a person can download it, named when nothing else worked.</param>
internal sealed record NativeTool(string Name, string DownloadPage)
{
    /// <summary>Other file names under which distributions ship the same binary.</summary>
    public IReadOnlyList<string> AlternativeNames { get; init; } = [];

    /// <summary>The oldest version that will do. Older binaries are passed over; <see langword="null"/> takes any.</summary>
    public Version? MinimumVersion { get; init; }

    /// <summary>The tool's own release archives, all of one version, by runtime identifier: <c>linux-x64</c>, <c>osx-arm64</c>, <c>win-x64</c>, …</summary>
    public IReadOnlyDictionary<string, ToolArchive> Archives { get; init; } = new Dictionary<string, ToolArchive>();

    /// <summary>The package of Debian and its derivatives; <see langword="null"/> when they have none.</summary>
    public DebianPackage? Debian { get; init; }

    /// <summary>The formula that <c>brew install</c> takes; <see langword="null"/> when Homebrew has none.</summary>
    public string? HomebrewFormula { get; init; }

    /// <summary>Every file name under which the binary may be found, the preferred one first.</summary>
    public IEnumerable<string> Names => AlternativeNames.Prepend(Name);

    /// <summary>The archive for this machine.</summary>
    public ToolArchive? Archive => Archives.GetValueOrDefault(RuntimeIdentifier);

    /// <summary>The cache's entry of the archive. An entry is named after what makes it another one.</summary>
    public string? ArchiveKey => Archive is { } archive ? $"{archive.Version}-{RuntimeIdentifier}-{archive.Sha256[..8]}" : null;

    /// <summary>The cache's entry of the package; <see langword="null"/> also where <c>/etc/os-release</c> does not name the distribution.</summary>
    public string? DebianKey => Debian is not null && DebianArchive.Release is { } release ? $"{release}-{RuntimeIdentifier}" : null;

    /// <summary>The runtime identifier without a distribution's own name.</summary>
    public static string RuntimeIdentifier { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? "linux" : "other")
        + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
}

/// <summary>A release archive, <c>.tar.gz</c> or <c>.zip</c>, pinned by the SHA-256 that its publisher states.</summary>
internal sealed record ToolArchive(string Version, Uri Uri, string Sha256);

/// <summary>A package of the distribution's own archive, which apt verifies by the archive's signature.</summary>
internal sealed record DebianPackage(string Name)
{
    /// <summary>Dependencies that start with one of these are fetched too. All others (the C library, <c>adduser</c>) are there, or not needed.</summary>
    public IReadOnlyList<string> DependencyPrefixes { get; init; } = [];

    /// <summary>Absolute paths in the binary that no option changes. They are made relative, and the tool has to run in its tree.</summary>
    public IReadOnlyList<string> FixedPaths { get; init; } = [];

    /// <summary>What is large and of no use, relative to the tree. It is not kept.</summary>
    public IReadOnlyList<string> Unneeded { get; init; } = [];
}
