using System.Security.Cryptography;

namespace Transcendence.Hosting.Publishing;

/// <summary>The files of a publication: gathered first, then written, so that nothing is written where one of them cannot be had.</summary>
/// <param name="root">The directory below which a mounted path belongs to the application, and goes with it.</param>
internal sealed class PublishedFiles(string root)
{
    /// <summary>The list of what was written, as <c>sha256sum</c> writes and reads it. It tells our files from others.</summary>
    public const string List = "SHA256SUMS";

    private readonly SortedDictionary<string, PublishedFile> _files = new(StringComparer.Ordinal);

    /// <summary>Adds a mounted file or directory.</summary>
    /// <param name="resource">The resource that mounts it.</param>
    /// <param name="source">Its absolute path.</param>
    /// <returns>Its path from the Compose file. What is no part of the application is a path of the server, and stays as it is.</returns>
    public string Add(IResource resource, string source)
    {
        if (PathOf(source) is not { } path)
        {
            return source;
        }

        if (!Directory.Exists(source) && !File.Exists(source))
        {
            throw new DistributedApplicationException($"'{resource.Name}' cannot be published: what it mounts is not there, '{source}'. Restore it, or take the mount away.");
        }

        AddFrom(source, path);
        return $"./{path}";
    }

    /// <summary>The path that a file or directory of the application has in the publication; <see langword="null"/> for what is not the application's.</summary>
    public string? PathOf(string source) => Path.GetRelativePath(root, source).Replace('\\', '/') is var path && !path.StartsWith("../", StringComparison.Ordinal) && path is not ".." && !Path.IsPathRooted(path) ? path : null;

    /// <summary>Adds a file or a directory, without what an editor left.</summary>
    public void AddFrom(string source, string path)
    {
        foreach (var (file, inside) in Directory.Exists(source) ? ConfigurationFiles.In(source) : [(source, "")])
        {
            Add($"{path}/{inside}".Trim('/'), Read(file), IsExecutable(file));
        }
    }

    /// <summary>Adds a text.</summary>
    public void Add(string path, string text, bool isExecutable = false) => Add(path, Encoding.UTF8.GetBytes(text), isExecutable);

    /// <summary>Adds a text, in the place of one that is there.</summary>
    public void Replace(string path, string text) => _files[path] = new(Encoding.UTF8.GetBytes(text), IsExecutable: false);

    /// <summary>The texts below a path, by what follows it.</summary>
    public Dictionary<string, string> TextsBelow(string path) => _files.Where(f => f.Key.StartsWith($"{path}/", StringComparison.Ordinal))
        .ToDictionary(f => f.Key[(path.Length + 1)..], f => Encoding.UTF8.GetString(f.Value.Content));

    /// <summary>The paths below a path, or that path where it is a file.</summary>
    public IReadOnlyList<string> PathsOf(string path) => [.. _files.Keys.Where(file => file == path || file.StartsWith($"{path}/", StringComparison.Ordinal))];

    /// <summary>What a file has, and whether it is a program.</summary>
    public (byte[] Content, bool IsExecutable) Of(string path) => (_files[path].Content, _files[path].IsExecutable);

