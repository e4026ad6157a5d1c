using System.Text.Json;

namespace Transcendence.Hosting.Tools;

/// <summary>
/// The cached entries of one tool, while this process holds the tool's lock. An entry is a directory that was moved to its place whole,
/// after everything in it had been written and the binary had run.
/// </summary>
internal sealed class ToolCache : IDisposable
{
    private const string ManifestName = "manifest.json";
    private readonly string _directory;
    private readonly FileStream _lock;

    private ToolCache(string directory, FileStream @lock)
    {
        _directory = directory;
        _lock = @lock;
    }

    /// <summary>What an entry holds: the binary's path, and the length of every file, all relative to the entry's tree; and whether it has to run there.</summary>
    private sealed record Manifest(string Command, bool RunsInRoot, Dictionary<string, long> Files)
    {
        public InstalledTool Describe(string root, ToolSource source, string? version) =>
            new(Path.Combine(root, Command), root, source, version) { WorkingDirectory = RunsInRoot ? root : null };
    }

    /// <summary>A place in which an entry is built. <paramref name="Root"/> becomes the entry's tree, the rest of <paramref name="Directory"/> is thrown away.</summary>
    public sealed record Staging(string Directory, string Root)
    {
        /// <summary>Set when the binary finds its files only with the tree as its working directory.</summary>
        public bool RunsInRoot { get; set; }
    }

    /// <summary>Waits for the tool's lock.</summary>
    public static async Task<ToolCache> OpenAsync(string cacheDirectory, string tool, ToolReport report, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(cacheDirectory, tool);
        Directory.CreateDirectory(directory);
        var @lock = await FileLock.AcquireAsync(Path.Combine(directory, "lock"), "waiting for another process that looks for it", report, cancellationToken);
        return new ToolCache(directory, @lock);
    }

    /// <summary>Where an entry is, or would be.</summary>
    public string EntryDirectory(string key) => Path.Combine(_directory, key);

    /// <summary>Whether there is an entry, sound or not.</summary>
    public bool Contains(string key) => Directory.Exists(EntryDirectory(key));

    /// <summary>The entry, once it is known to be whole and to run.</summary>
    /// <exception cref="ToolSourceException">It is damaged, or it does not run, or it is too old.</exception>
    public async Task<InstalledTool?> FindAsync(string key, NativeTool tool, CancellationToken cancellationToken)
    {
        var entry = EntryDirectory(key);
        var root = Path.Combine(entry, "root");
        var manifestFile = Path.Combine(entry, ManifestName);
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<Manifest>(await File.ReadAllBytesAsync(manifestFile, cancellationToken));
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new ToolSourceException($"damaged: {exception.Message}");
        }

        if (manifest?.Command is null || manifest.Files is null || !manifest.Files.ContainsKey(manifest.Command))
        {
            throw new ToolSourceException($"damaged: {manifestFile} does not describe it");
        }

        foreach (var (name, length) in manifest.Files)
        {
            var file = new FileInfo(Path.Combine(root, name));
            if (!file.Exists || file.Length != length)
            {
                throw new ToolSourceException($"damaged: {file.FullName} is {(file.Exists ? $"{file.Length} bytes long, not {length}" : "missing")}");
            }
        }

        return manifest.Describe(root, ToolSource.Cache, await ToolVersion.AskAsync(Path.Combine(root, manifest.Command), tool.MinimumVersion, cancellationToken));
    }

    /// <summary>Builds an entry aside, makes sure that its binary runs, and moves it to its place, where it replaces a damaged one.</summary>
    /// <exception cref="ToolSourceException">There is no such binary in it, or it does not run, or it is too old.</exception>
    public async Task<InstalledTool?> AddAsync(string key, NativeTool tool, ToolSource source, Func<Staging, Task> build, CancellationToken cancellationToken)
    {
        const string Prefix = "staging-";
        // We hold the lock: what others left there when they were killed is of no use to anybody.
        foreach (var left in Directory.GetDirectories(_directory, Prefix + "*"))
        {
            DeleteIfPossible(left);
        }

        var directory = Directory.CreateDirectory(Path.Combine(_directory, Prefix + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var staged = Directory.CreateDirectory(Path.Combine(directory, "entry")).FullName;
            var root = Directory.CreateDirectory(Path.Combine(staged, "root")).FullName;
            var staging = new Staging(directory, root);
            await build(staging);

            var built = CommandLookup.InTree(root, tool.Commands) ?? throw new ToolSourceException($"holds no '{tool.Command}'");
            var version = await ToolVersion.AskAsync(built, tool.MinimumVersion, cancellationToken);
            var manifest = new Manifest(Path.GetRelativePath(root, built), staging.RunsInRoot, FilesOf(root));
            await File.WriteAllBytesAsync(Path.Combine(staged, ManifestName), JsonSerializer.SerializeToUtf8Bytes(manifest), cancellationToken);

            cancellationToken.ThrowIfCancellationRequested();
            var entry = EntryDirectory(key);
            if (Directory.Exists(entry))
            {
                // Aside first: a half-deleted entry must not be found in its place. The staging directory goes as a whole.
                await MoveAsync(entry, Path.Combine(directory, "damaged"), cancellationToken);
            }

            await MoveAsync(staged, entry, cancellationToken);
            return manifest.Describe(Path.Combine(entry, "root"), source, version);
        }
        finally
        {
            DeleteIfPossible(directory);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    /// <summary>The length of every file; of a link, none: what it leads to is listed in its own place.</summary>
    private static Dictionary<string, long> FilesOf(string root) =>
        FileTree.Walk(root).OfType<FileInfo>().Where(file => file.LinkTarget is null)
            .ToDictionary(file => Path.GetRelativePath(root, file.FullName), file => file.Length);

    private static async Task MoveAsync(string from, string to, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Move(from, to);
                return;
            }
            catch (Exception exception) when (OperatingSystem.IsWindows() && attempt < 20 && (exception is IOException or UnauthorizedAccessException))
            {
                // A virus scanner looks at what was just written or run, and holds it open for a moment.
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    /// <summary>What cannot be deleted now is tried again when the next entry is added.</summary>
    private static void DeleteIfPossible(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
