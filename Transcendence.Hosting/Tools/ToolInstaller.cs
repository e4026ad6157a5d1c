using System.Runtime.InteropServices;

namespace Transcendence.Hosting.Tools;

/// <summary>
/// Finds a tool on this machine, or fetches it into a cache directory: <c>PATH</c>, the cache, the tool's release archive,
/// the distribution's packages, in that order.
/// </summary>
/// <remarks>
/// Any number of installers, in this process or in others, may work on one cache directory at the same time.
/// Nothing is written outside of it, nothing needs privileges.
/// </remarks>
public sealed class ToolInstaller : IDisposable
{
    private readonly string _cacheDirectory;
    private readonly ReleaseDownload _download;

    /// <summary>Creates an installer.</summary>
    /// <param name="cacheDirectory">Where fetched tools are kept. It is made when something is to be put there.</param>
    /// <param name="handler">Carries the requests for release archives; by default one that honours the proxy variables of the environment.</param>
    public ToolInstaller(string cacheDirectory, HttpMessageHandler? handler = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cacheDirectory);
        _cacheDirectory = Path.GetFullPath(cacheDirectory);
        _download = new ReleaseDownload(handler);
    }

    /// <summary>The directories in which commands are looked up, separated as in <c>PATH</c>.</summary>
    internal string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>How long a download may stand still.</summary>
    internal TimeSpan StallTimeout { init => _download.StallTimeout = value; }

    /// <summary>Finds or fetches the tool, and makes sure that it runs.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="progress">Told what is going on; <see langword="null"/> when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the work. What was half done then never counts as installed.</param>
    /// <exception cref="ToolNotAvailableException">It could be had from nowhere.</exception>
    public async Task<InstalledTool> InstallAsync(NativeTool tool, IProgress<ToolProgress>? progress, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var report = new ToolReport(tool.Name, progress);
        List<ToolAttempt> attempts = [];

        if (await FindOnPathAsync(tool, attempts, cancellationToken) is { } found)
        {
            return found;
        }

        // Without a place to put it nothing can be fetched, so one reason says it all.
        return await TryAsync(attempts, ToolSource.Cache, _cacheDirectory, () => FindInCacheOrFetchAsync(tool, attempts, report, cancellationToken), cancellationToken)
            ?? throw new ToolNotAvailableException(tool, attempts, Remedy(tool));
    }

    /// <summary>Whether the tool is there, or its publisher says at once that it has it.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns><see langword="false"/> where nobody answers within two seconds. Nothing is fetched.</returns>
    public async Task<bool> CanInstallAsync(NativeTool tool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var cached = Path.Combine(_cacheDirectory, tool.Name);
        return await FindOnPathAsync(tool, [], cancellationToken).ConfigureAwait(false) is not null
            || (Directory.Exists(cached) && Keys(tool).Any(key => Directory.Exists(Path.Combine(cached, key))))
            || (tool.Archives.GetValueOrDefault(RuntimeIdentifier) is { } archive && await _download.ExistsAsync(archive.Uri, cancellationToken).ConfigureAwait(false))
            || (tool.Debian is not null && new DebianArchive(_cacheDirectory, SearchPath, new ToolReport(tool.Name, null)).IsAvailable(out _));
    }

    /// <summary>The absolute path of another command that came with the tool, for example <c>promtool</c>; <see langword="null"/> when it did not.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="command">The file name of the other command, without <c>.exe</c>.</param>
    public static string? FindCompanion(InstalledTool tool, string command)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return CommandLookup.InDirectories([Path.GetDirectoryName(tool.Command)!], [command]).FirstOrDefault();
    }

    /// <inheritdoc />
    public void Dispose() => _download.Dispose();

    private async Task<InstalledTool?> FindOnPathAsync(NativeTool tool, List<ToolAttempt> attempts, CancellationToken cancellationToken)
    {
        var directories = CommandLookup.Split(SearchPath);
        foreach (var command in CommandLookup.InDirectories(directories, tool.Commands))
        {
            var found = await TryAsync(attempts, ToolSource.Path, command, async () =>
                new InstalledTool(command, "", ToolSource.Path, await ToolVersion.AskAsync(command, tool.MinimumVersion, cancellationToken)), cancellationToken);
            if (found is not null)
            {
                return found;
            }
        }

        if (attempts.Count == 0)
        {
            attempts.Add(new(ToolSource.Path, "PATH", $"no {string.Join(" or ", tool.Commands.Select(command => $"'{command}'"))} in its {directories.Count} directories"));
        }

        return null;
    }

    private async Task<InstalledTool?> FindInCacheOrFetchAsync(NativeTool tool, List<ToolAttempt> attempts, ToolReport report, CancellationToken cancellationToken)
    {
        using var cache = await ToolCache.OpenAsync(_cacheDirectory, tool.Name, report, cancellationToken);
        var archive = tool.Archives.GetValueOrDefault(RuntimeIdentifier);
        foreach (var key in Keys(tool))
        {
            if (cache.Contains(key)
                && await TryAsync(attempts, ToolSource.Cache, cache.EntryDirectory(key), () => cache.FindAsync(key, tool, cancellationToken), cancellationToken) is { } cached)
            {
                return cached;
            }
        }

        if (archive is null)
        {
            attempts.Add(new(ToolSource.Archive, tool.DownloadPage.ToString(), tool.Archives.Count == 0
                ? "no release archive of it is known here" : $"no release archive for {RuntimeIdentifier} is known here"));
        }
        else if (await TryAsync(attempts, ToolSource.Archive, archive.Uri.ToString(), () => cache.AddAsync(ArchiveKey(tool)!, tool, ToolSource.Archive,
            async staging =>
            {
                var file = await _download.FetchAsync(archive, staging.Directory, report, cancellationToken);
                await ArchiveExtraction.ExtractAsync(file, staging.Root, report, cancellationToken);
            }, cancellationToken), cancellationToken) is { } extracted)
        {
            return extracted;
        }

        if (tool.Debian is { } packages && OperatingSystem.IsLinux())
        {
            var debian = new DebianArchive(_cacheDirectory, SearchPath, report);
            return await TryAsync(attempts, ToolSource.Debian, $"packages {string.Join(", ", packages.Names)}",
                () => debian.IsAvailable(out var reason) && DebianKey(tool) is { } debianKey
                    ? cache.AddAsync(debianKey, tool, ToolSource.Debian, staging => debian.FetchAsync(tool, packages, staging, cancellationToken), cancellationToken)
                    : throw new ToolSourceException(reason ?? "/etc/os-release does not name the distribution"), cancellationToken);
        }

        return null;
    }

    // An entry of the cache is named after what makes it another one.
    private static IEnumerable<string> Keys(NativeTool tool) => new[] { ArchiveKey(tool), DebianKey(tool) }.OfType<string>();

    private static string? ArchiveKey(NativeTool tool) =>
        tool.Archives.GetValueOrDefault(RuntimeIdentifier) is { } archive ? $"{archive.Version}-{RuntimeIdentifier}-{archive.Sha256[..8]}" : null;

    private static string? DebianKey(NativeTool tool) => tool.Debian is null || DebianArchive.Release is not { } release ? null : $"{release}-{RuntimeIdentifier}";

    /// <summary>Runs one attempt. What keeps a tool from being had there is recorded, and the next place is tried.</summary>
    private static async Task<InstalledTool?> TryAsync(List<ToolAttempt> attempts, ToolSource source, string place, Func<Task<InstalledTool?>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await attempt();
        }
        catch (Exception exception) when (exception is ToolSourceException or HttpRequestException or IOException or InvalidDataException
            or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            attempts.Add(new(source, place, exception.Message));
            return null;
        }
    }

    private string Remedy(NativeTool tool)
    {
        var byHand = $"download {tool.Name} from {tool.DownloadPage} and put '{tool.Command}' into a directory of PATH";
        var installer =
            OperatingSystem.IsMacOS() && tool.HomebrewFormula is { } formula ? $"brew install {formula}"
            : tool.Debian is { } packages && CommandLookup.InDirectories(CommandLookup.Split(SearchPath), ["apt-get"]).Any() ? $"sudo apt-get install {string.Join(' ', packages.Names)}"
            : null;
        return installer is null
            ? $"To have it, {byHand}; then start again."
            : $"To have it, run '{installer}', or {byHand}; then start again.";
    }

    /// <summary>The runtime identifier without a distribution's own name: <c>linux-x64</c>, <c>osx-arm64</c>, <c>win-x64</c>, …</summary>
    private static string RuntimeIdentifier { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? "linux" : "other")
        + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
}
