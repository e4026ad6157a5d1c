using System.Text.RegularExpressions;

namespace Transcendence.AppHost;

/// <summary>A copy of a directory of <c>monitoring/</c> in which the names of the container network are replaced by where the resources really listen.</summary>
/// <param name="resource">The resource that reads the copy.</param>
/// <param name="source">The absolute path of the original; nothing in it is changed.</param>
/// <param name="directory">The absolute path of the copy.</param>
/// <param name="addresses">Where the resources listen, for the one that reads the copy.</param>
internal sealed partial class RenderedConfiguration(IResource resource, string source, string directory, ResourceAddresses addresses)
{
    /// <summary>The absolute path of the copy.</summary>
    public string Directory { get; } = directory;

    /// <summary>Where the resources listen, for the one that reads the copy.</summary>
    public ResourceAddresses Addresses { get; } = addresses;

    /// <summary>Makes the copy anew.</summary>
    /// <param name="edit">Changes the text of a file, given its path in the directory; after the addresses are replaced.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="DistributedApplicationException">The original is not there, or the copy cannot be written.</exception>
    public async Task RenderAsync(Func<string, string, string> edit, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(source))
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' is not there: '{source}'. Restore that directory, then start '{resource.Name}' again.");
        }

        try
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var path = Path.GetRelativePath(source, file).Replace('\\', '/');
                var text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
                if (Path.GetExtension(file) is ".yml" or ".yaml")
                {
                    text = await ReplaceAddressesAsync(text, cancellationToken).ConfigureAwait(false);
                }

                Write(path, edit(path, text));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' cannot be copied to '{Directory}': {e.Message.TrimEnd('.')}. Make room there or make it writable, or take another data directory with --{DataDirectory.SettingKey}=PATH.", e);
        }
    }

    /// <summary>Removes the files of an earlier copy whose originals are gone.</summary>
    public void RemoveOthers()
    {
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories))
        {
            if (!File.Exists(Path.Combine(source, Path.GetRelativePath(Directory, file))))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Writes a file of the copy, unless it is the same already.</summary>
    /// <param name="path">Its path in the directory.</param>
    /// <param name="text">Its text.</param>
    public void Write(string path, string text)
    {
        var file = Path.Combine(Directory, path);
        if (File.Exists(file) && File.ReadAllText(file) == text)
        {
            return;
        }

        CreateReadableDirectory(Path.GetDirectoryName(file)!);

        // Renamed, so that nobody reads half a file.
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        File.Move(temporary, file, overwrite: true);
    }

    // In a container the reader is another user, who must be able to read whatever the umask here. Nothing in it is secret.
    private void CreateReadableDirectory(string path)
    {
        System.IO.Directory.CreateDirectory(path);
        for (; !OperatingSystem.IsWindows() && path.Length >= Directory.Length; path = Path.GetDirectoryName(path)!)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    // Only the endpoints that are named: no other is sure to be reachable from here.
    private async Task<string> ReplaceAddressesAsync(string text, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var name in Address().Matches(text).Select(match => match.Value).Distinct())
        {
            addresses[name] = Addresses.Find(name) is { } endpoint ? await Addresses.OfAsync(endpoint, cancellationToken).ConfigureAwait(false) : name;
        }

        return Address().Replace(text, match => addresses[match.Value]);
    }

    // A host name and a port, and not the end of a longer name.
    [GeneratedRegex(@"(?<![\w.-])[A-Za-z][A-Za-z0-9-]*:[0-9]{1,5}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
