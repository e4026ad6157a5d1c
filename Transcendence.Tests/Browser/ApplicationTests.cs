using System.Net;
using Microsoft.Playwright;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

/// <summary>What a user sees of the whole application: Aspire's dashboard, and Grafana's dashboards where there is no Grafana.</summary>
/// <remarks>The pictures in <c>docs/pictures</c> are those that a run of these tests has left in <see cref="ChromiumBrowser.PicturesDirectory"/>; the dashboard's, of a run of its test alone, so that no error of another is counted on it.</remarks>
[Collection(ApplicationFixture.Name)]
public sealed class ApplicationTests(ApplicationFixture application)
{
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

    // The machine may be busy with other tests.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static readonly string[] s_resources = ["backend", "gateway", "alerts", "critical-alerts", "alertmanager", "prometheus", "grafana", "cadvisor"];

    [BrowserFact]
    public Task ThePrintedLinkShowsEveryResourceHealthyWithItsLink() => application.Browser.VisitAsync(application.Dashboard, async page =>
    {
        await page.Page.GotoAsync(application.LoginLink.PathAndQuery);
        using var client = new HttpClient();
        foreach (var resource in s_resources)
        {
            // What other tests of this application have stopped may be an alert for the minutes of its rule's window.
            await StateIsAsync(page, resource, new Regex(resource == "critical-alerts" ? @"^Running( \(Unhealthy\))?$" : "^Running$"));
            var links = await Row(page, resource).Locator(".url-container a").EvaluateAllAsync<string[]>("links => links.map(link => link.href)");
            Assert.NotEmpty(links);
            foreach (var link in links)
            {
                Assert.Equal(application.Address(resource == "critical-alerts" ? "alerts" : resource).Authority, new Uri(link).Authority);
                using var answer = await client.GetAsync(new Uri(link));
                Assert.True(answer.IsSuccessStatusCode, $"{link} of {resource} answers {(int)answer.StatusCode}.");
            }
        }

        // Nothing is wrong that a user would have to look up first.
        Assert.Equal(0, await page.Page.Locator(".dashboard-message-bar").CountAsync());
        await page.TakePictureAsync("dashboard");
    });

    [BrowserFact]
    public Task EveryPanelShowsDataUnderLoadAndAnExemplarLeadsToItsTrace() => application.UnderLoadAsync(async () =>
    {
        await Eventually.TrueAsync(
            () => application.HasAsync("""count_over_time(job:http_request_duration_seconds:p95_rate5m{job="backend"}[1m]) > 30"""), "there are thirty seconds of latencies", s_patience);

        await application.Browser.VisitAsync(application.Grafana, async page =>
        {
            await LogInAsync(page, "/d/monitoring?from=now-1m&to=now");
            await ReadyAsync(page);
            // No container runs here, and a process has no network of its own.
            await AssertDrawnAsync(page, panels: 25, "Network received", "Network sent");
            await page.TakePictureAsync("monitoring-whole", fullPage: true);
        });
        await application.Browser.VisitAsync(application.Grafana, async page =>
        {
            await LogInAsync(page, "/d/home?from=now-1m&to=now");
            await ReadyAsync(page);
            await AssertDrawnAsync(page, panels: 5);
            await page.TakePictureAsync("home");
        });
        await application.Browser.VisitAsync(application.Grafana, async page =>
        {
            await LogInAsync(page, "/d/ft_transcendence?from=now-1m&to=now");
            await ReadyAsync(page);
            await AssertDrawnAsync(page, panels: 18);
            await page.TakePictureAsync("ft_transcendence-whole", fullPage: true);
            await AssertExemplarLeadsToItsTraceAsync(page);

            await page.Page.ReloadAsync();
            await ReadyAsync(page);
            await page.TakePictureAsync("ft_transcendence");
        });
    });

