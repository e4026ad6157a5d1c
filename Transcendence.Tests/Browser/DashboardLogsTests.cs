using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Transcendence.Tests.Browser;

/// <summary>The dashboard's log lines, with a browser.</summary>
public sealed class DashboardLogsTests(ChromiumBrowser browser, Xunit.Abstractions.ITestOutputHelper output) : IClassFixture<ChromiumBrowser>
{
    [BrowserFact]
    public async Task Lines_of_a_real_process_come_live_with_their_level()
    {
        await using var site = await DashboardSite.StartAsync(builder => DashboardSite.AddShell(builder, "talker", """
            echo 'info: My.Category[0]'; echo '      all is well'; echo 'fail: My.Category[1]'; echo '      all is lost'; echo 'plain'; sleep 0.1
            echo 'ts=1 level=warn msg="half"' >&2; echo 'no level' >&2; printf 'crit: \033[31mred\033[0m[2]\n'; read line; echo "got it"; exec sleep 1000
            """));
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/logs/talker");
            await Expect(Line(page, "all is well")).ToHaveClassAsync("line Information");
            await Expect(Line(page, "all is lost")).ToHaveClassAsync("line Error");
            await Expect(Line(page, "plain")).ToHaveClassAsync("line Information");
            await Expect(Line(page, "half")).ToHaveClassAsync("line Warning");
            await Expect(Line(page, "no level")).ToHaveClassAsync("line Error");
            await Expect(Line(page, "red")).ToHaveClassAsync("line Critical");
            await Expect(page.Locator(".ansi-1")).ToHaveTextAsync("red");
            await Expect(Line(page, "red").Locator(".text")).ToHaveTextAsync("crit: red[2]");

            site.Write("talker", "written <b>while</b> one looks");
            await Expect(Line(page, "written <b>while</b> one looks")).ToBeInViewportAsync();

            await page.GetByLabel("Level").SelectOptionAsync("Warning and above");
            await Expect(Line(page, "all is well")).ToHaveCountAsync(0);
            await Expect(Line(page, "all is lost")).ToBeVisibleAsync();
            await page.GetByLabel("Level").SelectOptionAsync("Critical");
            await Expect(page.Locator(".line")).ToHaveCountAsync(1);
            site.Write("talker", "crit: another[0]");
            await Expect(page.Locator(".line")).ToHaveCountAsync(2);
            await page.GetByLabel("Level").SelectOptionAsync("All levels");

            await page.GetByRole(AriaRole.Button, new() { Name = "Clear the view" }).ClickAsync();
            await Expect(page.Locator(".line")).ToHaveCountAsync(0);
            site.Write("talker", "after the clearing");
            await Expect(page.Locator(".line")).ToHaveCountAsync(1);
        });
    }

    [BrowserFact]
    public async Task Matches_are_counted_marked_and_stepped_through()
    {
        await using var site = await DashboardSite.StartAsync(Model(1));
        Fill(site, 1, 3000);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/logs/service-00");
            await Expect(Line(page, "line 3000 ")).ToBeInViewportAsync();

            await page.Keyboard.PressAsync("/");
            await page.Keyboard.TypeAsync("LINE 15");
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("111 lines");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("1 of 111 lines");
            await Expect(page.Locator(".line.current")).ToContainTextAsync("line 15 ");
            await Expect(page.Locator(".line.current mark")).ToHaveTextAsync("line 15");
            await Expect(page.Locator(".line.current")).ToBeInViewportAsync();
            await page.Keyboard.PressAsync("Shift+Enter");
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("111 of 111 lines");
            await Expect(page.Locator(".line.current")).ToContainTextAsync("line 1599 ");
            await Expect(page.Locator(".line.current")).ToBeInViewportAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Next match" }).ClickAsync();
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("1 of 111 lines");

            site.Write("service-00", "line 15 once more");
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("1 of 112 lines");
            await page.GetByLabel("Search in the lines").FillAsync("a(b"); // No pattern, just text.
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("0 lines");
        });
    }

    [BrowserFact]
    public async Task It_stays_at_the_newest_line_until_one_scrolls_away()
    {
        await using var site = await DashboardSite.StartAsync(Model(1));
        Fill(site, 1, 500);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/logs/service-00");
            await Expect(Line(page, "line 500 ")).ToBeInViewportAsync();
            site.Write("service-00", "the newest");
            await Expect(Line(page, "the newest")).ToBeInViewportAsync();

            await page.GetByRole(AriaRole.Log).HoverAsync();
            await page.Mouse.WheelAsync(0, -3000);
            var jump = page.GetByRole(AriaRole.Button, new() { Name = "Jump to the newest" });
            await Expect(jump).ToBeVisibleAsync();
            var first = await FirstInSight(page);
            site.Write("service-00", "unseen 1");
            site.Write("service-00", "unseen 2");
            await Expect(jump).ToHaveTextAsync("Jump to the newest (2 more)");
            Assert.Equal(first, await FirstInSight(page));

            await jump.ClickAsync();
            await Expect(Line(page, "unseen 2")).ToBeInViewportAsync();
            await Expect(jump).ToBeHiddenAsync();
        });
    }

    [BrowserFact]
    public async Task While_it_is_not_seen_it_asks_nothing_and_afterwards_it_misses_and_repeats_nothing()
    {
        await using var site = await DashboardSite.StartAsync(Model(2));
        Fill(site, 2, 5);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/logs");
            await Expect(page.Locator(".line")).ToHaveCountAsync(10);

            var closed = new TaskCompletionSource<IRequest>();
            page.RequestFailed += (_, request) => closed.TrySetResult(request);
            await Hide(page, true);
            Assert.Contains("/api/events", (await closed.Task.WaitAsync(TimeSpan.FromSeconds(30))).Url, StringComparison.Ordinal);
            site.Write("service-01", "unseen");
            site.Write("service-00", "unseen too");
            await Expect(page.Locator(".line")).ToHaveCountAsync(10);

            var reopened = page.WaitForRequestAsync(request => request.Url.Contains("/api/events", StringComparison.Ordinal));
            await Hide(page, false);
            Assert.Contains("after=service-0", (await reopened).Url, StringComparison.Ordinal);
            await Expect(page.Locator(".line .text")).ToHaveCountAsync(12);
            Assert.Equal(["unseen", "unseen too"], (await InSight(page))[^2..]);
        });

        static Task Hide(IPage page, bool isHidden) => page.EvaluateAsync(
            "isHidden => { Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", isHidden);
    }

    [BrowserFact]
    public async Task Long_lines_wrap_when_asked_and_none_covers_another()
    {
        await using var site = await DashboardSite.StartAsync(Model(1));
        for (var i = 1; i <= 300; i++)
        {
            site.Write("service-00", string.Create(CultureInfo.InvariantCulture, $"number {i} {new string(i % 3 == 0 ? '漢' : 'x', i % 7 * 60)} end {i}"));
        }

        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/logs/service-00");
            await Expect(Line(page, "number 300 ")).ToBeVisibleAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Wrap long lines" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Log)).ToHaveClassAsync("log wrap");
            await Expect(Line(page, "end 300")).ToBeInViewportAsync();
            Assert.True(await page.EvaluateAsync<bool>("(() => { const log = document.querySelector('.log'); return log.scrollWidth <= log.clientWidth; })()"));

            for (var at = 0.0; at <= 1; at += 0.25)
            {
                await page.EvaluateAsync("at => { const log = document.querySelector('.log'); log.scrollTop = at * log.scrollHeight; }", at);
                await page.WaitForFunctionAsync("""
                    () => {
                      const lines = [...document.querySelectorAll('.line')].map(line => line.getBoundingClientRect()).sort((a, b) => a.top - b.top);
                      const log = document.querySelector('.log').getBoundingClientRect();
                      return lines.length > 3 && lines[0].top <= log.top + 2 && lines.at(-1).bottom >= log.bottom - 2
                        && lines.every((line, i) => i === 0 || Math.abs(line.top - lines[i - 1].bottom) < 1);
                    }
                    """);
            }
        });
    }

    [BrowserFact]
    public async Task What_is_shown_can_be_saved()
    {
        await using var site = await DashboardSite.StartAsync(Model(2));
        site.Write("service-00", "info: one[0]");
        site.Write("service-01", "fail: two[0]");
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/logs");
            await Expect(page.Locator(".line")).ToHaveCountAsync(2);
            var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync());
            var lines = await File.ReadAllLinesAsync(await download.PathAsync());
            Assert.StartsWith("all-", download.SuggestedFilename, StringComparison.Ordinal);
            Assert.Equal(["service-00 info info: one[0]", "service-01 fail fail: two[0]"], lines.Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        });
    }

    [BrowserFact]
    public async Task Twenty_resources_with_ten_thousand_lines_each_are_scrolled_through()
    {
        const int Resources = 20;
        const int Lines = 10_000;
        await using var site = await DashboardSite.StartAsync(Model(Resources));
        Fill(site, Resources, Lines);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await page.AddInitScriptAsync("""
                window.__frames = { longest: 0, count: 0, tasks: [], reset() { this.longest = 0; this.count = 0; this.tasks = []; } };
                let last;
                const frame = now => { if (last !== undefined) { __frames.longest = Math.max(__frames.longest, now - last); __frames.count++; } last = now; requestAnimationFrame(frame); };
                requestAnimationFrame(frame);
                new PerformanceObserver(list => __frames.tasks.push(...list.getEntries().map(entry => entry.duration))).observe({ entryTypes: ['longtask'] });
                """);
            await site.OpenAsync(page, "/");
            await page.EvaluateAsync("__frames.reset()");
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await page.Keyboard.PressAsync("c");
            await page.WaitForFunctionAsync("count => window.__logs?.lines() === count", Resources * Lines);
            output.WriteLine($"{Resources * Lines} lines are there after {clock.ElapsedMilliseconds} ms. {await Frames(page)}");
            await Expect(Line(page, "line 10000 of service-19")).ToBeInViewportAsync();

            // In the order of their times: as they were written, one of each in turn.
            await page.EvaluateAsync("document.querySelector('.log').scrollTop = 0");
            await Expect(Line(page, "line 1 of service-00")).ToBeInViewportAsync();
            var inSight = await InSight(page);
            Assert.Equal(Enumerable.Range(0, inSight.Length).Select(i => Text((i / Resources) + 1, i % Resources)), inSight);

            // As with a wheel, a page a frame.
            await page.EvaluateAsync("__frames.reset()");
            await page.EvaluateAsync("""
                () => new Promise(resolve => {
                  const log = document.querySelector('.log');
                  window.__most = 0;
                  let frames = 0;
                  const step = () => {
                    window.__most = Math.max(window.__most, document.querySelectorAll('.line').length);
                    log.scrollTop += ++frames <= 200 ? log.clientHeight * 0.8 : log.scrollHeight / 300;
                    if (log.scrollTop + log.clientHeight >= log.scrollHeight - 1) {
                      resolve();
                    } else {
                      requestAnimationFrame(step);
                    }
                  };
                  step();
                })
                """);
            output.WriteLine($"Scrolled through all. {await Frames(page)}");
            Assert.InRange(await page.EvaluateAsync<int>("window.__most"), 10, 120); // Elements, whatever the number of lines.
            await Expect(Line(page, "line 10000 of service-19")).ToBeInViewportAsync();

            await page.EvaluateAsync("() => { const log = document.querySelector('.log'); log.scrollTop = 20 * 20 * 4999; }");
            await Expect(Line(page, "line 5000 of service-00")).ToBeInViewportAsync();
            Assert.Equal(Text(5000, 0), (await InSight(page))[0]);

            await page.EvaluateAsync("__frames.reset()");
            await page.GetByLabel("Search in the lines").FillAsync("line 7777 of");
            await Expect(page.Locator("#search-count")).ToHaveTextAsync("20 lines");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".line.current")).ToContainTextAsync(Text(7777, 0));
            await page.GetByLabel("Search in the lines").FillAsync("");
            output.WriteLine($"Searched all. {await Frames(page)}");

            await page.EvaluateAsync("__frames.reset()");
            await page.GetByLabel("Level").SelectOptionAsync("Error and above");
            await page.WaitForFunctionAsync("count => window.__logs.shown() === count", Resources * Lines / 10);
            await page.GetByRole(AriaRole.Button, new() { Name = "Wrap long lines" }).ClickAsync();
            await page.GetByLabel("Level").SelectOptionAsync("All levels");
            await page.WaitForFunctionAsync("count => window.__logs.shown() === count", Resources * Lines);
            output.WriteLine($"Filtered, wrapped and back. {await Frames(page)}");

            // More than is held: the oldest go, and never more than a tenth too many are kept.
            await page.EvaluateAsync("document.querySelector('.jump').click()");
            await page.EvaluateAsync("__frames.reset()");
            Fill(site, Resources, 1500);
            await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.line')].some(line => line.textContent.includes('line 1500 of service-19'))", null, new() { Timeout = 60_000 });
            Assert.InRange(await page.EvaluateAsync<int>("window.__logs.lines()"), Resources * Lines, Resources * Lines * 11 / 10);
            output.WriteLine($"{Resources * 1500} lines more, as fast as they can be written. {await Frames(page)}");
        });
    }

    private static Action<IDistributedApplicationTestingBuilder> Model(int resources) => builder =>
    {
        for (var i = 0; i < resources; i++)
        {
            builder.AddContainer(Name(i), "none", "1").WithExplicitStart();
        }
    };

    private static string Name(int resource) => string.Create(CultureInfo.InvariantCulture, $"service-{resource:00}");

    private static string Text(int number, int resource) => string.Create(CultureInfo.InvariantCulture, $"line {number} of {Name(resource)}");

    /// <summary>Writes lines in turn; each tenth is an error.</summary>
    private static void Fill(DashboardSite site, int resources, int lines)
    {
        for (var line = 1; line <= lines; line++)
        {
            for (var resource = 0; resource < resources; resource++)
            {
                site.Write(Name(resource), $"{Text(line, resource)}: GET /api/matches?player={line * 7919} answered 200 in 12.5 ms", isError: line % 10 == 0);
            }
        }
    }

    private static ILocator Line(IPage page, string text) => page.Locator(".line").Filter(new() { HasText = text });

    private static async Task<string> FirstInSight(IPage page) => (await page.EvaluateAsync<string>(
        "(() => { const log = document.querySelector('.log').getBoundingClientRect(); return [...document.querySelectorAll('.line')].filter(l => l.getBoundingClientRect().top >= log.top).sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0].textContent; })()"));

    /// <summary>The lines in sight from top to bottom, up to the colon.</summary>
    private static Task<string[]> InSight(IPage page) => page.EvaluateAsync<string[]>("""
        () => {
          const log = document.querySelector('.log').getBoundingClientRect();
          return [...document.querySelectorAll('.line')].map(line => ({ line, at: line.getBoundingClientRect() }))
            .filter(({ at }) => at.top >= log.top && at.bottom <= log.bottom).sort((a, b) => a.at.top - b.at.top)
            .map(({ line }) => line.querySelector('.text').textContent.split(':')[0]);
        }
        """);

    private static async Task<string> Frames(IPage page)
    {
        var frames = await page.EvaluateAsync<JsonElement>("({ longest: __frames.longest, count: __frames.count, tasks: __frames.tasks })");
        var tasks = frames.GetProperty("tasks").EnumerateArray().Select(task => task.GetDouble()).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{frames.GetProperty("count").GetInt32()} frames, the longest {frames.GetProperty("longest").GetDouble():0} ms; {tasks.Count} tasks above 50 ms{(tasks.Count > 0 ? $", the longest {tasks.Max():0} ms" : "")}.");
    }
}
