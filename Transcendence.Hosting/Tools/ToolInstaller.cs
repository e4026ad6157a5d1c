namespace Transcendence.Hosting.Tools;

/// <summary>
/// Finds a tool on this machine, or fetches it into a cache directory: <c>PATH</c>, the cache, the tool's release archive, the distribution's package,
/// in that order. Any number of installers may work on one cache at the same time. Nothing is written outside of it, nothing needs privileges.
/// </summary>
internal sealed partial class ToolInstaller(string cacheDirectory)
{
    private readonly string _cacheDirectory = Path.GetFullPath(cacheDirectory);

    /// <summary>The directories in which commands are looked up, separated as in <c>PATH</c>.</summary>
    public string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>How long a download may stand still.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Finds or fetches the tool, and makes sure that it runs.</summary>
    /// <remarks>What was half done when it was cancelled never counts as installed.</remarks>
    /// <exception cref="ToolNotAvailableException">It could be had from nowhere.</exception>
    public async Task<InstalledTool> InstallAsync(NativeTool tool, Action<ToolProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        List<ToolAttempt> attempts = [];
        // Without a place to put it nothing can be fetched, so one reason says it all.
        var cache = new Place(ToolSource.Cache, _cacheDirectory, async () =>
        {
            var (cache, report) = (new ToolCache(_cacheDirectory, tool), new ToolReport(progress));
            var directory = Path.Combine(_cacheDirectory, tool.Name);
            using var held = await ToolCache.LockAsync(directory, "waiting for another process that looks for it", report, cancellationToken).ConfigureAwait(false);
            return await FindAsync(InCacheOrFetched(tool, cache, report, cancellationToken), attempts, cancellationToken).ConfigureAwait(false);
        });
        return await FindAsync(OnPath(tool, cancellationToken).Append(cache), attempts, cancellationToken).ConfigureAwait(false)
            ?? throw new ToolNotAvailableException(tool, attempts, Remedy(tool));
    }

    /// <summary>Whether the tool is there, or its publisher says within two seconds that it has it. Nothing is fetched.</summary>
    public async Task<bool> CanInstallAsync(NativeTool tool) =>
        await FindAsync(OnPath(tool, CancellationToken.None), [], CancellationToken.None).ConfigureAwait(false) is not null
        || new ToolCache(_cacheDirectory, tool).Keys.Any()
        || (tool.Archive is { } archive && await ReleaseArchive.ExistsAsync(archive.Uri).ConfigureAwait(false))
        || (tool.Debian is not null && new DebianArchive(_cacheDirectory, SearchPath, new ToolReport(null)).Problem is null);

    /// <summary>The absolute path of another command that came with the tool, for example <c>promtool</c>; <see langword="null"/> when it did not.</summary>
    public static string? FindCompanion(InstalledTool tool, string command) =>
        ChildProcess.Find([Path.GetDirectoryName(tool.Command)!], command).FirstOrDefault();

    /// <summary>Asks a binary for its version, which also shows that it runs on this machine.</summary>
    /// <returns>The version, or <see langword="null"/> when the answer holds none.</returns>
    /// <exception cref="ToolSourceException">It does not run, or it is older than the minimum.</exception>
    public static async Task<string?> AskVersionAsync(NativeTool tool, string command, CancellationToken cancellationToken)
    {
        var result = await ChildProcess.RunAsync(command, ["--version"], TimeSpan.FromSeconds(20), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new ToolSourceException($"'--version' ended with exit code {result.ExitCode}{result.Because}");
        }

        // Prometheus' tools write "prometheus, version 2.42.0 (branch: …", Grafana "grafana version 13.2.0"; older ones write to standard error.
        var match = StatedVersion().Match(result.Output + "\n" + result.Error);
        var stated = match.Success ? match.Groups[1].Value : null;
        return tool.MinimumVersion is not { } minimum ? stated
            : !Version.TryParse(stated, out var version) ? throw new ToolSourceException($"does not state its version, and {minimum} or newer is needed")
            : version < minimum ? throw new ToolSourceException($"is version {version}, and {minimum} or newer is needed")
            : stated;
    }