    [BrowserFact]
    public async Task ABackendThatIsStoppedOnTheDashboardIsDownInThePanelUntilItIsStartedAgain()
    {
        await application.Browser.VisitAsync(application.Dashboard, async dashboard =>
        {
            await dashboard.Page.GotoAsync(application.LoginLink.PathAndQuery);
            await StateIsAsync(dashboard, "backend", "Running");
            await HealthIsAsync("Up", "1");

            await Row(dashboard, "backend").GetByRole(AriaRole.Button, new() { Name = "Stop resource" }).ClickAsync();
            await StateIsAsync(dashboard, "backend", "Finished");
            await HealthIsAsync("Down", "0");

            await Row(dashboard, "backend").GetByRole(AriaRole.Button, new() { Name = "Start resource" }).ClickAsync();
            await StateIsAsync(dashboard, "backend", "Running");
            await HealthIsAsync("Up", "1");
        });

        Task HealthIsAsync(string text, string up) => application.Browser.VisitAsync(application.Grafana, async viewer =>
        {
            await Eventually.TrueAsync(() => application.HasAsync($"up{{job=\"backend\"}} == {up}"), $"Prometheus has up = {up}", s_patience);
            await LogInAsync(viewer, "/d/ft_transcendence?from=now-1m&to=now&refresh=5s");
            await viewer.Page.Locator("section[data-panel-id='1']").GetByText(text, new() { Exact = true }).WaitForAsync();
        });
    }

    [BrowserFact]
    public Task ALinkOfAPanelOpensTheSeedsQueryInPrometheus() => application.Browser.VisitAsync(application.Grafana, async page =>
    {
        // Prometheus has another port than the one that the link has by itself.
        await LogInAsync(page, $"/d/ft_transcendence?var-prometheus={application.Address("prometheus").GetLeftPart(UriPartial.Authority)}");
        await ReadyAsync(page);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Links of Request rate", Exact = true }).ClickAsync();
        var link = page.Page.GetByRole(AriaRole.Link, new() { Name = "The seed's query in Prometheus" }).First;
        var tab = await page.Page.Context.RunAndWaitForPageAsync(() => link.ClickAsync());

        // A text area of Debian's 2.42, an editor later.
        await Assertions.Expect(tab.Locator("textarea[name=expr], .cm-content").First).ToHaveTextAsync(MonitoringTests.SeedQueries.Cast<object[]>().Select(row => (string)row[0]).First());
    });

    [BrowserFact]
    public Task NothingOfOursAnswersUnderAForeignNameOrToAPageOfAnotherOrigin() => application.Browser.VisitAsync(application.Dashboard, async page =>
    {
        page.Expect("request to another host");
        page.Expect("status of 40[034]"); // 404: the browser asks for an icon by itself.
        string[] ours = ["backend", "gateway", "gateway-management", "alerts", "grafana", "cadvisor"];
        foreach (var name in ours)
        {
            var answer = await page.Page.GotoAsync($"http://{ChromiumBrowser.ForeignHost}:{application.Address(name).Port}/");
            Assert.Equal((int)HttpStatusCode.BadRequest, answer!.Status);
        }

        // A page that is there under a foreign name: Prometheus answers to any. It is of another origin than ours, on the same machine.
        await page.Page.GotoAsync($"http://{ChromiumBrowser.ForeignHost}:{application.Address("prometheus").Port}/-/healthy");
        foreach (var name in ours)
        {
            // Without CORS the page cannot read the answer, but a service that answered would have done what it was asked to.
            var response = await page.Page.RunAndWaitForResponseAsync(
                () => page.Page.EvaluateAsync("address => fetch(address, { method: 'POST', mode: 'no-cors' })", application.Address(name).ToString()), answer => answer.Url == application.Address(name).ToString());
            Assert.Equal((int)HttpStatusCode.Forbidden, response.Status);
        }
    });

