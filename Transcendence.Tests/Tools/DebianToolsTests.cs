using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Tools;

/// <summary>The real packages of the distribution, from its real archive, run from where they were extracted.</summary>
public sealed partial class DebianToolsTests(DebianTools debian) : IClassFixture<DebianTools>, IDisposable
{
    private static readonly string[] s_pages = ["graph", "targets", "rules", "alerts"];
    private readonly TempDirectory _directory = new();
    private readonly List<Process> _running = [];

    public void Dispose()
    {
        foreach (var process in _running)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _directory.Dispose();
    }

    [Fact]
    public void TheToolsAreHadWithoutPrivileges()
    {
        Assert.Equal(["alertmanager", "prometheus"], debian.Tools.Keys.Order());
        Assert.All(debian.Tools.Values, tool => Assert.Equal(ToolSource.Debian, tool.Source));
        Assert.All(debian.Tools.Values, tool => Assert.Matches(@"^\d+\.\d+\.\d+$", tool.Version));
        Assert.NotNull(ToolInstaller.FindCompanion(debian.Tools["prometheus"], "promtool"));
        Assert.NotNull(ToolInstaller.FindCompanion(debian.Tools["alertmanager"], "amtool"));
    }

    [Fact]
    public void EveryLinkLeadsToSomethingInTheTree()
    {
        // Where the packages are installed too, a link that leads out of the tree would work by chance.
        var tree = debian.Tools["prometheus"].Root;
        var links = DebianArchive.Walk(tree).Where(entry => entry.LinkTarget is not null).ToArray();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.StartsWith(tree + "/", Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link.FullName)!, link.LinkTarget!)), StringComparison.Ordinal));
        Assert.All(links, link => Assert.True(Path.Exists(link.FullName), link.FullName));
    }

    [Fact]
    public async Task TheCurrentUserFetchesAToolAndSeesProgress()
    {
        var installer = new ToolInstaller(_directory["cache"]) { SearchPath = debian.SearchPath };
        var reports = new ConcurrentQueue<ToolProgress>();
        var tool = DebianTools.PackagesOnly(AlertmanagerTool.Tool.Binary);

        var installed = await installer.InstallAsync(tool, reports.Enqueue);
        var again = await installer.InstallAsync(tool);

        Assert.Equal(ToolSource.Debian, installed.Source);
        Assert.Equal(installed with { Source = ToolSource.Cache }, again);
        Assert.Equal(["fetching the package lists of the distribution", "resolving packages", "downloading package prometheus-alertmanager", "extracting packages"],
            reports.Select(report => report.Step).Distinct());
        var download = reports.Last(report => report.Step.StartsWith("downloading", StringComparison.Ordinal));
        Assert.True(download.Total > 1_000_000 && download.Completed == download.Total, download.ToString());
        Assert.Single(Directory.GetDirectories(Path.Combine(_directory["cache"], "alertmanager")));
    }

    [Fact]
    public async Task APackageThatTheArchiveLacksIsAReason()
    {
        var installer = new ToolInstaller(_directory["cache"]) { SearchPath = debian.SearchPath };
        var tool = new NativeTool("nothing", "https://nothing.example/") { Debian = new DebianPackage("transcendence-no-such-package") };

        var exception = await Assert.ThrowsAsync<ToolNotAvailableException>(() => installer.InstallAsync(tool));

        var attempt = Assert.Single(exception.Attempts, attempt => attempt.Source == ToolSource.Debian);
        Assert.Contains("transcendence-no-such-package", attempt.Reason, StringComparison.Ordinal);
        Assert.Contains("sudo apt-get install transcendence-no-such-package", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryPageOfPrometheusHasAllThatItLoads()
    {
        var tool = debian.Tools["prometheus"];
        var configuration = debian.Shared("prometheus") + "/prometheus.yml";
        await File.WriteAllTextAsync(configuration, "scrape_configs: []\n");
        string[] arguments = [$"--web.listen-address={Listen(out var address)}", .. PrometheusTool.Tool.ExecutableArguments(tool, "")];
        Assert.Contains($"--web.local-assets={tool.Root}/usr/share/prometheus/web/", arguments);
        using var client = await StartAsync(tool, [.. arguments, $"--config.file={configuration}", $"--storage.tsdb.path={debian.Shared("prometheus/data")}"], address);

        var assets = new HashSet<Uri>();
        foreach (var page in (string[])["/", .. s_pages.Select(page => PrometheusTool.Tool.PagePath(tool, $"/{page}"))])
        {
            using var response = await client.GetAsync(new Uri(page, UriKind.Relative));
            var html = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{page}: {response.StatusCode} {html}");
            Assert.Contains("Prometheus", html, StringComparison.Ordinal);
            assets.UnionWith(Asset().Matches(html).Select(match => new Uri(response.RequestMessage!.RequestUri!, WebUtility.HtmlDecode(match.Groups[1].Value))));
        }

        Assert.True(assets.Count >= 20, $"Only {assets.Count} scripts and style sheets.");
        foreach (var asset in assets)
        {
            using var response = await client.GetAsync(asset);
            var content = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode && content.Length > 0, $"{asset}: {response.StatusCode}, {content.Length} bytes");
            foreach (var resource in StyleResource().Matches(asset.AbsolutePath.EndsWith(".css", StringComparison.Ordinal) ? content : "").Select(match => new Uri(asset, match.Groups[1].Value)))
            {
                using var font = await client.GetAsync(resource);
                Assert.True(font.IsSuccessStatusCode, $"{resource} of {asset}: {font.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task AlertmanagerRunsWithoutAnythingBelowUsr()
    {
        var tool = debian.Tools["alertmanager"];
        Assert.Equal(tool.Root, tool.WorkingDirectory);
        // Where its package is installed, the path would be found, and hide that it is still there.
        Assert.Equal(-1, (await File.ReadAllBytesAsync(tool.Command)).AsSpan().IndexOf("/usr/share/prometheus/alertmanager"u8));
        var configuration = debian.Shared("alertmanager") + "/alertmanager.yml";
        await File.WriteAllTextAsync(configuration, "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
        var pages = Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Hosting", "Alertmanager", "ui");

        using var client = await StartAsync(tool,
            [$"--web.listen-address={Listen(out var address)}", .. AlertmanagerTool.Tool.ExecutableArguments(tool, debian.Shared("work")), $"--config.file={configuration}", $"--storage.path={debian.Shared("alertmanager/data")}"], address);

        using var posted = await client.PostAsJsonAsync("api/v2/alerts", new[] { new { labels = new { alertname = "Test" } } });
        Assert.True(posted.IsSuccessStatusCode, await posted.Content.ReadAsStringAsync());
        Assert.Contains("\"alertname\":\"Test\"", await client.GetStringAsync(new Uri("api/v2/alerts", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(pages, "index.html")), await client.GetStringAsync(new Uri("/", UriKind.Relative)));
    }

    private static string Listen(out Uri address)
    {
        address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        return address.Authority;
    }

    /// <summary>Starts a tool without privileges, waits until it is ready, and ends it with the test.</summary>
    private async Task<HttpClient> StartAsync(InstalledTool tool, IEnumerable<string> arguments, Uri address)
    {
        string[] command = [.. DebianTools.WithoutPrivileges, tool.Command, .. arguments];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = tool.WorkingDirectory ?? "/",
        })!;
        var output = new StringBuilder();
        process.OutputDataReceived += Collect;
        process.ErrorDataReceived += Collect;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _running.Add(process);
        var client = new HttpClient { BaseAddress = address };
        await Eventually.TrueAsync(async () =>
        {
            Assert.False(process.HasExited, output.ToString());
            using var response = await client.GetAsync(new Uri("-/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }, $"{tool.Command} is ready");
        return client;

        void Collect(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }
    }

    [GeneratedRegex("<(?:script|link|img)[^>]*?(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Asset();

    [GeneratedRegex("""url\(['"]?((?!data:)[^'")#]+)""")]
    private static partial Regex StyleResource();
}
