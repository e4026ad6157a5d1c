namespace Aspire.Hosting;

/// <summary>The files of a configuration.</summary>
public static class ConfigurationFiles
{
    /// <summary>The files in a directory and below, without what is an editor's own: a lock may be a link that leads nowhere, a swap file changes all the time.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>Each file, and its path in the directory, with <c>/</c>.</returns>
    public static IEnumerable<(string File, string Path)> In(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => (file, path: System.IO.Path.GetRelativePath(directory, file).Replace('\\', '/')))
            .Where(f => !f.path.Split('/').Any(part => part[0] is '.' or '#' || part[^1] is '~'));
    }
}