    // In the viewer, at the latencies: any of the requests that were measured.
    private async Task AssertExemplarLeadsToItsTraceAsync(BrowserPage page)
    {
        var mark = page.Page.Locator("section:has-text('p95 by route') .exemplar").Last;
        await mark.FocusAsync();
        var traceId = await mark.GetAttributeAsync("data-trace-id");
        var link = page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Exemplar" }).GetByRole(AriaRole.Link, new() { Name = "Trace in the Aspire dashboard" }).First;
        Assert.Equal(application.Address("dashboard", $"/traces/detail/{traceId}").ToString(), await link.GetAttributeAsync("href"));

        // Who has opened the printed link before comes to the trace at once.
        await page.Page.Context.APIRequest.GetAsync(application.LoginLink.ToString());
        var tab = new BrowserPage(await page.Page.Context.RunAndWaitForPageAsync(() => link.ClickAsync()), application.Dashboard);
        await Assertions.Expect(tab.Page.Locator(".trace-header-details")).ToContainTextAsync("Total spans 3");
        await Assertions.Expect(tab.Page.Locator("tr[aria-rowindex] td[col-index='2']")).ToHaveTextAsync(["gateway", "gateway", "backend"]);
        await tab.TakePictureAsync("trace");
        Assert.Empty(tab.Problems);
    }

    private static ILocator Row(BrowserPage page, string resource) =>
        page.Page.Locator("tr.resource-row").Filter(new() { Has = page.Page.Locator(".resource-name-text").GetByText(resource, new() { Exact = true }) });

    // "Running" of a resource that has health checks means that they are passed: otherwise it is "Running (Unhealthy)".
    private static Task StateIsAsync(BrowserPage page, string resource, string state) => StateIsAsync(page, resource, new Regex($"^{Regex.Escape(state)}$"));

    private static Task StateIsAsync(BrowserPage page, string resource, Regex state) =>
        Assertions.Expect(Row(page, resource).Locator(".state-column-cell > span").First).ToHaveTextAsync(state, new() { Timeout = (float)s_patience.TotalMilliseconds });

    private static async Task AssertDrawnAsync(BrowserPage page, int panels, params string[] empty)
    {
        // A scrape of every second that is late on a busy machine leaves a moment without data: the page asks again.
        var clock = Stopwatch.StartNew();
        var faults = await FaultsAsync(page, panels, empty);
        while (faults.Count > 0 && clock.Elapsed < s_patience)
        {
            await page.Page.ReloadAsync();
            await ReadyAsync(page);
            faults = await FaultsAsync(page, panels, empty);
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    private static async Task<List<string>> FaultsAsync(BrowserPage page, int panels, string[] empty)
    {
        var (faults, count) = (new List<string>(), 0);
        foreach (var panel in await page.Page.Locator("section[data-panel-id]:not([data-panel-type=row])").AllAsync())
        {
            count++;
            await panel.ScrollIntoViewIfNeededAsync();
            var title = (await panel.GetByRole(AriaRole.Heading).First.InnerTextAsync()).Trim();
            var (type, state, text) = (await panel.GetAttributeAsync("data-panel-type"), await panel.GetAttributeAsync("data-state"), await panel.InnerTextAsync());
            if (empty.Contains(title))
            {
                if (state != "nodata" || !text.Contains("No data", StringComparison.Ordinal))
                {
                    faults.Add($"'{title}' is '{state}' and should have no data: {text}");
                }

                continue;
            }

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

        if (count < panels)
        {
            faults.Add($"There are only {count} panels.");
        }

        return faults;
    }

    private static async Task LogInAsync(BrowserPage page, string path)
    {
        await page.Page.GotoAsync(path);
        await page.Page.GetByLabel("User").FillAsync("admin");
        await page.Page.GetByLabel("Password").FillAsync(Application.Password);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await page.Page.Locator("#panels").WaitForAsync();
    }

    private static Task ReadyAsync(BrowserPage page) => page.Page.Locator("html[data-state=ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
}
