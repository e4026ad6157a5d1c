namespace Transcendence.Hosting.Tools;

/// <summary>An extracted tree.</summary>
internal static class FileTree
{
    /// <summary>Everything below a directory. Links are met, but not followed.</summary>
    public static IEnumerable<FileSystemInfo> Walk(string directory)
    {
        foreach (var entry in new DirectoryInfo(directory).GetFileSystemInfos())
        {
            yield return entry;
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                foreach (var below in Walk(entry.FullName))
                {
                    yield return below;
                }
            }
        }
    }
}
