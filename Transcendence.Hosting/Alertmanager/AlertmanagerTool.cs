namespace Transcendence.Hosting.Alertmanager;

/// <summary>Alertmanager: its image, its binary, and what only one of them needs.</summary>
internal static class AlertmanagerTool
{
    private const string Version = "0.34.0";

    // Debian's name of the package and of the binary.
    private const string DebianCommand = "prometheus-alertmanager";

    /// <summary>The tool.</summary>
    public static Tool Tool { get; } = new()
    {
        Name = "Alertmanager",
        Image = new("docker.io", "prom/alertmanager", "v0.35.0"),
        Port = 9093,
        Binary = new("alertmanager", "https://prometheus.io/download/#alertmanager")
        {
            AlternativeNames = [DebianCommand],
            MinimumVersion = new Version(0, 25),
            // As the release's sha256sums.txt has them. Read in pgsty/homebrew-infra Formula/alertmanager.rb (all but Windows), with linux-amd64 and
            // darwin-arm64 found to agree elsewhere, and in the Chocolatey package alertmanager 0.34.0 (the Windows .zip).
            Archives = new Dictionary<string, ToolArchive>
            {
                ["linux-x64"] = Archive("linux-amd64.tar.gz", "19c75a11d8c03dc4ade7abdbddfb3a8f28c9e7b000d0849cda0cd71dffd74a03"),
                ["linux-arm64"] = Archive("linux-arm64.tar.gz", "a96ef16598ddc58e84d28167b3352b30e3205698d76c56ef467e4504d7664da4"),
                ["osx-x64"] = Archive("darwin-amd64.tar.gz", "2c76c6bb30f030296cbfbf803bfd99494987197fcb8743f73ef5f351d568ce97"),
                ["osx-arm64"] = Archive("darwin-arm64.tar.gz", "0cb31efe439c58ab77594b62a28f9de95f2d08beccf0f11eba4b822b2f549b82"),
                ["win-x64"] = Archive("windows-amd64.zip", "0e4b832325d6d9b737b3255a242da7b11cb7a641d7f81f7e2aabe34b3207cd79"),
            },
            Debian = new DebianPackage(DebianCommand)
            {
                // Its templates lie here, and without them it does not start.
                FixedPaths = ["/usr/share/prometheus/alertmanager"],
                Unneeded = ["usr/share/doc"],
            },
        },
        ReadyPath = "/-/ready",
        ReloadPath = "/-/reload",
        ConfigurationDirectory = "/etc/alertmanager",
        DataDirectory = "/alertmanager",
        Check = new("amtool", ["check-config"], "alertmanager.yml"),
        // Debian's has no pages but one that says so. Upstream's binary holds them and does not know the option.
        ExecutableArguments = (tool, directory) => Path.GetFileNameWithoutExtension(tool.Command) == DebianCommand ? [$"--web.ui-path={WritePages(directory)}"] : [],
    };

    /// <summary>Writes our pages, which this assembly holds, to where Alertmanager can read them.</summary>
    private static string WritePages(string directory)
    {
        const string Prefix = "ui/";
        var pages = Path.Combine(directory, "ui");
        var assembly = typeof(AlertmanagerTool).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var file = Path.Combine(pages, name[Prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var source = assembly.GetManifestResourceStream(name)!;
            using var target = File.Create(file);
            source.CopyTo(target);
        }

        return pages;
    }

    private static ToolArchive Archive(string platform, string sha256) =>
        new(Version, new Uri($"https://github.com/prometheus/alertmanager/releases/download/v{Version}/alertmanager-{Version}.{platform}"), sha256);
}
