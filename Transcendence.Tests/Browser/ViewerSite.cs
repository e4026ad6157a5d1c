using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

/// <summary>
/// The viewer in front of a real Prometheus that has six hours of <c>demo_value</c> every 15 s, and scrapes a histogram with exemplars.
/// </summary>
public sealed class ViewerSite : IAsyncLifetime, IDisposable
{
    /// <summary>The trace that the exemplars name.</summary>
    public const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    /// <summary>How often <c>demo_value</c> has a value.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(15);

    // The waves are told from here, so that they are the same at every time of the day.
    private readonly long _end = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 15 * 15;
    private readonly TempDirectory _directory = new();
    private WebApplication? _service;
    private ToolProcess? _prometheus;
    private ServiceProcess? _viewer;

    /// <summary>The viewer's address.</summary>
    public Uri Address => _viewer!.Address;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return; // Every test that would use it is skipped.
        }

        await File.WriteAllTextAsync(_directory["data.txt"], History());
        var (exitCode, output) = await RealTools.RunAsync("promtool", "tsdb", "create-blocks-from", "openmetrics", _directory["data.txt"], _directory["data"]);
        Assert.True(exitCode == 0, output);

        _service = await StartMeasuredServiceAsync();
        var target = new Uri(_service.Urls.First()).Authority;
        await File.WriteAllTextAsync(_directory["prometheus.yml"], $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: demo
                static_configs: [{ targets: ["{{target}}"] }]
                # So that the history goes on.
                metric_relabel_configs: [{ action: labeldrop, regex: job|instance }]
            """);
        _prometheus = await ToolProcess.StartAsync(
            "prometheus", $"--config.file={_directory["prometheus.yml"]}", $"--storage.tsdb.path={_directory["data"]}", "--enable-feature=exemplar-storage", "--storage.tsdb.retention.time=15d");
        await ProvisionAsync(_prometheus.Address);
        _viewer = await ServiceProcess.StartAsync("Transcendence.Viewer", new Dictionary<string, string?>
        {
            ["GF_PATHS_PROVISIONING"] = _directory["provisioning"],
            ["Viewer__Remedy"] = "Install Docker, then start again.\nOr name a binary.",
            ["Viewer__LoginHint"] = "Ask whoever started it.",
        });
        await Eventually.TrueAsync(
            // Enough of what is scraped to see it.
            async () => await HasAsync("query?query=count_over_time(rate(demo_duration_seconds_count[4s])[20s:1s])>=8")
                && await HasAsync($"query_exemplars?query=demo_duration_seconds_bucket&start=0&end={DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60}")
                && await HasAsync("query?query=demo_value offset 1m"),
            "Prometheus has the data");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_viewer is not null)
        {
            await _viewer.DisposeAsync();
        }

        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    /// <summary>Logs in and waits until all panels are drawn.</summary>
    /// <param name="page">The page.</param>
    /// <param name="path">Where to, for example <c>/d/everything</c>.</param>
    internal static async Task OpenAsync(BrowserPage page, string path)
    {
        await page.Page.GotoAsync(path);
        await LogInAsync(page.Page, ServiceProcess.Password);
        await ReadyAsync(page.Page);
    }

    internal static async Task LogInAsync(IPage page, string password)
    {
        await page.GetByLabel("User").FillAsync(ServiceProcess.User);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
    }

    internal static Task ReadyAsync(IPage page) => page.WaitForSelectorAsync("html[data-state=ready]", new() { State = WaitForSelectorState.Attached });

    /// <summary>Logs in with the right password.</summary>
    internal static Task LogInAsync(IPage page) => LogInAsync(page, ServiceProcess.Password);

    private async Task<bool> HasAsync(string question)
    {
        var answer = JsonNode.Parse(await _prometheus!.Client.GetStringAsync(new Uri("api/v1/" + question, UriKind.Relative)))!;
        return (answer["data"] is JsonArray list ? list : answer["data"]!["result"]!.AsArray()).Count > 0;
    }

    private string History()
    {
        var text = new StringBuilder("# TYPE demo_value gauge\n");
        foreach (var (labels, wave) in Waves())
        {
            for (var time = _end - (6 * 3600); time <= _end; time += (int)s_step.TotalSeconds)
            {
                text.Append(CultureInfo.InvariantCulture, $"demo_value{labels} {wave(time - _end):0.000} {time}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    // Twelve panels with four series each: waves with some noise, always within 0 to 100.
    private static IEnumerable<(string Labels, Func<double, double> Wave)> Waves() =>
        from panel in Enumerable.Range(1, 12)
        from series in Enumerable.Range(0, 4)
        select (
            $"{{panel=\"{panel}\",series=\"{(char)('a' + series)}\"}}",
            new Func<double, double>(time => 50 + (35 * Math.Sin((time / (15 * (40 + (7 * panel)))) + series)) + (8 * Math.Sin((time * 0.11) + (series * panel)))));

    private async Task<WebApplication> StartMeasuredServiceAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var requests = 0;
        app.MapGet("/metrics", () =>
        {
            var n = Interlocked.Add(ref requests, 10);
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000d;
            return TypedResults.Text(
                string.Create(CultureInfo.InvariantCulture, $$"""
                # TYPE demo_duration_seconds histogram
                demo_duration_seconds_bucket{le="0.1"} {{n / 2}}
                demo_duration_seconds_bucket{le="0.5"} {{n}} # {trace_id="{{TraceId}}",span_id="00f067aa0ba902b7"} 0.31 {{now:0.000}}
                demo_duration_seconds_bucket{le="+Inf"} {{n}}
                demo_duration_seconds_count {{n}}
                demo_duration_seconds_sum {{n * 0.2}}
                # TYPE demo_up gauge
                demo_up{node="one"} 1
                demo_up{node="two"} 0
                # TYPE demo_value gauge
                {{string.Concat(Waves().Select(w => string.Create(CultureInfo.InvariantCulture, $"demo_value{w.Labels} {w.Wave(now - _end):0.000}\n")))}}# EOF

                """).ReplaceLineEndings("\n"),
                "application/openmetrics-text; version=1.0.0; charset=utf-8");
        });
        await app.StartAsync();
        return app;
    }

    private async Task ProvisionAsync(Uri source)
    {
        var dashboards = Directory.CreateDirectory(_directory["provisioned"]).FullName;
        foreach (var kind in new[] { "datasources", "dashboards" })
        {
            Directory.CreateDirectory(_directory[$"provisioning/{kind}"]);
        }

        await File.WriteAllTextAsync(_directory["provisioning/datasources/demo.yml"], $$"""
            apiVersion: 1
            datasources:
              - name: Demo
                uid: demo
                type: prometheus
                url: {{source.ToString().TrimEnd('/')}}
                isDefault: true
                jsonData:
                  timeInterval: 1s
                  exemplarTraceIdDestinations:
                    - name: trace_id
                      url: http://localhost:18888/traces/detail/$${__value.raw}
                      urlDisplayLabel: View trace
            """);
        await File.WriteAllTextAsync(_directory["provisioning/dashboards/demo.yml"], $$"""
            apiVersion: 1
            providers:
              - name: demo
                type: file
                options: { path: '{{dashboards}}' }
            """);
        File.Copy(Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Tests", "Browser", "ViewerDashboards", "everything.json"), Path.Combine(dashboards, "everything.json"));
        await File.WriteAllTextAsync(Path.Combine(dashboards, "twelve.json"), Twelve().ToJsonString());
        await File.WriteAllTextAsync(
            Path.Combine(dashboards, "refreshing.json"),
            """{"uid":"refreshing","title":"Refreshing","schemaVersion":39,"refresh":"1m","timepicker":{"refresh_intervals":["100ms","1s","5s","1m","1d","30d"]},"panels":[]}""");
    }

    private static JsonObject Twelve() => new()
    {
        ["uid"] = "twelve",
        ["title"] = "Twelve",
        ["schemaVersion"] = 39,
        ["graphTooltip"] = 1,
        ["time"] = new JsonObject { ["from"] = "now-6h", ["to"] = "now" },
        ["panels"] = new JsonArray([.. Enumerable.Range(1, 12).Select(id => new JsonObject
        {
            ["id"] = id,
            ["type"] = "timeseries",
            ["title"] = $"Panel {id}",
            ["gridPos"] = new JsonObject { ["x"] = (id - 1) % 3 * 8, ["y"] = (id - 1) / 3 * 6, ["w"] = 8, ["h"] = 6 },
            // As many points as the data has, whatever the width.
            ["interval"] = "15s",
            ["maxDataPoints"] = 1500,
            ["targets"] = new JsonArray(new JsonObject { ["refId"] = "A", ["expr"] = $$"""demo_value{panel="{{id}}"}""", ["legendFormat"] = "{{series}}" }),
            ["fieldConfig"] = new JsonObject { ["defaults"] = new JsonObject { ["custom"] = new JsonObject { ["fillOpacity"] = 10 } }, ["overrides"] = new JsonArray() },
            ["options"] = new JsonObject
            {
                ["legend"] = new JsonObject { ["displayMode"] = "table", ["placement"] = "bottom", ["showLegend"] = true, ["calcs"] = new JsonArray("lastNotNull", "mean", "max") },
                ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
            },
        })]),
    };
}