    /// <summary>Writes what is other than before, removes what is published no longer, and leaves what is somebody else's.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>A line for each file that was added (+), changed (~) or removed (-).</returns>
    /// <exception cref="DistributedApplicationException">Something is in the way; nothing was changed.</exception>
    public IReadOnlyList<string> Write(string directory)
    {
        Add(List, string.Concat(_files.Select(f => $"{Hash(f.Value.Content)}  {f.Key}\n")));
        var before = ReadList(directory);
        var changed = _files.Where(f => !File.Exists(Path.Combine(directory, f.Key)) || !File.ReadAllBytes(Path.Combine(directory, f.Key)).AsSpan().SequenceEqual(f.Value.Content)).ToList();
        var removed = before.Keys.Where(path => !_files.ContainsKey(path) && File.Exists(Path.Combine(directory, path))).ToList();
        foreach (var path in changed.Select(f => f.Key).Where(path => path != List).Concat(removed).Where(path => File.Exists(Path.Combine(directory, path))))
        {
            if (!before.TryGetValue(path, out var hash))
            {
                throw new DistributedApplicationException($"'{Path.Combine(directory, path)}' was not written by `aspire publish`, and would be overwritten. Move it away, or publish to another directory with -o.");
            }

            if (Hash(File.ReadAllBytes(Path.Combine(directory, path))) != hash)
            {
                throw new DistributedApplicationException(
                    $"'{Path.Combine(directory, path)}' was changed since it was published, and the change would be lost. Take it into the application (or a docker-compose.override.yaml), remove the file, and publish again.");
            }
        }

        if (changed.Select(f => Path.Combine(directory, f.Key)).FirstOrDefault(Directory.Exists) is { } inTheWay)
        {
            throw new DistributedApplicationException($"'{inTheWay}' is a directory, and a file of that name is published. Move it away, or publish to another directory with -o.");
        }

        var lines = changed.Where(f => f.Key != List).Select(f => $"{(File.Exists(Path.Combine(directory, f.Key)) ? '~' : '+')} {f.Key}").Concat(removed.Select(path => $"- {path}")).ToList();
        if (changed.Count + removed.Count > 0)
        {
            Replace(directory, changed, removed);
        }

        return lines;
    }

    private void Add(string path, byte[] content, bool isExecutable = false)
    {
        if (_files.TryGetValue(path, out var other) && !other.Content.AsSpan().SequenceEqual(content))
        {
            throw new DistributedApplicationException($"Two files would be published as '{path}'. Give one of them another name.");
        }

        _files[path] = new(content, isExecutable);
    }

    // All of it is written beside its place first: a disk that is full, or a directory that is not ours, is found out before anything is changed.
    private static void Replace(string directory, List<KeyValuePair<string, PublishedFile>> changed, List<string> removed)
    {
        var staging = Path.Combine(directory, $".publishing-{Environment.ProcessId}");
        var isNew = !Directory.Exists(directory);
        try
        {
            Directory.CreateDirectory(directory);
            foreach (var (path, file) in changed)
            {
                var staged = Path.Combine(staging, path);
                Directory.CreateDirectory(Path.GetDirectoryName(staged)!);
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, path))!);
                File.WriteAllBytes(staged, file.Content);
                if (!OperatingSystem.IsWindows())
                {
                    // Tools read them as other users, whatever this one's umask.
                    const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
                    File.SetUnixFileMode(staged, file.IsExecutable ? Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : Readable);
                }
            }

            // The list comes last: before it, what was there is still known to be ours.
            removed.ForEach(path => File.Delete(Path.Combine(directory, path)));
            foreach (var (path, _) in changed.OrderBy(f => f.Key == List))
            {
                File.Move(Path.Combine(staging, path), Path.Combine(directory, path), overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"Nothing can be written to '{directory}': {e.Message.TrimEnd('.')}. Make room there or make it writable, or publish to another directory with -o.", e);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }

            if (isNew && Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
            {
                Directory.Delete(directory);
            }
        }
    }

    private static Dictionary<string, string> ReadList(string directory)
    {
        try
        {
            var list = Path.Combine(directory, List);
            return (File.Exists(list) ? File.ReadAllLines(list) : [])
                .Select(line => line.Split("  ", 2)).Where(parts => parts.Length == 2).Append(["", List]).ToDictionary(parts => parts[1], parts => parts[0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DistributedApplicationException($"'{Path.Combine(directory, List)}' is not the list that `aspire publish` writes: {e.Message.TrimEnd('.')}. Publish to another directory with -o.", e);
        }
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"'{file}' cannot be published: {e.Message.TrimEnd('.')}. Mend it, or remove it.", e);
        }
    }

    private static bool IsExecutable(string file) => !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private sealed record PublishedFile(byte[] Content, bool IsExecutable);
}
