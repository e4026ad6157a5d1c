using Transcendence.Hosting.Tools;

namespace Transcendence.Hosting.Alertmanager;

/// <summary>Alertmanager as a native process: where to have it, and what it needs besides the arguments that its container gets.</summary>
internal static class AlertmanagerTool
{
    private const string Version = "0.34.0";

    // Debian's name of the package and of the binary.
    private const string DebianCommand = "prometheus-alertmanager";

    public static NativeTool Description { get; } = new()
    {
        Name = "alertmanager",
        Command = "alertmanager",
        AlternativeCommands = [DebianCommand],
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
        Debian = new DebianPackages(DebianCommand)
        {
            // Its templates lie here, and without them it does not start.
            FixedPaths = ["/usr/share/prometheus/alertmanager"],
            Unneeded = ["usr/share/doc"],
        },
        DownloadPage = new Uri("https://prometheus.io/download/#alertmanager"),
    };

    /// <summary>The arguments that the container does without: its image sets them, or its network makes them needless.</summary>
    /// <param name="tool">The Alertmanager that will run.</param>
    /// <param name="listenAddress">Host and port to listen on, for example <c>127.0.0.1:9093</c>.</param>
    /// <param name="pages">The directory of our pages, <c>Alertmanager/ui</c> beside this file.</param>
    public static IEnumerable<string> Arguments(InstalledTool tool, string listenAddress, string pages)
    {
        yield return $"--web.listen-address={listenAddress}";
        if (Path.GetFileNameWithoutExtension(tool.Command) == DebianCommand)
        {
            // Debian's has no pages but one that says so. Upstream's binary holds them and does not know the option.
            yield return $"--web.ui-path={pages}";
        }
    }

    private static ToolArchive Archive(string platform, string sha256) =>
        new(Version, new Uri($"https://github.com/prometheus/alertmanager/releases/download/v{Version}/alertmanager-{Version}.{platform}"), sha256);
}
