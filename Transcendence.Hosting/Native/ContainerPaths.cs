namespace Transcendence.Hosting.Native;

/// <summary>Turns paths in a container into paths on the host.</summary>
internal static class ContainerPaths
{
    /// <summary>Replaces each path below a mount's target by the path below its source.</summary>
    /// <param name="text">An argument or the value of an environment variable.</param>
    /// <param name="mounts">The sources by the targets.</param>
    /// <remarks>
    /// A target counts only as a whole path: it begins the text or follows a character that is in no path (<c>=</c>,
    /// <c>:</c>, a space, …), and ends it or is followed by a slash or such a character. So <c>/data</c> is not found
    /// in <c>/database</c> or <c>/var/data</c>.
    /// </remarks>
    public static string Rewrite(string text, IReadOnlyDictionary<string, string> mounts)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '/' && (at == 0 || IsSeparator(text[at - 1])) && Longest(text, at, mounts) is var (target, source))
            {
                text = string.Concat(text.AsSpan(0, at), source, text.AsSpan(at + target.Length));
                at += source.Length;
            }
            else
            {
                at++;
            }
        }

        return text;
    }

    private static (string Target, string Source)? Longest(string text, int at, IReadOnlyDictionary<string, string> mounts)
    {
        (string, string)? best = null;
        var length = 0;
        foreach (var (mount, source) in mounts)
        {
            var target = mount.TrimEnd('/');
            if (target.Length > length
                && string.CompareOrdinal(text, at, target, 0, target.Length) == 0
                && (at + target.Length == text.Length || text[at + target.Length] == '/' || IsSeparator(text[at + target.Length])))
            {
                best = (target, source);
                length = target.Length;
            }
        }

        return best;
    }

    private static bool IsSeparator(char c) => c is '=' or ':' or ',' or ';' or '"' or '\'' or ' ';
}
