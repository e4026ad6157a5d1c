namespace Transcendence.Hosting.Prometheus;

/// <summary>Prometheus: its image, its binary, and what only one of them needs.</summary>
internal static class PrometheusTool
{
    private const string Version = "3.14.0";

    /// <summary>The tool.</summary>
    public static Tool Tool { get; } = new()
    {
        Name = "Prometheus",
        Image = new("docker.io", "prom/prometheus", "v3.16.0"),
        Port = 9090,
        Binary = new("prometheus", "https://prometheus.io/download/")
        {
            // What monitoring/ asks for (keep_firing_for) came with 2.42.
            MinimumVersion = new Version(2, 42),
            // As the release's sha256sums.txt has them. Read, and found to agree, in cashapp/hermit-packages prometheus.hcl (all but Windows, commit f0517fd)
            // and ScoopInstaller/Main bucket/prometheus.json (Windows, commit ba53c0d); each is also in at least four other public repositories.
            Archives = new Dictionary<string, ToolArchive>
            {
                ["linux-x64"] = Archive("linux-amd64", "f665c6da19eb7ba399c915d30c7d9793c9b417bf8a749b504bc470678631478d"),
                ["linux-arm64"] = Archive("linux-arm64", "077f3781ab7245dc04c9a3c9b78ba120fc8e41aa0dc97489b0af67247e50ba83"),
                ["osx-x64"] = Archive("darwin-amd64", "a14307b9726e66cadb81be9a544732623af26dabeb7702c987aa9c3c062ada34"),
                ["osx-arm64"] = Archive("darwin-arm64", "a9623f7f4fe65b1b171b423c1a72bbf23dfdf41a171dcb33e7dd302af80dc01c"),
                ["win-x64"] = Archive("windows-amd64", "272bcdd15d9327c7b1e08fe916ea48633819f82f2ea0bf354e6b8c0350c156ba"),
            },
            Debian = new DebianPackage("prometheus")
            {
                // The scripts and fonts of its pages are links into these packages. Since Debian 13 promtool is a package of its own.
                DependencyPrefixes = ["libjs-", "fonts-", "promtool"],
                // 200 MB of time zones that no page loads.
                Unneeded = ["usr/share/javascript/moment-timezone/data", "usr/share/doc"],
            },
            HomebrewFormula = "prometheus",
        },
        ReadyPath = "/-/ready",
        ReloadPath = "/-/reload",
        ConfigurationDirectory = "/etc/prometheus",
        DataDirectory = "/prometheus",
        MemoryLimit = "1g",
        Check = new("promtool", ["check", "config"], "prometheus.yml"),
        // Without its pages `/` answers 500. Upstream's binary holds them and does not know the option.
        ExecutableArguments = (tool, _) => tool.Root.Length > 0 && DebianPages(tool) is { } pages ? [$"--web.local-assets={pages}"] : [],
        PagePath = (tool, page) => DebianPages(tool) is null ? page : $"/classic{page}",
    };

    private static string? DebianPages(InstalledTool tool)
    {
        var root = tool.Root.Length > 0 ? tool.Root : Path.GetDirectoryName(tool.Command) is "/usr/bin" or "/bin" ? "/" : null;
        return root is not null && Path.Combine(root, "usr/share/prometheus/web/") is var pages && Directory.Exists(pages) ? pages : null;
    }

    private static ToolArchive Archive(string platform, string sha256) =>
        new(Version, new Uri($"https://github.com/prometheus/prometheus/releases/download/v{Version}/prometheus-{Version}.{platform}.tar.gz"), sha256);
}
