using Transcendence.AppHost.Drills;
using Transcendence.AppHost.Drills.Proof;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Browser;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Drills;

/// <summary>Every drill against the real Prometheus and Alertmanager: to pending, firing, the inbox, and its end; and the report of all.</summary>
/// <param name="running">The application.</param>
public sealed class ProofTests(RehearsedApplication running) : IClassFixture<RehearsedApplication>
{
    // That of a busy processor wants one: BusyProcessorTests.
    private static readonly IReadOnlyList<Drill> s_drills = [.. DrillList.All.Where(drill => drill.Name != "drill-cpu")];

    private Application Application => running.Application;

    [BrowserFact]
    public async Task EveryDrillIsToldInTimeAndMendedAndTheReportShowsItWithoutANetwork()
    {
        await RefusalsSayWhyAsync();
        await WhatIsCancelledIsMendedAsync();
        await AnAlertThatIsNotToldFailsAsync();

        var result = await RehearsedApplication.CommandAsync(Application, "alerts", "prove", default, ("drills", string.Join(',', s_drills.Select(drill => drill.FullName))));
        var directory = Directory.GetDirectories(Path.Combine(Application.DataDirectory, "proofs")).Order(StringComparer.Ordinal).Last();
        Assert.True(result.Success, result.Message);
        Assert.Contains(directory, result.Data!.Value, StringComparison.Ordinal);
        await ReportHoldsAsync(Path.Combine(directory, "proof.json"), running.Monitoring.FullName);
        await PageShowsItAsync(new Uri(Path.Combine(directory, "proof.html")));

        // Nothing is left of any of them.
        await Application.WaitHealthyAsync("backend", "gateway", "prometheus", "alertmanager", "alerts");
        foreach (var (tool, file) in ((string, string)[])[("prometheus", "prometheus.yml"), ("prometheus", "pipeline.yml")])
        {
            Assert.DoesNotContain("127.0.0.1:9'", await File.ReadAllTextAsync(Path.Combine(Application.DataDirectory, "config", tool, file)), StringComparison.Ordinal);
            Assert.DoesNotContain("vector(0) > 1", await File.ReadAllTextAsync(Path.Combine(Application.DataDirectory, "config", tool, file)), StringComparison.Ordinal);
        }
    }

