namespace Transcendence.Hosting.Tools;

/// <summary>
/// The cached entries of one tool, to be used under its lock. An entry is a directory that was moved to its place whole,
/// after everything in it had been written and the binary had run.
/// </summary>
internal sealed class ToolCache(string cacheDirectory, NativeTool tool)
{
    private const string Manifest = "manifest";
    private readonly string _directory = Path.Combine(cacheDirectory, tool.Name);

    /// <summary>The keys of the entries that are there, sound or not.</summary>
    public IEnumerable<string> Keys => new[] { tool.ArchiveKey, tool.DebianKey }.OfType<string>().Where(key => Directory.Exists(EntryDirectory(key)));

    /// <summary>Where an entry is, or would be.</summary>
    public string EntryDirectory(string key) => Path.Combine(_directory, key);

    /// <summary>Takes a lock between processes: an open file that nobody else may open. The system drops it when the process ends, however it ends.</summary>
    public static async Task<FileStream> LockAsync(string directory, string waiting, ToolReport report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows: the exception carries the system's own number.
            catch (IOException e) when ((e.HResult & 0xFFFF) == (OperatingSystem.IsLinux() ? 11 : OperatingSystem.IsMacOS() ? 35 : 32))
            {
                report.Report(waiting);
                await Task.Delay(200, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The entry, once it is known to be whole and to run.</summary>
    /// <exception cref="ToolSourceException">It is damaged, or it does not run, or it is too old.</exception>
    public async Task<InstalledTool?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var root = RootOf(EntryDirectory(key));
        var (was, isNow) = (await File.ReadAllTextAsync(Path.Combine(EntryDirectory(key), Manifest), cancellationToken).ConfigureAwait(false), Summarize(root));
        return was == isNow
            ? Describe(key, ToolSource.Cache, await ToolInstaller.AskVersionAsync(tool, FindBinary(root, tool), cancellationToken).ConfigureAwait(false))
            : throw new ToolSourceException($"damaged: it holds {isNow}, and not '{was}'");
    }

    /// <summary>Builds an entry aside, makes sure that its binary runs, and moves it to its place, where it replaces a damaged one.</summary>
    /// <remarks>What builds it is given a directory that is thrown away afterwards, and in that the entry's tree.</remarks>
    /// <exception cref="ToolSourceException">There is no such binary in it, or it does not run, or it is too old.</exception>
    public async Task<InstalledTool?> AddAsync(string key, ToolSource source, Func<string, string, Task> build, CancellationToken cancellationToken)
    {
        const string Prefix = "staging-";
        // We hold the lock: what others left there when they were killed is of no use to anybody.
        Array.ForEach(Directory.GetDirectories(_directory, Prefix + "*"), DeleteIfPossible);

        var staging = Path.Combine(_directory, Prefix + Guid.NewGuid().ToString("N"));
        var (staged, entry) = (Path.Combine(staging, "entry"), EntryDirectory(key));
        try
        {
            var root = Directory.CreateDirectory(RootOf(staged)).FullName;
            await build(staging, root).ConfigureAwait(false);
            var version = await ToolInstaller.AskVersionAsync(tool, FindBinary(root, tool), cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(staged, Manifest), Summarize(root), cancellationToken).ConfigureAwait(false);
            if (Directory.Exists(entry))
            {
                // Aside first: a half-deleted entry must not be found in its place. The staging directory goes as a whole.
                await MoveAsync(entry, Path.Combine(staging, "damaged"), cancellationToken).ConfigureAwait(false);
            }

            await MoveAsync(staged, entry, cancellationToken).ConfigureAwait(false);
            return Describe(key, source, version);
        }
        finally
        {
            DeleteIfPossible(staging);
        }
    }

    /// <summary>The binary in an extracted tree: release archives have it at the top or in <c>bin</c>, packages below <c>usr</c>.</summary>
    /// <exception cref="ToolSourceException">There is none.</exception>
    public static string FindBinary(string root, NativeTool tool) =>
        ChildProcess.Find([root, Path.Combine(root, "bin"), Path.Combine(root, "usr", "bin"), Path.Combine(root, "usr", "sbin")], tool.Names).FirstOrDefault()
        ?? throw new ToolSourceException($"holds no '{tool.Name}'");

    private InstalledTool Describe(string key, ToolSource source, string? version)
    {
        var root = RootOf(EntryDirectory(key));
        var runsInRoot = key == tool.DebianKey && tool.Debian!.FixedPaths.Count > 0;
        return new(FindBinary(root, tool), root, source, version, runsInRoot ? root : null);
    }

    private static string RootOf(string entry) => Path.Combine(entry, "root");

    /// <summary>What a tree holds: enough to notice that a file is gone, or was not written to its end before the machine lost its power.</summary>
    private static string Summarize(string root)
    {
        var files = DebianArchive.Walk(root).OfType<FileInfo>().ToList();
        return $"{files.Count} files of {files.Sum(file => file.Length)} bytes";
    }

    // A virus scanner of Windows looks at what was just written or run, and holds it open for a moment.
    private static Task<bool> MoveAsync(string from, string to, CancellationToken cancellationToken) => ChildProcess.RetryAsync(() =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        Directory.Move(from, to);
        return true;
    }, e => OperatingSystem.IsWindows() && e is (IOException or UnauthorizedAccessException), cancellationToken);

    /// <summary>What cannot be deleted now is tried again when the next entry is added.</summary>
    private static void DeleteIfPossible(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
