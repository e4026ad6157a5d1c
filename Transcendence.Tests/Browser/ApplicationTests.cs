using System.Net.Http.Json;
using Microsoft.Playwright;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

/// <summary>What a user sees of the whole application: its dashboard, and Grafana's dashboards where there is no Grafana.</summary>
/// <remarks>The pictures in <c>docs/pictures</c> are those that a run of these tests has left in <see cref="ChromiumBrowser.PicturesDirectory"/>.</remarks>
public sealed class ApplicationTests(RunningAppHost application) : IClassFixture<RunningAppHost>
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    // What was drawn on the canvas of a panel besides axes and grid, which are grey: the number of coloured pixels.
    private const string ColouredPixels = """
        panel => Math.max(0, ...[...panel.querySelectorAll('canvas')].filter(c => c.width && c.height).map(canvas => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let coloured = 0;
          for (let i = 0; i < data.length; i += 4) {
            const [r, g, b, a] = data.subarray(i, i + 4);
            if (a > 40 && Math.max(r, g, b) - Math.min(r, g, b) > 40) coloured++;
          }
          return coloured;
        }))
        """;

    // How many numbers a panel has drawn of each series; a gap is none.
    private const string Values = """
        panel => [...(window.__viewer.panels.get(Number(panel.dataset.panelId))?.series ?? [])].map(s => [...s.values].filter(Number.isFinite).length)
        """;

    [BrowserFact]
    public Task The_printed_link_shows_every_resource_healthy() => application.Browser.VisitAsync(application.Dashboard, async page =>
    {
        await page.Page.GotoAsync(application.LoginLink.PathAndQuery);
        string[] resources = ["backend", "gateway", "alerts", "critical-alerts", "alertmanager", "prometheus", "grafana", "cadvisor"];
        foreach (var resource in resources)
        {
            await page.Page.Locator($"tr[data-resource={resource}][data-state=Running][data-health=Healthy]").WaitForAsync();
        }

        await page.TakePictureAsync("dashboard");
    });

    [BrowserFact]
    public Task Every_panel_shows_data_under_load_and_an_exemplar_its_trace() => application.UnderLoadAsync(TraceId, async () =>
    {
        await Eventually.TrueAsync(
            () => application.HasAsync("""count_over_time(job:http_request_duration_seconds:p95_rate5m{job="backend"}[1m]) > 30"""), "there are thirty seconds of latencies", TimeSpan.FromSeconds(60));

        await application.Browser.VisitAsync(application.Grafana, async page =>
        {
            await LogInAsync(page, "/d/ft_transcendence?from=now-1m&to=now");
            await ReadyAsync(page);
            await page.TakePictureAsync("ft_transcendence");
            await AssertDrawnAsync(page, panels: 15);
            await page.TakePictureAsync("ft_transcendence-whole", fullPage: true);

            await page.Page.Locator($"section:has-text('p95 by route') .exemplar[data-trace-id='{TraceId}']").First.FocusAsync();
            await page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Exemplar" }).GetByText(TraceId).First.WaitForAsync();
        });
        await application.Browser.VisitAsync(application.Grafana, async page =>
        {
            await LogInAsync(page, "/d/monitoring?from=now-1m&to=now");
            await ReadyAsync(page);
            await AssertDrawnAsync(page, panels: 10);
            await page.TakePictureAsync("monitoring-whole", fullPage: true);
        });
    });

    [BrowserFact]
    public async Task A_backend_that_is_stopped_on_the_page_is_down_in_the_panel_until_it_is_started_again()
    {
        await application.Browser.VisitAsync(application.Dashboard, async dashboard =>
        {
            await dashboard.Page.GotoAsync(application.LoginLink.PathAndQuery);
            await dashboard.Page.GetByRole(AriaRole.Button, new() { Name = "Stop: backend" }).ClickAsync();
            await dashboard.Page.Locator("tr[data-resource=backend]:not([data-state=Running])").WaitForAsync();
            await HealthIsAsync("Down", "0");

            await dashboard.Page.GetByRole(AriaRole.Button, new() { Name = "Start: backend" }).ClickAsync();
            await dashboard.Page.Locator("tr[data-resource=backend][data-state=Running][data-health=Healthy]").WaitForAsync();
            await HealthIsAsync("Up", "1");
        });

        Task HealthIsAsync(string text, string up) => application.Browser.VisitAsync(application.Grafana, async viewer =>
        {
            await Eventually.TrueAsync(() => application.HasAsync($"up{{job=\"backend\"}} == {up}"), $"Prometheus has up = {up}", TimeSpan.FromSeconds(60));
            await LogInAsync(viewer, "/d/ft_transcendence?from=now-1m&to=now&refresh=5s");
            await viewer.Page.Locator("section[data-panel-id='1']").GetByText(text, new() { Exact = true }).WaitForAsync();
        });
    }

    [BrowserFact]
    public Task What_the_inbox_is_told_is_on_the_dashboard_while_it_fires_and_afterwards() => application.Browser.VisitAsync(application.Dashboard, async page =>
    {
        await page.Page.GotoAsync(application.LoginLink.PathAndQuery);
        await page.Page.GotoAsync("/alerts");
        var start = DateTimeOffset.UtcNow.AddMinutes(-2);
        await TellInboxAsync("firing", start, DateTimeOffset.MinValue);
        var alert = page.Page.GetByRole(AriaRole.Article).Filter(new() { HasText = "DiskIsFull" });
        await alert.GetByText("No room for another match").WaitForAsync();
        await alert.GetByText("info", new() { Exact = true }).WaitForAsync();

        await TellInboxAsync("resolved", start, start.AddSeconds(90));
        await page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "DiskIsFull" }).GetByText("1 min 30 s").WaitForAsync();
        await alert.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    });

    [BrowserFact]
    public Task Neither_page_answers_under_a_foreign_name() => application.Browser.VisitAsync(application.Dashboard, async page =>
    {
        page.Expect(ChromiumBrowser.ForeignHost);
        page.Expect("status of 400");
        foreach (var port in (int[])[application.Dashboard.Port, application.Grafana.Port])
        {
            var answer = await page.Page.GotoAsync($"http://{ChromiumBrowser.ForeignHost}:{port}/");
            Assert.Equal(400, answer!.Status);
            Assert.Contains("Unknown host", await answer.TextAsync(), StringComparison.Ordinal);
        }
    });

    /// <summary>Tells it of an alert, as Alertmanager does.</summary>
    private async Task TellInboxAsync(string status, DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsJsonAsync(new Uri(application.Inbox, "/api/alerts/webhook"), new
        {
            version = "4",
            groupKey = "{}:{}",
            status,
            receiver = "test",
            groupLabels = new { },
            commonLabels = new { },
            commonAnnotations = new { },
            externalURL = "http://localhost:1",
            alerts = new[]
            {
                new
                {
                    status,
                    labels = new { alertname = "DiskIsFull", severity = "info" },
                    annotations = new { summary = "No room for another match" },
                    startsAt,
                    endsAt,
                    generatorURL = "http://localhost:1/rule",
                    fingerprint = "00000000000000aa",
                },
            },
        });
        response.EnsureSuccessStatusCode();
    }

    private static async Task AssertDrawnAsync(BrowserPage page, int panels)
    {
        var (faults, count) = (new List<string>(), 0);
        foreach (var panel in await page.Page.Locator("section[data-panel-id]:not([data-panel-type=row])").AllAsync())
        {
            count++;
            await panel.ScrollIntoViewIfNeededAsync();
            var title = (await panel.GetByRole(AriaRole.Heading).First.InnerTextAsync()).Trim();
            var (type, state, text) = (await panel.GetAttributeAsync("data-panel-type"), await panel.GetAttributeAsync("data-state"), await panel.InnerTextAsync());
            if (state != "done" || text.Contains("NaN", StringComparison.Ordinal))
            {
                faults.Add($"'{title}' ({type}) is '{state}': {text}");
            }

            if (type == "timeseries")
            {
                var values = await panel.EvaluateAsync<int[]>(Values);
                if (values.Length == 0 || values.Max() < 5)
                {
                    faults.Add($"'{title}' has series of {string.Join(", ", values)} values");
                }

                if (await panel.EvaluateAsync<int>(ColouredPixels) is var pixels && pixels < 50)
                {
                    faults.Add($"'{title}' has {pixels} coloured pixels");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
        Assert.True(count >= panels, $"There are only {count} panels.");
    }

    private static async Task LogInAsync(BrowserPage page, string path)
    {
        await page.Page.GotoAsync(path);
        await page.Page.GetByLabel("User").FillAsync("admin");
        await page.Page.GetByLabel("Password").FillAsync(RunningAppHost.Password);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await page.Page.Locator("#panels").WaitForAsync();
    }

    private static Task ReadyAsync(BrowserPage page) => page.Page.Locator("html[data-state=ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
}
