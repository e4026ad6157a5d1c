using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Viewer;

/// <summary>A real Prometheus, which scrapes the viewer, asked through it.</summary>
public sealed class RealPrometheusTests
{
    private const string Api = "/api/datasources/proxy/uid/prometheus/api/v1/";

    [Fact]
    public async Task EveryQueryComesBackWithData()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["targets"]);
        await File.WriteAllTextAsync(directory["prometheus.yml"], """
            global: { scrape_interval: 1s }
            scrape_configs: [{ job_name: viewer, file_sd_configs: [{ files: ['targets/*.json'] }] }]
            """);
        await using var prometheus = await ToolProcess.StartAsync(
            "prometheus", $"--config.file={directory["prometheus.yml"]}", $"--storage.tsdb.path={directory["data"]}", "--enable-feature=exemplar-storage");
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address);
        await File.WriteAllTextAsync(directory["targets/viewer.json"], $$"""[{ "targets": ["{{viewer.Address.Authority}}"] }]""");

        await Eventually.TrueAsync(
            async () => Data(await viewer.GetAsync(Api + "query?query=" + Uri.EscapeDataString("up{job=\"viewer\"} == 1"))).GetProperty("result").GetArrayLength() == 1,
            "the viewer is scraped, and says so through itself");

        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var range = await viewer.Api.PostAsync(new Uri(Api + "query_range", UriKind.Relative), RunningViewer.Form(
            ("query", "rate(process_cpu_seconds_total{job=\"viewer\"}[1m])"), ("start", $"{now - 600}"), ("end", $"{now}"), ("step", "15s")));
        Assert.Equal("matrix", Data(await RunningViewer.ReadAsync(range)).GetProperty("resultType").GetString());
        Assert.Equal("viewer", Assert.Single(Data(await viewer.GetAsync(Api + "label/job/values")).EnumerateArray()).GetString());
        Assert.Contains("instance", Data(await viewer.GetAsync(Api + "labels?match[]=up")).EnumerateArray().Select(l => l.GetString()));
        Assert.Equal("up", Assert.Single(Data(await viewer.GetAsync(Api + $"series?match[]=up&start={now - 60}&end={now + 60}")).EnumerateArray()).GetProperty("__name__").GetString());
        Assert.Equal("histogram", Data(await viewer.GetAsync(Api + "metadata?metric=viewer_query_duration_seconds")).GetProperty("viewer_query_duration_seconds")[0].GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Array, Data(await viewer.GetAsync(Api + $"query_exemplars?query=up&start={now - 60}&end={now}")).ValueKind);

        var (exitCode, output) = await LintAsync(await viewer.Api.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
        Assert.True(exitCode == 0, output);

        // Its own words about a bad expression.
        using var bad = await viewer.Api.GetAsync(new Uri(Api + "query?query=sum(", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal("bad_data", (await RunningViewer.ReadAsync(bad)).GetProperty("errorType").GetString());
    }

    private static async Task<(int ExitCode, string Output)> LintAsync(string metrics)
    {
        using var promtool = Process.Start(new ProcessStartInfo(await RealTools.FindAsync("promtool"), ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        var output = promtool.StandardError.ReadToEndAsync();
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();
        return (promtool.ExitCode, await output);
    }

    private static JsonElement Data(JsonElement answer) => answer.GetProperty("data");
}
