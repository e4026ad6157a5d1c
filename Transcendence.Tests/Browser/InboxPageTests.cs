using Microsoft.Playwright;
using Transcendence.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Transcendence.Tests.Browser;

/// <summary>The inbox's page, as who is woken by an alert uses it.</summary>
public sealed class InboxPageTests(ChromiumBrowser browser, InboxSite site) : IClassFixture<ChromiumBrowser>, IClassFixture<InboxSite>, IAsyncLifetime
{
    /// <inheritdoc/>
    public Task InitializeAsync() => Chromium.Path is null ? Task.CompletedTask : site.CleanAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    [BrowserFact]
    public Task AnAlertIsAnnouncedAcknowledgedAndSilencedByTheKeyboardAndBecomesHistory() => browser.VisitAsync(site.Address, async page =>
    {
        page.Expect("status of 401");
        await LogInAsync(page.Page);
        await site.RaiseAsync("BackendDown");
        await SaysAsync(page.Page, "New alert, critical: BackendDown. The backend <b>is down</b> (BackendDown)");
        var alert = page.Page.Locator("#active-list > li").Filter(new() { HasText = "BackendDown" });
        await Expect(alert).ToContainTextAsync("service backend");
        await Expect(alert).ToContainTextAsync("slack at ");
        Assert.Equal(0, await page.Page.Locator("main b").CountAsync()); // What others write is text,
        Assert.Equal(["What to do BackendDown", "Dashboard BackendDown"], await alert.GetByRole(AriaRole.Link).AllTextContentsAsync()); // and a link that is none is not there.
        Assert.Matches("^/runbooks/BackendDown\\?alert=[0-9]+$", await alert.GetByRole(AriaRole.Link, new() { Name = "What to do" }).EvaluateAsync<string>("link => new URL(link.href).pathname + new URL(link.href).search"));

        // By the keyboard alone.
        await TabToAsync(page.Page, "Acknowledge… BackendDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Acknowledge BackendDown" })).ToBeVisibleAsync();
        await page.Page.Keyboard.TypeAsync("I look");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(alert).ToContainTextAsync(new Regex("Acknowledged by admin at .*: I look"));
        await FocusedAsync(page.Page, "Take back acknowledgement of BackendDown");
        await SaysAsync(page.Page, "BackendDown is acknowledged.");