    /// <summary>Tries one place after the other. What keeps the tool from being had in one is recorded.</summary>
    private static async Task<InstalledTool?> FindAsync(IEnumerable<Place> places, List<ToolAttempt> attempts, CancellationToken cancellationToken)
    {
        foreach (var place in places)
        {
            try
            {
                if (await place.Attempt().ConfigureAwait(false) is { } found)
                {
                    return found;
                }
            }
            catch (Exception e) when (e is ToolSourceException or HttpRequestException or IOException or UnauthorizedAccessException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                attempts.Add(new(place.Source, place.Name, e.Message));
            }
        }

        return null;
    }

    private IEnumerable<Place> OnPath(NativeTool tool, CancellationToken cancellationToken)
    {
        var directories = ChildProcess.Split(SearchPath);
        var names = string.Join(" or ", tool.Names.Select(name => $"'{name}'"));
        return ChildProcess.Find(directories, tool.Names)
            .Select(command => new Place(ToolSource.Path, command, async () =>
                new InstalledTool(command, "", ToolSource.Path, await AskVersionAsync(tool, command, cancellationToken).ConfigureAwait(false))))
            .DefaultIfEmpty(Place.Without(ToolSource.Path, "PATH", $"no {names} in its {directories.Length} directories"));
    }

    private IEnumerable<Place> InCacheOrFetched(NativeTool tool, ToolCache cache, ToolReport report, CancellationToken cancellationToken)
    {
        foreach (var key in cache.Keys.ToList())
        {
            yield return new(ToolSource.Cache, cache.EntryDirectory(key), () => cache.FindAsync(key, cancellationToken));
        }

        var what = tool.Archives.Count == 0 ? "of it" : $"for {NativeTool.RuntimeIdentifier}";
        yield return tool.Archive is not { } archive ? Place.Without(ToolSource.Archive, tool.DownloadPage, $"no release archive {what} is known here")
            : new(ToolSource.Archive, archive.Uri.ToString(), () => cache.AddAsync(tool.ArchiveKey!, ToolSource.Archive, async (staging, root) =>
            {
                var file = await ReleaseArchive.DownloadAsync(archive, staging, StallTimeout, report, cancellationToken).ConfigureAwait(false);
                await ReleaseArchive.ExtractAsync(file, root, report, cancellationToken).ConfigureAwait(false);
            }, cancellationToken));

        if (tool.Debian is { } package && OperatingSystem.IsLinux())
        {
            var debian = new DebianArchive(_cacheDirectory, SearchPath, report);
            var place = $"packages {package.Name}";
            yield return debian.Problem is { } problem ? Place.Without(ToolSource.Debian, place, problem)
                : new(ToolSource.Debian, place, () =>
                    cache.AddAsync(tool.DebianKey!, ToolSource.Debian, (staging, root) => debian.FetchAsync(tool, staging, root, cancellationToken), cancellationToken));
        }
    }

    private sealed record Place(ToolSource Source, string Name, Func<Task<InstalledTool?>> Attempt)
    {
        public static Place Without(ToolSource source, string name, string reason) => new(source, name, () => throw new ToolSourceException(reason));
    }

    private string Remedy(NativeTool tool)
    {
        var installer =
            OperatingSystem.IsMacOS() && tool.HomebrewFormula is { } formula ? $"run 'brew install {formula}', or "
            : tool.Debian is { } package && ChildProcess.Find(ChildProcess.Split(SearchPath), "apt-get").Any() ? $"run 'sudo apt-get install {package.Name}', or "
            : "";
        return $"To have it, {installer}download {tool.Name} from {tool.DownloadPage} and put '{tool.Name}' into a directory of PATH; then start again.";
    }

    [GeneratedRegex(@"\bversion:?\s+v?(\d+(?:\.\d+){1,3})", RegexOptions.IgnoreCase)]
    private static partial Regex StatedVersion();
}