    private static async Task ReportHoldsAsync(string file, string monitoring)
    {
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var report = json.RootElement;
        Assert.Equal(RehearsedApplication.Speed, report.GetProperty("speed").GetInt32());
        Assert.Empty(report.GetProperty("whatDidNotWork").EnumerateArray());
        Assert.Matches(@"^\d+\.\d+\.\d+", report.GetProperty("versions").GetProperty("Prometheus").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", report.GetProperty("versions").GetProperty("Alertmanager").GetString());
        Assert.Equal(64, report.GetProperty("files").GetProperty("prometheus/rules.yml").GetString()!.Length);
        Assert.Equal((await ProofReport.HashAsync(monitoring, default)).Hash, report.GetProperty("configurationHash").GetString());

        var drills = report.GetProperty("drills").EnumerateArray().ToDictionary(drill => drill.GetProperty("drill").GetString()!);
        Assert.Equal(s_drills.Select(drill => drill.FullName), drills.Keys);
        foreach (var drill in s_drills)
        {
            var told = drills[drill.FullName];
            Assert.Equal("Passed", told.GetProperty("outcome").GetString());
            var stages = told.GetProperty("stages").EnumerateArray().ToList();
            Assert.All(stages, stage => Assert.InRange(stage.GetProperty("afterSeconds").GetDouble(), 0, stage.GetProperty("boundSeconds").GetDouble()));
            Assert.Equal(Expected(drill.Signal).Order(StringComparer.Ordinal), stages.Select(stage => stage.GetProperty("name").GetString()).Where(name => !name!.EndsWith(" pending", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        }

        // What it told itself is in the words of the alert.
        Assert.Contains("answered with a 5xx", drills["backend drill-errors"].GetProperty("description").GetString(), StringComparison.Ordinal);

        static IEnumerable<string> Expected(Signal signal) =>
        [
            .. signal.Alerts.SelectMany(alert => ((string[])["firing", "in the inbox", "resolved"]).Select(stage => $"{alert.Alert} {stage}")),
            .. signal is OverdueSignal or AllOf ? (string[])["Monitoring overdue", "Monitoring working"] : [],
        ];
    }

    private static async Task PageShowsItAsync(Uri page)
    {
        var browser = new ChromiumBrowser { UsesNetwork = false };
        await browser.InitializeAsync();
        try
        {
            await LookAsync();
        }
        finally
        {
            await browser.DisposeAsync();
        }

        async Task LookAsync()
        {
            foreach (var scheme in (Microsoft.Playwright.ColorScheme[])[Microsoft.Playwright.ColorScheme.Light, Microsoft.Playwright.ColorScheme.Dark])
            {
                await browser.VisitAsync(
                    page,
                    async visit =>
                    {
                        await visit.Page.GotoAsync(page.ToString());
                        Assert.Equal("Proof of the alerts", await visit.Page.InnerTextAsync("h1"));
                        Assert.Contains($"All {s_drills.Count} drills passed", await visit.Page.InnerTextAsync("main"), StringComparison.Ordinal);
                        foreach (var (drill, i) in s_drills.Select((drill, i) => (drill, i)))
                        {
                            var section = visit.Page.Locator($"#drill-{i}");
                            Assert.Contains(drill.FullName, await section.Locator("h2").InnerTextAsync(), StringComparison.Ordinal);
                            // Each picture has lines with a way to go, and the moments of the drill.
                            var pictures = section.Locator("svg");
                            Assert.True(await pictures.CountAsync() > 0, $"{drill.FullName} has no picture");
                            Assert.True(await section.Locator("svg path.line[d*=L]").CountAsync() > 0, $"no picture of {drill.FullName} has a line");
                            Assert.True(await section.Locator("svg .mark").CountAsync() >= 2, $"no picture of {drill.FullName} has its moments");
                        }

                        await visit.TakePictureAsync($"proof-{scheme}", fullPage: true);
                    },
                    new() { ColorScheme = scheme, Offline = true });
            }
        }
    }

    private async Task RefusalsSayWhyAsync()
    {
        var wrong = await RehearsedApplication.CommandAsync(Application, "backend", "drill-errors", default, ("percent", "500"));
        Assert.False(wrong.Success);
        Assert.Contains("validation failed", wrong.Message, StringComparison.Ordinal); // Which one and why, the CLI says beside it, and the dashboard at the input.

        var unknown = await RehearsedApplication.CommandAsync(Application, "alerts", "prove", default, ("drills", "backend drill-fire"));
        Assert.False(unknown.Success);
        Assert.Contains("There is no drill 'backend drill-fire'. Those that there are: backend drill-load,", unknown.Message, StringComparison.Ordinal);

        var young = await RehearsedApplication.CommandAsync(Application, "backend", "drill-memory");
        Assert.False(young.Success);
        Assert.Contains("MemoryGrowth compares with two hours before, of a process that is 0:06:00 old.", young.Message, StringComparison.Ordinal);
    }

    // Alertmanager's route to the inbox is wrong; the one of the dead man's switch is not.
    private async Task AnAlertThatIsNotToldFailsAsync()
    {
        var file = running.Monitoring["alertmanager/alertmanager.yml"];
        var routes = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, routes.Replace("/api/alerts/webhook", "/api/alerts/nowhere", StringComparison.Ordinal));
        await Application.CommandAsync("alertmanager", "reload");
        try
        {
            var result = await RehearsedApplication.CommandAsync(Application, "alerts", "prove", default, ("drills", "gateway drill-down"));
            Assert.False(result.Success);
            Assert.Contains("0 of 1 drills passed. What did not work: gateway drill-down failed: TargetDown in the inbox never came", result.Message, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllTextAsync(file, routes);
            await Application.CommandAsync("alertmanager", "reload");
        }

        await Application.WaitHealthyAsync("gateway");
    }

    private async Task WhatIsCancelledIsMendedAsync()
    {
        using var cancel = new CancellationTokenSource();
        var drill = RehearsedApplication.CommandAsync(Application, "gateway", "drill-down", cancel.Token);

        // At any moment; and no other one begins meanwhile.
        var second = await RehearsedApplication.CommandAsync(Application, "backend", "drill-load");
        Assert.False(second.Success);
        Assert.Contains("gateway drill-down is running", second.Message, StringComparison.Ordinal);

        await cancel.CancelAsync();
        var result = await drill;
        Assert.False(result.Success);
        await Application.WaitHealthyAsync("gateway");
        await Eventually.TrueAsync(async () => (await Application.QueryAsync("""up{job="gateway"} == 1 unless on () ALERTS{alertname="TargetDown"}""")).Count == 1, "the gateway is up, and nothing says otherwise");
    }
}

/// <summary>The one drill that needs the machine for itself: nothing else runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BusyProcessor : ICollectionFixture<RehearsedApplication>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "busy processor";
}

/// <summary>A backend that keeps processors busy.</summary>
/// <param name="running">The application.</param>
[Collection(BusyProcessor.Name)]
public sealed class BusyProcessorTests(RehearsedApplication running)
{
    [Fact]
    public async Task IsToldInTimeAndEnds()
    {
        var result = await RehearsedApplication.CommandAsync(running.Application, "backend", "drill-cpu");
        Assert.True(result.Success, result.Message);
    }
}