        await TabToAsync(page.Page, "Silence… BackendDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Keyboard.PressAsync("Enter"); // Without a reason nothing is silenced.
        await Expect(page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Silence BackendDown" })).ToBeVisibleAsync();
        await page.Page.Keyboard.TypeAsync("It is known");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(alert).ToContainTextAsync(new Regex("Silenced until .* by admin: It is known"));
        await FocusedAsync(page.Page, "Silence… BackendDown");
        var silences = page.Page.Locator("#silences-list > li");
        await Expect(silences).ToContainTextAsync("Fires and is silenced: BackendDown");
        await TabToAsync(page.Page, new Regex("^End the silence of "));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(silences).ToHaveCountAsync(0);
        await FocusedAsync(page.Page, "Silences"); // Where it was is nothing any more.

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Expect(alert.Locator(".marked")).ToHaveCountAsync(0);

        await site.RaiseAsync("BackendDown", ends: true);
        await SaysAsync(page.Page, "BackendDown has ended.");
        await Expect(page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "BackendDown" })).ToContainTextAsync(new Regex("Resolved.* min .*inbox at .*slack at "));
        await Expect(alert).ToHaveCountAsync(0);
    });

    [BrowserFact]
    public Task AServiceIsSilencedBeforeItIsStoppedAndWhatIsTypedMeanwhileStays() => browser.VisitAsync(site.Address, async page =>
    {
        page.Expect("status of 401");
        await LogInAsync(page.Page);
        var reason = page.Page.Locator("#maintenance").GetByLabel("Reason");
        await reason.FillAsync("A new ver");
        await site.RaiseAsync("HighErrorRate", "warning");
        await SaysAsync(page.Page, "New alert, warning: HighErrorRate.");
        await page.Page.Keyboard.TypeAsync("sion");
        await Expect(reason).ToHaveValueAsync("A new version");
        Assert.Equal(["Choose…", "alerts", "backend", "Everything"], await page.Page.GetByLabel("What is stopped").Locator("option").AllTextContentsAsync());
        await page.Page.GetByLabel("What is stopped").SelectOptionAsync("backend");
        await page.Page.Locator("#maintenance").GetByLabel("For").SelectOptionAsync("2 hours");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Start maintenance" }).ClickAsync();
        var silence = page.Page.Locator("#silences-list > li");
        await Expect(silence).ToContainTextAsync(new Regex("service backend.*1 h 59 min.* left.*admin: A new version.*Fires and is silenced: HighErrorRate"));
        await Expect(page.Page.Locator("#active-list > li")).ToContainTextAsync(new Regex("Silenced until .* by admin: A new version"));
        await silence.GetByRole(AriaRole.Button, new() { Name = "End the silence of service backend" }).ClickAsync();
        await Expect(silence).ToHaveCountAsync(0);
        await SaysAsync(page.Page, "The silence of service backend or gateway has ended.");
        await site.RaiseAsync("HighErrorRate", "warning", ends: true);
        await SaysAsync(page.Page, "HighErrorRate has ended.");
    });

    [BrowserFact]
    public Task WhoIsNotLetInOrCutOffIsTold() => browser.VisitAsync(site.Address, async page =>
    {
        page.Expect("status of 401|ERR_FAILED");
        await page.Page.GotoAsync("/");
        await ViewerSite.LogInAsync(page.Page, "wrong");
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The user or the password is wrong.");
        await Expect(page.Page.GetByText("Ask whoever started it.")).ToBeVisibleAsync();
        await LogInAsync(page.Page);

        await page.Page.RouteAsync("**/api/**", route => route.AbortAsync());
        await Expect(page.Page.Locator("#problem")).ToContainTextAsync(new Regex("The inbox does not answer. What is shown is of .* It is asked again"));
        await page.Page.UnrouteAsync("**/api/**");
        await Expect(page.Page.Locator("#problem")).ToBeEmptyAsync();

        var other = await page.Page.Context.NewPageAsync();
        await other.GotoAsync("/");
        await other.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Expect(page.Page.Locator("#problem")).ToContainTextAsync("The session has ended.");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Log in again" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The session has ended. Log in again.");
    });

    [BrowserFact]
    public Task AllCanBeReadAndHasAName() => browser.VisitAsync(site.Address, async page =>
    {
        await LogInAsync(page.Page);
        await site.LiveAsync();
        await site.RaiseAsync("Seen");
        await site.RaiseAsync("SeenSlow", "warning");
        await site.RaiseAsync("SeenEnded", "info");
        await Expect(page.Page.Locator("#active-list > li")).ToHaveCountAsync(3);
        await site.RaiseAsync("SeenEnded", "info", ends: true);
        await Expect(page.Page.Locator("#active-list > li")).ToHaveCountAsync(2);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge… Seen", Exact = true }).ClickAsync();
        await page.Page.GetByLabel("Note").FillAsync("I look");
        await EachWayAsync("inbox-dialog", "dialog[open]");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge", Exact = true }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0); // Behind it nothing can be done.
        await page.Page.GetByLabel("What is stopped").SelectOptionAsync("backend");
        await page.Page.Locator("#maintenance").GetByLabel("Reason").FillAsync("A new version");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Start maintenance" }).ClickAsync();
        await Expect(page.Page.Locator("#silences-list > li")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator("#pipeline")).ToContainTextAsync("It works.");
        await page.Page.Keyboard.PressAsync("Tab");
        await EachWayAsync("inbox", "body");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "End the silence" }).ClickAsync();
        await site.RaiseAsync("Seen", ends: true);
        await site.RaiseAsync("SeenSlow", "warning", ends: true);
        await Expect(page.Page.Locator("#active-list > li")).ToHaveCountAsync(0);

        async Task EachWayAsync(string picture, string part)
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                foreach (var width in (int[])[1400, 320])
                {
                    await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                    await page.Page.SetViewportSizeAsync(width, 900);
                    var name = scheme.ToString().ToLowerInvariant();
                    await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", name);
                    await page.TakePictureAsync($"{picture}-{name}-{width}", fullPage: part == "body");
                    Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "Nothing is to be scrolled sideways.");
                    await ReadableAsync(page.Page, part);
                    await NamedAsync(page.Page);
                }
            }
        }
    });

    private static async Task LogInAsync(IPage page)
    {
        await page.GotoAsync("/");
        await ViewerSite.LogInAsync(page);
        await ViewerSite.ReadyAsync(page);
    }

    private static Task SaysAsync(IPage page, string text) => Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync(text);

    private static Task TabToAsync(IPage page, string name) => TabToAsync(page, new Regex($"^{Regex.Escape(name)}$"));

    private static async Task TabToAsync(IPage page, Regex name)
    {
        for (var i = 0; i < 100; i++)
        {
            if (name.IsMatch(await FocusedAsync(page)))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The keyboard does not reach {name}.");
    }

    private static Task FocusedAsync(IPage page, string name) => Eventually.TrueAsync(async () => await FocusedAsync(page) == name, $"'{name}' has the focus");

    private static Task<string> FocusedAsync(IPage page) => page.EvaluateAsync<string>("document.activeElement.textContent");

    /// <summary>What a screen reader says of each control has a name, as Chromium tells it.</summary>
    private static async Task NamedAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var tree = (await session.SendAsync("Accessibility.getFullAXTree"))!.Value;
        var controls = tree.GetProperty("nodes").EnumerateArray().Where(node => !node.GetProperty("ignored").GetBoolean())
            .Select(node => (Role: node.GetProperty("role").GetProperty("value").GetString(), Name: node.TryGetProperty("name", out var name) ? name.GetProperty("value").GetString() : ""))
            .Where(node => node.Role is "button" or "link" or "textbox" or "combobox" or "dialog" or "region" or "navigation" or "table").ToList();
        Assert.NotEmpty(controls);
        Assert.DoesNotContain(controls, control => string.IsNullOrWhiteSpace(control.Name));
        await session.DetachAsync();
    }

    /// <summary>Text has a contrast of 4.5 to 1 at least (WCAG 2.2, 1.4.3).</summary>
    private static async Task ReadableAsync(IPage page, string where) => Assert.Empty(await page.EvaluateAsync<string[]>(
        """
        where => {
          const parse = colour => colour.match(/[\d.]+/g).map(Number);
          const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = element => {
            for (let e = element; e; e = e.parentElement) {
              const colour = parse(getComputedStyle(e).backgroundColor);
              if (colour.length < 4 || colour[3] === 1) return colour;
            }
            return [255, 255, 255];
          };
          const texts = [...document.querySelector(where).querySelectorAll('*')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
          return texts.filter(e => {
            const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
            return (a + .05) / (b + .05) < 4.5;
          }).map(e => `${e.tagName} ${e.textContent}`);
        }
        """,
        where));
}
