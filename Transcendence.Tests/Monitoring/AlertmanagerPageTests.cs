using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Monitoring;

/// <summary>Our page for an Alertmanager whose package has none (Debian's, <c>--web.ui-path</c>).</summary>
public sealed partial class AlertmanagerPageTests
{
    private static readonly string s_ui = Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Hosting", "Alertmanager", "ui");

    [Fact]
    public async Task AUserWhoOpensAlertmanagerFindsAPageAndAllThatItNeeds()
    {
        using var data = new TempDirectory();
        await using var alertmanager = await StartAsync(data);

        var page = await alertmanager.Client.GetStringAsync(new Uri("", UriKind.Relative));
        if (!await TakesPageAsync())
        {
            // The project's own release has its own pages.
            Assert.Contains("<title>Alertmanager</title>", page, StringComparison.Ordinal);
            return;
        }

        Assert.Contains("Transcendence’s page for a Debian Alertmanager", page, StringComparison.Ordinal);

        var assets = Asset().Matches(page).Select(match => match.Groups["path"].Value).ToArray();
        Assert.Equal(["lib/icon.svg", "lib/style.css", "script.js"], assets.Order());
        foreach (var asset in assets)
        {
            using var response = await alertmanager.Client.GetAsync(new Uri(asset, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(s_contentTypes[Path.GetExtension(asset)], response.Content.Headers.ContentType!.MediaType);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(s_ui, asset)), await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task ThePageAsksForPathsThatAlertmanagerHas()
    {
        using var data = new TempDirectory();
        await using var alertmanager = await StartAsync(data);
        foreach (var path in new[] { "alerts", "alerts/groups?silenced=true&inhibited=false", "alerts?filter=alertname%3D%22a%22", "silences", "status" })
        {
            using var response = await alertmanager.Client.GetAsync(new Uri("api/v2/" + path, UriKind.Relative));
            Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        }
    }

    [Fact]
    public void EveryFileOfThePageLiesWhereAlertmanagerServesIt()
    {
        // Debian's Alertmanager serves /, /script.js, /favicon.ico and /lib/**, and answers 404 to all else.
        var files = Directory.GetFiles(s_ui, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(s_ui, file).Replace('\\', '/'));
        Assert.All(files, file => Assert.True(file is "index.html" or "script.js" or "favicon.ico" || file.StartsWith("lib/", StringComparison.Ordinal), file));
    }

    [Fact]
    public void ThePageMakesNoMarkupFromDataAndAsksNobodyElse()
    {
        var script = File.ReadAllText(Path.Combine(s_ui, "script.js"));
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|\\beval\\b|new Function", script);
        Assert.All(
            Directory.GetFiles(s_ui, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotMatch("""(src|href|url|from|import|fetch)\s*[=(]?\s*["'`(]?(https?:)?//""", File.ReadAllText(file)));
    }

    private static readonly Dictionary<string, string> s_contentTypes = new()
    {
        [".js"] = "text/javascript",
        [".css"] = "text/css",
        [".svg"] = "image/svg+xml",
    };

    private static async Task<bool> TakesPageAsync() =>
        (await RealTools.RunAsync("alertmanager", "--help")).Output.Contains("--web.ui-path", StringComparison.Ordinal);

    private static async Task<ToolProcess> StartAsync(TempDirectory data)
    {
        string[] arguments =
        [
            $"--config.file={MonitoringFiles.PathOf("alertmanager", "alertmanager.yml")}",
            $"--storage.path={data["data"]}",
            "--cluster.listen-address=",
        ];
        return await ToolProcess.StartAsync("alertmanager", await TakesPageAsync() ? [.. arguments, $"--web.ui-path={s_ui}"] : arguments);
    }

    [GeneratedRegex("(href|src)=\"(?<path>[^\"#:]+)\"")]
    private static partial Regex Asset();
}
