using System.Text;

namespace Transcendence.Hosting.Tools;

/// <summary>
/// Packages are made to lie at the root of the file system. These steps let their tree lie anywhere, as other package managers
/// that install without privileges do.
/// </summary>
internal static class Relocation
{
    /// <summary>Makes every absolute link relative whose target is in the tree. All others are left as they are.</summary>
    public static void MakeLinksRelative(string root)
    {
        foreach (var entry in FileTree.Walk(root).Where(entry => Path.IsPathRooted(entry.LinkTarget)).ToList())
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

    /// <summary>
    /// Makes absolute paths in a binary relative to its working directory: <c>/usr/share/x</c> becomes <c>usr//share/x</c>,
    /// which is as long, so that nothing else in the binary moves.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public static bool MakePathsRelative(string binary, IEnumerable<string> absolutePaths)
    {
        var content = File.ReadAllBytes(binary);
        var changed = false;
        foreach (var path in absolutePaths)
        {
            var old = Encoding.UTF8.GetBytes(path);
            var separator = path.IndexOf('/', 1);
            var replacement = Encoding.UTF8.GetBytes(string.Concat(path.AsSpan(1, separator), "/", path.AsSpan(separator + 1)));
            var at = 0;
            for (int found; (found = content.AsSpan(at).IndexOf(old)) >= 0; at += found + old.Length)
            {
                replacement.CopyTo(content.AsSpan(at + found));
                changed = true;
            }
        }

        if (changed)
        {
            File.WriteAllBytes(binary, content);
        }

        return changed;
    }
}
