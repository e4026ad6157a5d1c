using Microsoft.Playwright;
using Transcendence.Hosting.Dashboard;
using static Microsoft.Playwright.Assertions;

namespace Transcendence.Tests.Browser;

/// <summary>The dashboard's alerts, with a browser.</summary>
public sealed class DashboardAlertsTests(ChromiumBrowser browser) : IClassFixture<ChromiumBrowser>
{
    private readonly FakeAlerts _alerts = new();

    [BrowserFact]
    public async Task What_fires_comes_live_and_becomes_history()
    {
        await using var site = await StartAsync();
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/alerts");
            await Expect(page.GetByText("No alert fires.")).ToBeVisibleAsync();
            await Expect(page.GetByText("No alert has ended yet.")).ToBeVisibleAsync();
            await Expect(page.Locator("#alert-count")).ToBeHiddenAsync();

            _alerts.Firing["slow"] = FakeAlerts.Alert("HighLatency", "warning", DateTimeOffset.UtcNow.AddMinutes(-1));
            _alerts.Firing["down"] = FakeAlerts.Alert("BackendDown", "critical", DateTimeOffset.UtcNow.AddMinutes(-5));
            var cards = page.GetByRole(AriaRole.Article);
            await Expect(cards).ToHaveCountAsync(2);
            await Expect(cards.First).ToContainTextAsync("BackendDown"); // The worst first.
            await Expect(cards.First).ToContainTextAsync("critical");
            await Expect(cards.First).ToContainTextAsync("for 5 min");
            await Expect(cards.First).ToContainTextAsync("BackendDown is <b>bad</b>");
            await Expect(cards.First).ToContainTextAsync("jobbackend");
            await Expect(cards.First.GetByRole(AriaRole.Link, new() { Name = "Rule" })).ToHaveAttributeAsync("href", "http://localhost:1/rule");
            await Expect(cards.First.GetByRole(AriaRole.Link, new() { Name = "Runbook" })).ToHaveAttributeAsync("href", "http://localhost:1/runbook");
            await Expect(page.Locator("#alert-count")).ToHaveTextAsync("2 2 firing");
            await Expect(page.Locator("[data-sign=alerts]")).ToHaveTextAsync("2alerts firing");

            Assert.True(_alerts.Firing.TryRemove("down", out _));
            _alerts.History.Enqueue(FakeAlerts.Alert("BackendDown", "critical", DateTimeOffset.UtcNow.AddMinutes(-5), TimeSpan.FromSeconds(90)));
            await Expect(cards).ToHaveCountAsync(1);
            var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "BackendDown" });
            await Expect(row).ToContainTextAsync("resolved");
            await Expect(row).ToContainTextAsync("1 min 30 s");
        });
    }

    [BrowserFact]
    public async Task The_history_has_pages()
    {
        for (var i = 1; i <= 45; i++)
        {
            _alerts.History.Enqueue(FakeAlerts.Alert($"Alert{i:00}", "warning", DateTimeOffset.UtcNow.AddHours(-i), TimeSpan.FromMinutes(1)));
        }

        await using var site = await StartAsync();
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/alerts");
            var rows = page.Locator("tbody tr");
            var older = page.GetByRole(AriaRole.Button, new() { Name = "Older" });
            await Expect(rows).ToHaveCountAsync(20);
            await Expect(rows.First).ToContainTextAsync("Alert01");
            await older.ClickAsync();
            await Expect(page.GetByText("Page 2 of 3, 45 alerts")).ToBeVisibleAsync();
            await older.ClickAsync();
            await Expect(rows).ToHaveCountAsync(5);
            await Expect(rows.Last).ToContainTextAsync("Alert45");
            await Expect(older).ToBeDisabledAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Newer" }).ClickAsync();
            await Expect(rows.First).ToContainTextAsync("Alert21");
        });
    }

    [BrowserFact]
    public async Task An_inbox_that_does_not_answer_is_named_and_the_rest_goes_on()
    {
        _alerts.Fault = "Connection refused";
        await using var site = await StartAsync();
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            visit.Expect("status of 503");
            await site.OpenAsync(page, "/alerts");
            await Expect(page.GetByText("'inbox' does not tell its alerts: Connection refused")).ToHaveCountAsync(2);
            await Expect(page.Locator("[data-sign=alerts]")).ToHaveTextAsync("?alerts firing");
            await page.Keyboard.PressAsync("r");
            await Expect(page.Locator("tr[data-resource=inbox]")).ToContainTextAsync("Running");
            await page.Keyboard.PressAsync("a");

            _alerts.Firing["down"] = FakeAlerts.Alert("BackendDown", "critical", DateTimeOffset.UtcNow, generatorUrl: "javascript:alert(1)");
            _alerts.Fault = null;
            await Expect(page.GetByRole(AriaRole.Article)).ToContainTextAsync("BackendDown");
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Rule" })).ToHaveCountAsync(0); // No address of the web.
            await Expect(page.GetByText("Connection refused")).ToHaveCountAsync(0);
        });
    }

    [BrowserFact]
    public async Task Without_an_inbox_there_is_no_such_view()
    {
        await using var site = await DashboardSite.StartAsync(builder => DashboardSite.AddShell(builder, "worker", "exec sleep 1000"));
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/");
            await Expect(page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link)).ToHaveTextAsync(["Resources", "Console", "Graph"]);
            await Expect(page.Locator("[data-sign=alerts]")).ToHaveCountAsync(0);
        });
    }

    private Task<DashboardSite> StartAsync() => DashboardSite.StartAsync(builder =>
        DashboardSite.AddShell(builder, "inbox", "exec sleep 1000").WithAnnotation(new AlertSourceAnnotation(_alerts.GetAsync)));
}
