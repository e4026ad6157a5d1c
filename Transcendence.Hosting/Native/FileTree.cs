namespace Transcendence.Hosting.Native;

/// <summary>An extracted tree.</summary>
internal static class FileTree
{
    /// <summary>Everything below a directory. Links are met, but not followed.</summary>
    public static IEnumerable<FileSystemInfo> Walk(DirectoryInfo directory)
    {
        foreach (var entry in directory.GetFileSystemInfos())
        {
            yield return entry;
            if (entry is DirectoryInfo { LinkTarget: null } child)
            {
                foreach (var below in Walk(child))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>
    /// Makes every absolute link relative whose target is in the tree: links of packages are written for the root of the file system.
    /// All others are left as they are.
    /// </summary>
    public static void MakeLinksRelative(string root)
    {
        foreach (var entry in Walk(new DirectoryInfo(root)).Where(entry => Path.IsPathRooted(entry.LinkTarget)).ToList())
        {
            var target = Path.Combine(root, entry.LinkTarget!.TrimStart('/'));
            // The target may itself be a link that is not made relative yet.
            if (Path.Exists(target) || new FileInfo(target).LinkTarget is not null)
            {
                var relative = Path.GetRelativePath(Path.GetDirectoryName(entry.FullName)!, target);
                entry.Delete();
                File.CreateSymbolicLink(entry.FullName, relative);
            }
        }
    }
}
