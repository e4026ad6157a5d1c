namespace Transcendence.Hosting.Tools;

/// <summary>Finds commands by name, as a shell would.</summary>
internal static class CommandLookup
{
    /// <summary>The directories of a <c>PATH</c>; relative ones mean another place in every directory, and are left out.</summary>
    public static IReadOnlyList<string> Split(string searchPath) =>
        [.. searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(directory => directory.Trim('"')).Where(Path.IsPathRooted).Distinct()];

    /// <summary>Every executable file with one of the names in one of the directories, in the order of the names, then of the directories.</summary>
    public static IEnumerable<string> InDirectories(IReadOnlyList<string> directories, IEnumerable<string> names) =>
        from name in names
        from directory in directories
        let path = Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name)
        where IsExecutable(path)
        select path;

    /// <summary>The binary somewhere in an extracted tree: release archives have it at the top or in <c>bin</c>, packages below <c>usr</c>.</summary>
    public static string? InTree(string root, IEnumerable<string> names) =>
        InDirectories([root, Path.Combine(root, "bin"), Path.Combine(root, "usr", "bin"), Path.Combine(root, "usr", "sbin")], names).FirstOrDefault();

    private static bool IsExecutable(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
