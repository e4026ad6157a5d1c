using Microsoft.Playwright;
using Xunit.Abstractions;

namespace Transcendence.Tests.Browser;

/// <summary>What a user of the viewer does and sees, with real data.</summary>
public sealed class ViewerPageTests(ChromiumBrowser browser, ViewerSite site, ITestOutputHelper output) : IClassFixture<ChromiumBrowser>, IClassFixture<ViewerSite>
{
    /// <summary>A query that is wrong on purpose: the browser reports its 400.</summary>
    private const string FaultyPanel = "status of 400";

    /// <summary>What follows is called with the pixels of a panel's canvas, which is read from a copy so that it stays where it is.</summary>
    private const string Pixels = """
        id => (use => {
          const canvas = document.querySelector(`[data-panel-id='${id}'] canvas`);
          const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height }).getContext('2d', { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          return use(Array.from({ length: data.length / 4 }, (_, i) => data.subarray(4 * i, 4 * i + 4)));
        })(
        """;

    private static readonly string[] s_drawn = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "11", "11-clone-1", "11-clone-2", "11-clone-3", "16", "19"];
    private static readonly string[] s_charts = ["1", "2", "11", "11-clone-3", "16", "19"];
    private static readonly string[] s_unknown =
        ["fieldConfig.defaults.custom.gradientMode: scheme", "options.legend.sparkle", "transformations[].id: calculateField", "fieldConfig.overrides[].matcher.id: byValue"];

    private static readonly string[] s_themes = ["dark", "light"];

    [BrowserFact]
    public Task AUserLogsInAndIsToldThatThisIsNotGrafana() => browser.VisitAsync(site.Address, async visit =>
    {
        var page = visit.Page;
        visit.Expect("status of 401");
        await page.GotoAsync("/d/twelve");
        await Assertions.Expect(page.GetByText("Ask whoever started it.")).ToBeVisibleAsync();
        await ViewerSite.LogInAsync(page, "not the password");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The user or the password is wrong.");
        await ViewerSite.LogInAsync(page);
        await ViewerSite.ReadyAsync(page);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Twelve");
        var notice = page.Locator(".notice");
        await Assertions.Expect(notice).ToContainTextAsync("This is the built-in viewer, not Grafana");
        await notice.Locator("summary").ClickAsync();
        Assert.Equal(["Install Docker, then start again.", "Or name a binary."], await notice.Locator("li").AllTextContentsAsync());
        await Assertions.Expect(notice.Locator("li").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Dashboards" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Everything" }).WaitForAsync();
        visit.Expect("status of 404");
        await page.GotoAsync("/d/unknown");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("unknown");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
    });

    [BrowserFact]
    public Task EveryKindOfPanelDrawsTheDataOfPrometheus() => VisitAsync("/d/everything", async page =>
    {
        foreach (var id in s_drawn)
        {
            await Assertions.Expect(Panel(page, id)).ToHaveAttributeAsync("data-state", "done");
        }

        // Lines: the data's own values, and its colours on the canvas.
        Assert.Equal(["series a", "second", "series c", "series d"], await page.EvaluateAsync<string[]>("() => __viewer.panels.get(1).series.map(s => s.name)"));
        Assert.True(await page.EvaluateAsync<bool>("() => __viewer.panels.get(1).series.every(s => s.values.length > 300 && [...s.values].every(v => Number.isNaN(v) || (v > 0 && v < 100)) && [...s.values].filter(v => v > 0).length > 300)"));
        foreach (var id in s_charts)
        {
            Assert.True(await ColouredPixelsAsync(page, id) > 50, $"Panel {id} has no coloured pixels.");
        }

        Assert.True(await HasColourAsync(page, "1", "B877D9"), "The series that is overridden with purple is not purple.");
        await Assertions.Expect(Panel(page, "1").Locator(".legend-table tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(Panel(page, "1").Locator(".legend-table tbody tr").First.Locator("td").First).ToContainTextAsync("%");

        // Stacked bars: the top is the sum of all.
        Assert.True(await page.EvaluateAsync<bool>("""
            () => {
              const { uplot, series } = __viewer.panels.get(2);
              const i = Math.floor(uplot.data[0].length / 2);
              return Math.abs(uplot.data[4][i] - series.reduce((sum, s) => sum + s.values[i], 0)) < 1e-6;
            }
            """));

        await Assertions.Expect(Panel(page, "3").Locator(".stat-number")).ToContainTextAsync("B");
        await Assertions.Expect(Panel(page, "3").Locator("svg path")).ToHaveCountAsync(2);
        Assert.Equal(["Up", "Down"], await Panel(page, "4").Locator(".stat-number").AllTextContentsAsync());
        Assert.EndsWith("/d/twelve?var-x=two&v=0", await Panel(page, "4").GetByRole(AriaRole.Link, new() { Name = "Details of two" }).GetAttributeAsync("href"), StringComparison.Ordinal);
        await Assertions.Expect(Panel(page, "5").GetByRole(AriaRole.Img)).ToHaveCountAsync(2);
        Assert.Matches("^a: [0-9.]+%, from 0.0% to 100.0%$", await Panel(page, "5").GetByRole(AriaRole.Img).First.GetAttributeAsync("aria-label"));
        await Assertions.Expect(Panel(page, "6").GetByRole(AriaRole.Meter)).ToHaveCountAsync(4);
        await Assertions.Expect(Panel(page, "7").GetByRole(AriaRole.Meter)).ToHaveCountAsync(4);

        // A table of two queries, merged, renamed, sorted as the file says; then as the user says.
        var table = Panel(page, "8");
        Assert.Equal(["Series ↓", "Now", "Greatest"], await table.Locator("th").AllTextContentsAsync());
        Assert.Equal(["d", "c", "b", "a"], await table.Locator("td:first-child").AllTextContentsAsync());
        await table.GetByRole(AriaRole.Button, new() { Name = "Now" }).ClickAsync();
        var now = await page.EvaluateAsync<double[]>("() => [...__viewer.panels.get(8).series.find(s => s.name === 'Now').values]");
        var shown = await table.Locator("td:first-child").AllTextContentsAsync();
        Assert.Equal(now.Select((value, i) => (value, i)).OrderByDescending(x => x.value).Select(x => ((char)('a' + x.i)).ToString()), shown);

        // What looks like a script in a text is a text.
        await Assertions.Expect(Panel(page, "9").GetByRole(AriaRole.Heading, new() { Name = "Panel 1", Exact = true })).ToBeVisibleAsync();
        Assert.Equal(0, await Panel(page, "9").Locator("script, img, [onerror], a[href^=javascript]").CountAsync());
        Assert.Contains("Everything", await page.TitleAsync(), StringComparison.Ordinal);
    });

    [BrowserFact]
    public Task WhatIsNotDrawnIsNamed() => VisitAsync("/d/everything", async page =>
    {
        await Assertions.Expect(Panel(page, "15")).ToHaveAttributeAsync("data-state", "unsupported");
        await Assertions.Expect(Panel(page, "15")).ToContainTextAsync("piechart");

        var mark = Panel(page, "16").GetByRole(AriaRole.Button, new() { Name = "not drawn" });
        await mark.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var list = Panel(page, "16").Locator(".unknown");
        foreach (var option in s_unknown)
        {
            await Assertions.Expect(list).ToContainTextAsync(option);
        }

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(list).ToBeHiddenAsync();
        await Assertions.Expect(Panel(page, "1").Locator(".unsupported")).ToHaveCountAsync(0);

        await page.Locator("#controls .unsupported").ClickAsync();
        await Assertions.Expect(page.Locator("#controls .unknown")).ToContainTextAsync("variable \"only\" of type \"adhoc\"");

        await Assertions.Expect(Panel(page, "17")).ToContainTextAsync("Nothing yet");
        await Assertions.Expect(Panel(page, "18").GetByRole(AriaRole.Alert)).ToContainTextAsync("parse error");
        await Assertions.Expect(Panel(page, "18").GetByRole(AriaRole.Alert)).ToContainTextAsync("Correct the query");
    });

    [BrowserFact]
    public Task DraggingZoomsInADoubleClickZoomsOutAndTheBrowserGoesBack() => VisitAsync("/d/everything", async page =>
    {
        var before = await RangeAsync(page);
        var plot = (await Panel(page, "1").Locator(".u-over").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(plot.X + (plot.Width * 0.25f), plot.Y + 60);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(plot.X + (plot.Width * 0.75f), plot.Y + 70, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await AtAsync(page, "from=1");
        await ViewerSite.ReadyAsync(page);
        var zoomed = await RangeAsync(page);
        Assert.InRange((zoomed[1] - zoomed[0]) / (before[1] - before[0]), 0.49, 0.51);
        // Each chart has the new range, and points of it.
        Assert.True(await page.EvaluateAsync<bool>(
            "([from, to]) => [1, 2, 11].every(id => { const { scales: { x }, data } = __viewer.panels.get(id).uplot; return Math.abs(x.min * 1000 - from) < 2 && Math.abs(x.max * 1000 - to) < 2 && data[0].length > 10; })", zoomed));

        plot = (await Panel(page, "1").Locator(".u-over").BoundingBoxAsync())!;
        await page.Mouse.DblClickAsync(plot.X + 40, plot.Y + 40);
        await page.WaitForFunctionAsync("span => __viewer.page.range.to - __viewer.page.range.from > span", zoomed[1] - zoomed[0]);
        await page.GoBackAsync();
        await page.WaitForFunctionAsync("([from]) => __viewer.page.range.from === from", zoomed);
        await ViewerSite.ReadyAsync(page);
        await page.GoBackAsync();
        await page.WaitForFunctionAsync("() => __viewer.page.raw.from === 'now-6h'");
        await ViewerSite.ReadyAsync(page);
        await Assertions.Expect(page.Locator(".range-button")).ToHaveTextAsync("Last 6 hours");
    });

    [BrowserFact]
    public Task RangeAndRefreshAreChosenAtTheTop() => VisitAsync("/d/twelve", async page =>
    {
        await page.Locator(".range-button").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Last 3 hours" }).ClickAsync();
        await AtAsync(page, "from=now-3h");

        await page.Locator(".range-button").ClickAsync();
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("now-1h");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("now-2h");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply time range" }).ClickAsync();
        await Assertions.Expect(page.Locator(".range-form").GetByRole(AriaRole.Alert)).ToContainTextAsync("start before the end");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("now-30m");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply time range" }).ClickAsync();
        await AtAsync(page, "from=now-1h&to=now-30m");
        await ViewerSite.ReadyAsync(page);
        var range = await RangeAsync(page);
        Assert.Equal(30 * 60_000, range[1] - range[0], 2000d);

        var asked = 0;
        page.Request += (_, request) => asked += request.Url.Contains("query_range", StringComparison.Ordinal) ? 1 : 0;
        await page.GetByLabel("Refresh every").SelectOptionAsync("5s");
        Assert.Contains("refresh=5s", page.Url, StringComparison.Ordinal);
        await Infrastructure.Eventually.TrueAsync(() => Task.FromResult(asked >= 24), "all panels have been asked again, twice");
        await page.GetByLabel("Refresh every").SelectOptionAsync("");
        Assert.DoesNotContain("refresh=", page.Url, StringComparison.Ordinal);
    });

    [BrowserTheory]
    [InlineData("/d/twelve?refresh=1s", "1s", null)]
    [InlineData("/d/twelve?refresh=1d", "1d", null)]
    [InlineData("/d/twelve?refresh=90s", "90s", null)]
    [InlineData("/d/twelve?refresh=", "", null)]
    [InlineData("/d/twelve?refresh=999ms", "", "Refresh “999ms” is no time from 1s to 1d: it is off.")]
    [InlineData("/d/twelve?refresh=0", "", "Refresh “0” is no")]
    [InlineData("/d/twelve?refresh=-5s", "", "Refresh “-5s” is no")]
    [InlineData("/d/twelve?refresh=25h", "", "Refresh “25h” is no")]
    [InlineData("/d/twelve?refresh=30d", "", "Refresh “30d” is no")] // A browser's timer overflows at 24.8 days, and fires at once.
    [InlineData("/d/twelve?refresh=auto", "", "Refresh “auto” is no")]
    [InlineData("/d/refreshing?refresh=soon", "1m", "Refresh “soon” is no time from 1s to 1d: it is 1m.")]
    [InlineData("/d/refreshing", "1m", null)]
    [InlineData("/d/twelve?from=tomorrow&to=yesterday", "", "From “tomorrow” to “yesterday” is no time range: the last 6 hours are shown.")]
    [InlineData("/d/twelve?viewPanel=99", "", "There is no panel “99”: all are shown.")]
    public Task WhatTheAddressAsksForIsDoneWithinBoundsOrNotAndThatIsSaid(string path, string refresh, string? message) => VisitAsync(path, async page =>
    {
        await Assertions.Expect(page.GetByLabel("Refresh every")).ToHaveValueAsync(refresh);
        Assert.Equal(refresh, await page.EvaluateAsync<string>("() => __viewer.page.interval"));
        var said = page.Locator(".page-errors");
        if (message is null)
        {
            await Assertions.Expect(said).ToBeEmptyAsync();
            return;
        }

        await Assertions.Expect(said).ToContainTextAsync(message);
        if (message.StartsWith("Refresh", StringComparison.Ordinal))
        {
            // Nothing fires, and what is chosen then is taken.
            var asked = await RequestsAsync(page);
            await page.WaitForTimeoutAsync(300);
            Assert.Equal(asked, await RequestsAsync(page));
            await page.GetByLabel("Refresh every").SelectOptionAsync("5s");
            await page.GetByRole(AriaRole.Button, new() { Name = "Refresh now" }).ClickAsync();
            await Assertions.Expect(said).ToBeEmptyAsync();
        }
    });

    [BrowserFact]
    public Task OnlyUsableIntervalsAreOffered() => VisitAsync("/d/refreshing", async page =>
        Assert.Equal(["Off", "1s", "5s", "1m", "1d"], await page.GetByLabel("Refresh every").Locator("option").AllTextContentsAsync()));

    [BrowserFact]
    public Task VariablesChangeQueriesTitlesAndWhichPanelsThereAre() => VisitAsync("/d/everything?var-panel=3", async page =>
    {
        await Assertions.Expect(Panel(page, "1").GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("Lines of 3");
        var before = await page.EvaluateAsync<double>("() => __viewer.panels.get(1).series[0].values[100]");
        await page.GetByLabel("panel", new() { Exact = true }).SelectOptionAsync("7");
        await AtAsync(page, "var-panel=7");
        await ViewerSite.ReadyAsync(page);
        await Assertions.Expect(Panel(page, "1").GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("Lines of 7");
        Assert.NotEqual(before, await page.EvaluateAsync<double>("() => __viewer.panels.get(1).series[0].values[100]"));

        // Many at once, and a panel for each.
        await page.Locator("[data-variable=series] button").First.ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "b", Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "d", Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply", Exact = true }).ClickAsync();
        await AtAsync(page, "var-series=b&var-series=d");
        await ViewerSite.ReadyAsync(page);
        Assert.Equal(2, await page.EvaluateAsync<int>("() => __viewer.panels.get(1).series.length"));
        Assert.Equal(["Only b", "Only d"], await page.Locator("[data-panel-id^='11'] h2").AllTextContentsAsync());

        await page.GetByRole(AriaRole.Link, new() { Name = "Twelve" }).ClickAsync();
        await AtAsync(page, "/d/twelve?");
        await AtAsync(page, "var-series=b");
        await ViewerSite.ReadyAsync(page);
    });

    [BrowserFact]
    public Task WhatIsChosenAndNotThereIsNotReplacedUntilTheUserChooses() => VisitAsync("/d/everything?var-panel=99&var-series=z", async page =>
    {
        await Assertions.Expect(page.GetByLabel("panel", new() { Exact = true })).ToHaveValueAsync("99");
        await Assertions.Expect(Panel(page, "1")).ToHaveAttributeAsync("data-state", "nodata");
        await page.GetByLabel("panel", new() { Exact = true }).SelectOptionAsync("2");
        await page.WaitForFunctionAsync("() => location.search.includes('var-panel=2&var-series=%24__all')");
        await ViewerSite.ReadyAsync(page);
        await Assertions.Expect(Panel(page, "1")).ToHaveAttributeAsync("data-state", "done");
    });

    [BrowserFact]
    public Task AnExemplarLeadsToItsTrace() => VisitAsync("/d/everything", async page =>
    {
        Assert.Equal(ViewerSite.TraceId, await page.EvaluateAsync<string>("() => __viewer.panels.get(19).exemplars[0].labels.trace_id"));
        var mark = Panel(page, "19").Locator(".exemplar").First;
        await mark.ScrollIntoViewIfNeededAsync();
        await mark.FocusAsync();
        var card = page.GetByRole(AriaRole.Dialog, new() { Name = "Exemplar" });
        await Assertions.Expect(card).ToContainTextAsync(ViewerSite.TraceId);
        await Assertions.Expect(card).ToContainTextAsync("310 ms");
        Assert.Equal($"http://localhost:18888/traces/detail/{ViewerSite.TraceId}", await card.GetByRole(AriaRole.Link, new() { Name = "View trace" }).First.GetAttributeAsync("href"));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(card).ToBeHiddenAsync();

        // Closed, it stays closed, though its mark has the focus again after a refresh.
        await page.EvaluateAsync("() => __viewer.page.refresh()");
        Assert.Equal("exemplar", await page.EvaluateAsync<string>("() => document.activeElement.className"));
        await Assertions.Expect(card).ToBeHiddenAsync();

        // Who reads it may read on while the page refreshes, until the pointer leaves it.
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await mark.HoverAsync();
        await card.GetByText("Time", new() { Exact = true }).HoverAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => { const card = document.querySelector('.card'); return __viewer.page.refresh().then(() => card.isConnected); }"));
        await page.EvaluateAsync("() => new Promise(resolve => setTimeout(resolve, 300))"); // After 250 ms it would close.
        await Assertions.Expect(card).ToBeVisibleAsync();
        await page.Mouse.MoveAsync(2, 2);
        await Assertions.Expect(card).ToBeHiddenAsync();
    });

    [BrowserFact]
    public Task EverythingIsReachedByKeyboard() => VisitAsync("/d/everything", async page =>
    {
        // Shows one series alone, then all again.
        var name = Panel(page, "1").GetByRole(AriaRole.Button, new() { Name = "series c" });
        await name.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("false", await Panel(page, "1").GetByRole(AriaRole.Button, new() { Name = "series a" }).GetAttributeAsync("aria-pressed"));
        Assert.Equal("Time,series c", await ShownAsync(page));
        await Panel(page, "1").GetByRole(AriaRole.Button, new() { Name = "series c" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("Time,series a,series b,series c,series d", await ShownAsync(page));

        // Moves through time.
        await Panel(page, "1").Locator(".plot").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(page.Locator(".tooltip:visible").First).ToContainTextAsync("series c");

        // Unfolds a row.
        var row = page.Locator("[data-panel-id='12']").GetByRole(AriaRole.Button);
        await row.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Panel(page, "13")).ToHaveAttributeAsync("data-state", "done");
        Assert.Equal(1d, await page.EvaluateAsync<double>("() => { const { data } = __viewer.panels.get(13).uplot; return data[4][data[4].length - 60]; }"), 9);

        // One panel alone, and back.
        await Panel(page, "2").GetByRole(AriaRole.Button, new() { Name = "View alone" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await AtAsync(page, "viewPanel=2");
        await Assertions.Expect(page.Locator("section.panel")).ToHaveCountAsync(1);
        await ViewerSite.ReadyAsync(page);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page).Not.ToHaveURLAsync(new Regex("viewPanel"));
        await ViewerSite.ReadyAsync(page);
        await Assertions.Expect(Panel(page, "1")).ToHaveAttributeAsync("data-state", "done");
    });

    [BrowserFact]
    public Task WhatGoesWrongIsSaidWithTheRemedyAndMendsItself() => browser.VisitAsync(site.Address, async visit =>
    {
        var page = visit.Page;
        await ViewerSite.OpenAsync(visit, "/d/twelve");
        visit.Expect("ERR_FAILED");
        await page.RouteAsync("**/query_range", route => route.AbortAsync());
        var refresh = page.GetByRole(AriaRole.Button, new() { Name = "Refresh now" });
        await refresh.ClickAsync();
        await Assertions.Expect(Panel(page, "1").GetByRole(AriaRole.Alert)).ToContainTextAsync("Is the application still running?");
        await page.UnrouteAsync("**/query_range");
        await refresh.ClickAsync();
        await Assertions.Expect(Panel(page, "1")).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(Panel(page, "1").GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);

        // Also where a refresh finds no choices, no annotations, no other dashboards, or a fault in the page itself.
        await page.GotoAsync("/d/everything");
        await ViewerSite.ReadyAsync(page);
        visit.Expect("status of 400");
        visit.Expect("of my own");
        await page.RouteAsync(new Regex("/api/(datasources/proxy|search)"), route => route.AbortAsync());
        await refresh.ClickAsync();
        await Assertions.Expect(page.Locator("#controls").GetByRole(AriaRole.Alert).First).ToContainTextAsync("The viewer does not answer.");
        await Assertions.Expect(page.Locator(".page-errors")).ToContainTextAsync("Annotations \"Hot\": The viewer does not answer.");
        await page.EvaluateAsync("() => { Promise.reject(new Error('a fault of my own')); }");
        await Assertions.Expect(page.Locator(".page-errors")).ToContainTextAsync("Something went wrong in this page: a fault of my own.");
        await page.UnrouteAsync(new Regex("/api/(datasources/proxy|search)"));
        await page.GotoAsync("/d/twelve");
        await ViewerSite.ReadyAsync(page);

        // The login is over: back to it, and from there to where the user was.
        visit.Expect("status of 401");
        await page.Context.ClearCookiesAsync();
        await refresh.ClickAsync();
        await AtAsync(page, "/login?redirectTo=%2Fd%2Ftwelve");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The session has ended. Log in again.");
        await ViewerSite.LogInAsync(page);
        await AtAsync(page, "/d/twelve?from=now-6h");
        await ViewerSite.ReadyAsync(page);
    });

    [BrowserFact]
    public Task NoRequestsPileUpBehindSlowAnswersOrInAHiddenTab() => browser.VisitAsync(site.Address, async visit =>
    {
        var page = visit.Page;
        await page.Clock.InstallAsync();
        await ViewerSite.OpenAsync(visit, "/d/twelve?refresh=5s");
        var asked = 0;
        var held = new System.Collections.Concurrent.ConcurrentQueue<IRoute>();
        await page.RouteAsync("**/query_range", route =>
        {
            held.Enqueue(route);
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await page.Clock.RunForAsync(5_000);
        await Infrastructure.Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref asked) == 12), "every panel has asked");
        await page.Clock.RunForAsync(20_000);
        await page.EvaluateAsync("() => fetch('/api/health')"); // What was asked before has arrived before this answer.
        Assert.Equal(12, Volatile.Read(ref asked));
        await Task.WhenAll(held.ToArray().Select(route => route.ContinueAsync()));
        await page.UnrouteAsync("**/query_range");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('section.panel')].every(p => p.dataset.state === 'done')");

        var sent = await RequestsAsync(page);
        await page.EvaluateAsync("() => Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
        await page.Clock.RunForAsync(60_000);
        Assert.Equal(sent, await RequestsAsync(page));
        await page.EvaluateAsync("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }");
        await Infrastructure.Eventually.TrueAsync(async () => await RequestsAsync(page) == sent + 12, "what was missed is asked");
    });

    [BrowserFact]
    public Task ThePointerShowsAllValuesAndWhatHappened() => VisitAsync("/d/everything", async page =>
    {
        var plot = Panel(page, "1").Locator(".u-over");
        var box = (await plot.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        var tooltip = page.Locator(".tooltip:visible");
        await Assertions.Expect(tooltip).ToHaveCountAsync(1);
        var values = (await tooltip.Locator("td").AllTextContentsAsync()).Select(text => double.Parse(text.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(4, values.Count);
        Assert.Equal(values.OrderDescending(), values);
        // The crosshair is in every chart, at the same time.
        Assert.Single((await page.EvaluateAsync<double[]>("() => [1, 2, 11].map(id => { const u = __viewer.panels.get(id).uplot; return Math.round(u.posToVal(u.cursor.left, 'x') / 300); })")).Distinct());

        // One that begins in the chart: at some times of the day the first one did before it.
        var left = await page.EvaluateAsync<double>(
            "() => { const { annotations, range } = __viewer.page; return __viewer.panels.get(1).uplot.valToPos(annotations.find(({ from }) => from > range.from + 60_000).from / 1000, 'x'); }");
        await page.Mouse.MoveAsync(box.X + (float)left, box.Y + (box.Height / 2));
        await Assertions.Expect(tooltip.Locator(".tooltip-event").First).ToContainTextAsync("hot");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Hot" }).UncheckAsync();
        await page.WaitForFunctionAsync("() => __viewer.page.annotations.length === 0");
    });

    [BrowserFact]
    public Task WhatIsReadStaysWhenThePageRefreshes() => VisitAsync("/d/everything", async page =>
    {
        // Asked at once after the refresh, before the pointer could be told that there is a new chart.
        const string Refresh = """
            () => __viewer.page.refresh().then(() => ({
                cursors: [1, 2, 11].map(id => Math.round(__viewer.panels.get(id).uplot.cursor.left)),
                rows: [...document.querySelectorAll('.tooltip')].filter(({ hidden }) => !hidden).map(tooltip => tooltip.querySelectorAll('td').length),
            }))
            """;
        const string Cursors = "() => [1, 2, 11].map(id => Math.round(__viewer.panels.get(id).uplot.cursor.left))";
        var plot = Panel(page, "1").Locator(".u-over");
        var box = (await plot.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await Assertions.Expect(page.Locator(".tooltip:visible td")).ToHaveCountAsync(4);
        await AssertStaysAsync();

        // Away from it, nothing comes back.
        await page.Mouse.MoveAsync(2, 2);
        await Assertions.Expect(page.Locator(".tooltip:visible")).ToHaveCountAsync(0);
        await AssertStaysAsync();

        // A series that the legend points out.
        const string DrawnAnew = """
            () => {
                const picture = () => document.querySelector('[data-panel-id="1"] canvas').toDataURL();
                const before = picture();
                __viewer.page.panels.get('1').redraw();
                return Promise.resolve().then(() => picture() === before);
            }
            """;
        await Panel(page, "1").GetByRole(AriaRole.Button, new() { Name = "series c" }).HoverAsync();
        await page.WaitForFunctionAsync("() => __viewer.panels.get(1).uplot.series.slice(1).map(({ alpha }) => alpha).join() === '0.25,0.25,1,0.25'");
        Assert.True(await page.EvaluateAsync<bool>(DrawnAnew));
        await page.Mouse.MoveAsync(2, 2);

        // Who reads with the keys has chosen a moment, wherever that is now; who leaves is followed by nothing, where all tooltips are shared too.
        const string Moment = "() => { const { cursor, data } = __viewer.panels.get(1).uplot; return data[0][cursor.idx]; }";
        await page.EvaluateAsync("() => { __viewer.page.dashboard.graphTooltip = 2; }");
        await Panel(page, "1").Locator(".plot").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        await Assertions.Expect(page.Locator(".tooltip:visible td")).ToHaveCountAsync(4);
        var moment = await page.EvaluateAsync<double>(Moment);
        await page.EvaluateAsync("() => { __viewer.page.setRange({ from: 'now-3h', to: 'now' }); }");
        await ViewerSite.ReadyAsync(page);
        await Assertions.Expect(page.Locator(".tooltip:visible td")).ToHaveCountAsync(4);
        Assert.InRange(await page.EvaluateAsync<double>(Moment), moment - 30, moment + 30);
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await Assertions.Expect(page.Locator(".tooltip:visible")).ToHaveCountAsync(0);
        await AssertStaysAsync();
        Assert.Equal([-10, -10, -10], (await page.EvaluateAsync<int[]>(Cursors)).AsEnumerable());

        async Task AssertStaysAsync()
        {
            var cursors = await page.EvaluateAsync<int[]>(Cursors);
            var shown = await page.Locator(".tooltip:visible").CountAsync();
            var now = (await page.EvaluateAsync(Refresh))!.Value;
            Assert.Equal(cursors, now.GetProperty("cursors").EnumerateArray().Select(left => left.GetInt32()));
            Assert.Equal(Enumerable.Repeat(4, shown), now.GetProperty("rows").EnumerateArray().Select(rows => rows.GetInt32()));
        }
    });

    [BrowserTheory]
    [InlineData(1400)]
    [InlineData(390)]
    public Task ItIsReadableInBothThemesOnADeskAndOnAPhone(int width) => VisitAsync("/d/everything", async page =>
    {
        var toggle = page.GetByRole(AriaRole.Button, new() { Name = "Dark or light" });
        foreach (var theme in s_themes)
        {
            await toggle.ClickAsync();
            Assert.Equal(theme, await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
            Assert.True(await ColouredPixelsAsync(page, "1") > 50);
            Assert.False(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth"), "The page is wider than the window.");
            await page.ScreenshotAsync(new() { Path = Path.Combine(ChromiumBrowser.PicturesDirectory, $"viewer-{theme}-{width}.png"), FullPage = true });
        }
    }, new() { ViewportSize = new() { Width = width, Height = 900 } });

    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task TheLoginAndTheListFollowTheSystemsTheme(ColorScheme scheme) => browser.VisitAsync(site.Address, async visit =>
    {
        var page = visit.Page;
        var theme = scheme == ColorScheme.Dark ? "dark" : "light";
        await page.GotoAsync("/dashboards");
        await LooksAsync("login");
        await ViewerSite.LogInAsync(page);
        await ViewerSite.ReadyAsync(page);
        Assert.Equal(["Everything", "Refreshing", "Twelve"], await page.Locator("#list strong").AllTextContentsAsync());
        await LooksAsync("list");

        async Task LooksAsync(string name)
        {
            Assert.Equal(theme, await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
            Assert.Equal(theme == "dark", await page.EvaluateAsync<bool>("() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g); return Number(r) + Number(g) + Number(b) < 384; }"));
            await visit.TakePictureAsync($"viewer-{name}-{theme}");
        }
    }, new() { ColorScheme = scheme });

    [BrowserFact]
    public Task TwelvePanelsOverSixHoursAreMeasured() => VisitAsync("/d/twelve", async page =>
    {
        await page.GotoAsync("/d/twelve"); // A second time, as a user's browser has it: scripts are cached.
        await ViewerSite.ReadyAsync(page);
        Assert.Equal(12, await page.Locator("section.panel[data-state=done]").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("() => [...__viewer.panels.values()].every(p => p.series.length === 4 && p.uplot.data[0].length >= 1440)"));
        foreach (var id in Enumerable.Range(1, 12))
        {
            Assert.True(await ColouredPixelsAsync(page, id.ToString(System.Globalization.CultureInfo.InvariantCulture)) > 50, $"Panel {id} has no coloured pixels.");
        }

        // Each module is asked for at once: those that are missing in dashboard.html would come one after the other.
        Assert.Empty(await page.EvaluateAsync<string[]>("""
            () => {
              const listed = [...document.querySelectorAll('link[rel=modulepreload], script')].map(e => e.href || e.src);
              return performance.getEntriesByType('resource').map(e => e.name).filter(name => name.endsWith('.js') && !listed.includes(name));
            }
            """));
        var ready = await page.EvaluateAsync<double>("() => performance.getEntriesByName('viewer:ready')[0].startTime");
        var answered = await page.EvaluateAsync<double>("() => Math.max(...performance.getEntriesByType('resource').filter(e => e.name.includes('query_range')).map(e => e.responseEnd))");
        output.WriteLine($"12 panels × 4 series × {await page.EvaluateAsync<int>("() => __viewer.panels.get(1).uplot.data[0].length")} points: drawn {ready:0} ms after the page was asked for; the last answer came after {answered:0} ms.");
        await page.ScreenshotAsync(new() { Path = Path.Combine(ChromiumBrowser.PicturesDirectory, "viewer-twelve.png"), FullPage = true });
    });

    private Task VisitAsync(string path, Func<IPage, Task> visit, BrowserNewContextOptions? options = null, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        browser.VisitAsync(site.Address, async page =>
        {
            page.Expect(FaultyPanel);
            await ViewerSite.OpenAsync(page, path);
            await visit(page.Page);
        }, options, name);

    private static Task<int> RequestsAsync(IPage page) => page.EvaluateAsync<int>("async () => (await import('/public/prometheus.js')).statistics.requests");

    private static Task<string> ShownAsync(IPage page) =>
        page.EvaluateAsync<string>("() => __viewer.panels.get(1).uplot.series.filter(s => s.show).map(s => s.label).join()");

    // Asked again and again: an address that a script has set is not always told of.
    private static Task AtAsync(IPage page, string part) => Assertions.Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(part)));

    private static ILocator Panel(IPage page, string id) => page.Locator($"[data-panel-id='{id}']");

    private static Task<double[]> RangeAsync(IPage page) => page.EvaluateAsync<double[]>("() => [__viewer.page.range.from, __viewer.page.range.to]");

    // Axes and grid are grey: what has a colour is data.
    private static Task<int> ColouredPixelsAsync(IPage page, string panel) =>
        page.EvaluateAsync<int>(Pixels + "pixels => pixels.filter(([r, g, b, a]) => a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 60).length)", panel);

    private static Task<bool> HasColourAsync(IPage page, string panel, string colour) =>
        page.EvaluateAsync<bool>(Pixels + $"pixels => pixels.some(([r, g, b]) => (r << 16 | g << 8 | b) === 0x{colour}))", panel);
}
