namespace Transcendence.Hosting.Grafana;

/// <summary>Grafana: its image, its binary (of which Debian has no package), and what only one of them needs.</summary>
internal static class GrafanaTool
{
    private const string Version = "13.2.2";

    // Since version 13 the name of an archive carries the number of the build.
    private const string Build = "34846740809";

    /// <summary>The tool.</summary>
    public static Tool Tool { get; } = new()
    {
        Name = "Grafana",
        Image = new("docker.io", "grafana/grafana", "13.2.3"),
        Port = 3000,
        Binary = new("grafana", "https://grafana.com/grafana/download?edition=oss")
        {
            AlternativeNames = ["grafana-server"],
            MinimumVersion = new Version(9, 0),
            // As Grafana's download page of 13.2.2 (OSS) has them. linux-amd64 and linux-arm64 are read in several public repositories that agree,
            // darwin-arm64 and windows-amd64 in one each. No source was found for darwin-amd64.
            Archives = new Dictionary<string, ToolArchive>
            {
                ["linux-x64"] = Archive("linux_amd64", "9662c838a09824fdb072e5f6fbdd45b62cf541b20f3d609ea5011e6e5f544c8f"),
                ["linux-arm64"] = Archive("linux_arm64", "7268f9a576f919f14e6263b344a85b6ac8d768fbda247910c43ce4e12c747a72"),
                ["osx-arm64"] = Archive("darwin_arm64", "9ea91bf7cc92aa34dd59321c44e7a15a22ee6f3dbb491849a6357451d35d5932"),
                ["win-x64"] = Archive("windows_amd64", "3372d0577aa271b7d724fba7e402bc90f49653f86827900fea4a12ad67b46da5"),
            },
            HomebrewFormula = "grafana",
        },
        ReadyPath = "/api/health",
        ConfigurationDirectory = "/etc/grafana",
        Originals = ["dashboards"],
        DataDirectory = "/var/lib/grafana",
        ExecutableArguments = (tool, _) =>
        [
            // The old name is a command of its own.
            .. Path.GetFileNameWithoutExtension(tool.Command) == "grafana-server" ? (string[])[] : ["server"],
            .. HomeOf(tool) is { } home ? (string[])["--homepath", home] : [],
        ],
    };

    /// <summary>Where its pages and defaults are: beside <c>bin/</c> in a release archive; packages and Homebrew have them in <c>share/grafana</c>.</summary>
    private static string? HomeOf(InstalledTool tool)
    {
        var prefix = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(tool.Command)!, ".."));
        string[] homes = [prefix, Path.Combine(prefix, "share", "grafana"), "/usr/share/grafana"];
        return Array.Find(homes, home => File.Exists(Path.Combine(home, "conf", "defaults.ini")));
    }

    private static ToolArchive Archive(string platform, string sha256) =>
        new(Version, new Uri($"https://dl.grafana.com/grafana/release/{Version}/grafana_{Version}_{Build}_{platform}.tar.gz"), sha256);
}
