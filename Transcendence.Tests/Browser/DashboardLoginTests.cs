using Microsoft.Playwright;
using Transcendence.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Transcendence.Tests.Browser;

/// <summary>Who gets in to the dashboard, with a browser.</summary>
public sealed class DashboardLoginTests(ChromiumBrowser browser) : IClassFixture<ChromiumBrowser>
{
    [BrowserFact]
    public async Task The_printed_link_opens_it_and_log_out_closes_it()
    {
        await using var site = await StartAsync();
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await page.GotoAsync(site.LoginPath);
            await Expect(page).ToHaveURLAsync(site.Address.ToString());
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "worker", Exact = true })).ToBeVisibleAsync();

            await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("You are logged out.");

            await page.GotoAsync("/graph");
            await Expect(page.GetByLabel("Token")).ToBeFocusedAsync();
        });
    }

    [BrowserFact]
    public async Task The_form_refuses_a_wrong_token_and_leads_with_the_right_one_to_where_one_wanted_to_go()
    {
        await using var site = await StartAsync();
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            visit.Expect("status of 401");
            await page.GotoAsync("/logs/worker?x=1&y=2");
            Assert.Equal("/login", new Uri(page.Url).AbsolutePath);

            await page.GetByLabel("Token").FillAsync("wrong");
            var answer = await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("Enter"), r => r.Request.Method == "POST");
            Assert.Equal(401, answer.Status);
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the token of this run");

            await page.GetByLabel("Token").FillAsync(DashboardSite.Token);
            await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
            await Expect(page).ToHaveURLAsync(new Uri(site.Address, "/logs/worker?x=1&y=2").ToString());
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Console logs" })).ToBeVisibleAsync();
        });
    }

    [BrowserFact]
    public async Task The_form_needs_no_script_and_takes_the_whole_link_too()
    {
        await using var site = await StartAsync();
        await browser.VisitAsync(
            site.Address,
            async visit =>
            {
                var page = visit.Page;
                await page.GotoAsync("/");
                await page.GetByLabel("Token").FillAsync(new Uri(site.Address, site.LoginPath).AbsoluteUri);
                await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
                await Expect(page).ToHaveURLAsync(site.Address.ToString());
                Assert.Equal(200, (await page.GotoAsync("/api/resources"))!.Status);
            },
            new() { JavaScriptEnabled = false });
    }

    [BrowserTheory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("http://evil.example/")]
    public async Task A_login_leads_to_no_other_site(string elsewhere)
    {
        await using var site = await StartAsync();
        await browser.VisitAsync(site.Address, async visit =>
        {
            await visit.Page.GotoAsync($"/login?returnUrl={Uri.EscapeDataString(elsewhere)}");
            await visit.Page.GetByLabel("Token").FillAsync(DashboardSite.Token);
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Page).ToHaveURLAsync(site.Address.ToString());
        });
    }

    [BrowserFact]
    public async Task Under_a_foreign_name_nothing_is_answered()
    {
        await using var site = await StartAsync();
        var rebound = new UriBuilder(site.Address) { Host = ChromiumBrowser.ForeignHost }.Uri;
        await browser.VisitAsync(rebound, async visit =>
        {
            visit.Expect("status of 400|Cross-Origin-Opener-Policy header has been ignored");
            var answer = await visit.Page.GotoAsync(site.LoginPath);
            Assert.Equal(400, answer!.Status);
            Assert.Empty(await visit.Page.Context.CookiesAsync());
        });
    }

    [BrowserFact]
    public async Task A_page_of_another_site_cannot_give_commands()
    {
        await using var site = await StartAsync();
        await site.App.ResourceNotifications.WaitForResourceHealthyAsync("worker").WaitAsync(TimeSpan.FromSeconds(60));
        var other = new Uri("http://localhost:1/");
        await browser.VisitAsync(other, async visit =>
        {
            visit.Expect("another host|status of 403");
            var page = visit.Page;
            await page.GotoAsync(new Uri(site.Address, site.LoginPath).ToString()); // The browser has a session there.
            var command = new Uri(site.Address, "/api/resources/worker/commands/stop").ToString();
            await page.RouteAsync("http://localhost:1/**", route => route.FulfillAsync(new() { ContentType = "text/html", Body = $"<form method='post' action='{command}'><button>Win</button></form>" }));

            await page.GotoAsync(other.ToString());
            var form = await page.RunAndWaitForResponseAsync(() => page.GetByRole(AriaRole.Button).ClickAsync(), r => r.Url == command);
            Assert.Equal(403, form.Status);
        });
        Assert.Equal(KnownResourceStates.Running, await site.StateAsync("worker"));
    }

    [BrowserFact]
    public async Task A_stop_of_the_application_is_told_and_after_a_new_start_the_new_token_is_asked_for()
    {
        var port = FreePort.Next();
        await using var first = await DashboardSite.StartAsync(Model, port: port);
        await browser.VisitAsync(first.Address, async visit =>
        {
            var page = visit.Page;
            visit.Expect("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|status of 401");
            await first.OpenAsync(page, "/resources/worker");
            await Expect(page.GetByRole(AriaRole.Complementary)).ToBeVisibleAsync();

            await first.StopAsync();
            await Expect(page.Locator("#banner")).ToContainTextAsync("Connection lost");

            await using var second = await DashboardSite.StartAsync(Model, "another token", port);
            await Expect(page.GetByLabel("Token")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("new token");
            await page.GetByLabel("Token").FillAsync("another token");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page).ToHaveURLAsync(new Uri(first.Address, "/resources/worker").ToString());
            await Expect(page.Locator("#banner")).ToBeHiddenAsync();
        });
    }

    private static Task<DashboardSite> StartAsync() => DashboardSite.StartAsync(Model);

    private static void Model(IDistributedApplicationTestingBuilder builder) => DashboardSite.AddShell(builder, "worker", "exec sleep 1000");
}
