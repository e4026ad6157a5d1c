using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Playwright;
using Transcendence.Hosting.Dashboard;
using static Microsoft.Playwright.Assertions;

namespace Transcendence.Tests.Browser;

/// <summary>The dashboard's resources, their details and commands, with a browser and real processes.</summary>
public sealed partial class DashboardResourcesTests(ChromiumBrowser browser) : IClassFixture<ChromiumBrowser>
{
    [BrowserFact]
    public async Task All_resources_are_shown_with_their_state()
    {
        await using var site = await DashboardSite.StartAsync(Model);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/");
            await Expect(page.GetByRole(AriaRole.Rowheader).Or(page.Locator("tr[data-resource] .name a"))).ToHaveTextAsync(["database", "password", "worker", "broken", "later"]);

            await Expect(Row(page, "worker")).ToContainTextAsync("Running");
            await Expect(Row(page, "worker")).ToContainTextAsync("Healthy");
            await Expect(Row(page, "database")).ToContainTextAsync("Unhealthy");
            await Expect(Row(page, "broken")).ToContainTextAsync("Exited (exit code 3)");
            await Expect(Row(page, "later")).ToContainTextAsync("Not started");
            await Expect(Row(page, "password").Locator(".depth-1")).ToBeVisibleAsync(); // Below its parent.

            var link = Row(page, "worker").GetByRole(AriaRole.Link, new() { Name = "The page" });
            await Expect(link).ToHaveAttributeAsync("href", "http://localhost:1/page");
            await Expect(link).ToHaveAttributeAsync("target", "_blank");
            await Expect(link).ToHaveAttributeAsync("rel", WithNoOpener());
            await Expect(page.Locator("[data-sign=running]")).ToHaveTextAsync("2/4running");
            await Expect(page.Locator("[data-sign=unhealthy]")).ToHaveTextAsync("2unhealthy");
        });
    }

    [BrowserFact]
    public async Task The_table_is_filtered_by_text_type_and_state()
    {
        await using var site = await DashboardSite.StartAsync(Model);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/");
            var names = page.Locator("tr[data-resource] .name a");
            await Expect(Row(page, "broken")).ToContainTextAsync("Exited");

            await page.GetByLabel("Filter by name").FillAsync("LATER");
            await Expect(names).ToHaveTextAsync(["later"]);
            await page.GetByLabel("Filter by name").FillAsync("nothing has this name");
            await Expect(page.GetByText("No resource matches the filter.")).ToBeVisibleAsync();
            await page.GetByLabel("Filter by name").FillAsync("");
            await page.GetByLabel("Type", new() { Exact = true }).SelectOptionAsync("Parameter");
            await Expect(names).ToHaveTextAsync(["password"]);
            await page.GetByLabel("Type", new() { Exact = true }).SelectOptionAsync("");
            await page.GetByLabel("State", new() { Exact = true }).SelectOptionAsync("Exited (exit code 3)");
            await Expect(names).ToHaveTextAsync(["broken"]);
        });
    }

    [BrowserFact]
    public async Task A_real_process_is_stopped_and_started_from_the_page()
    {
        await using var site = await DashboardSite.StartAsync(Model);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/resources/worker");
            var pid = int.Parse(await page.Locator("aside dt:text-is('Process id') + dd code").InnerTextAsync(), null);
            using var process = System.Diagnostics.Process.GetProcessById(pid);

            await Row(page, "worker").GetByRole(AriaRole.Button, new() { Name = "Stop: worker" }).ClickAsync();
            await Expect(Row(page, "worker")).ToContainTextAsync("Exited");
            await Expect(page.GetByText("worker: “Stop” is done.")).ToBeVisibleAsync();
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));
            await Expect(page.Locator("aside dt:text-is('Stopped')")).ToBeVisibleAsync();

            await page.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Button, new() { Name = "Start: worker", Exact = true }).ClickAsync();
            await Expect(Row(page, "worker")).ToContainTextAsync("Running");
            await Expect(page.Locator("aside dt:text-is('Process id') + dd code")).Not.ToHaveTextAsync(pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
    }

    [BrowserFact]
    public async Task A_command_asks_first_shows_that_it_runs_and_why_it_fails()
    {
        var asked = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await DashboardSite.StartAsync(builder => DashboardSite.AddShell(builder, "worker", "exec sleep 1000")
            .WithCommand(
                "reset",
                "Reset",
                async _ =>
                {
                    Interlocked.Increment(ref asked);
                    await gate.Task;
                    return CommandResults.Failure("It is Monday.");
                },
                new CommandOptions { ConfirmationMessage = "Really all of it?", IsHighlighted = true })
            .WithCommand("never", "Never", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { UpdateState = _ => ResourceCommandState.Disabled })
            .WithCommand("hidden", "Hidden", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { UpdateState = _ => ResourceCommandState.Hidden }));
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            visit.Expect("status of 422");
            await site.OpenAsync(page, "/");
            var button = Row(page, "worker").Locator("button[data-command=reset]");
            var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Reset: worker" });

            await button.ClickAsync();
            await Expect(dialog).ToContainTextAsync("Really all of it?");
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
            await Expect(dialog).ToBeHiddenAsync();
            Assert.Equal(0, asked);

            await button.ClickAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
            await Expect(button).ToHaveAttributeAsync("aria-busy", "true");
            gate.SetResult();
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("It is Monday.");
            await Expect(button).Not.ToHaveAttributeAsync("aria-busy", "true");
            Assert.Equal(1, asked);

            await Row(page, "worker").GetByRole(AriaRole.Button, new() { Name = "More actions: worker" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Never" })).ToBeDisabledAsync();
            await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Hidden" })).ToHaveCountAsync(0);
        });
    }

    [BrowserFact]
    public async Task The_details_tell_all_and_secrets_only_when_asked_one_at_a_time()
    {
        await using var site = await DashboardSite.StartAsync(Model);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/resources/worker");
            var details = page.GetByRole(AriaRole.Complementary);
            await Expect(details.Locator("[data-secret]")).ToHaveCountAsync(2);
            Assert.DoesNotContain("hunter2", await page.ContentAsync(), StringComparison.Ordinal);

            await details.GetByRole(AriaRole.Button, new() { Name = "Show the value of PASSWORD" }).ClickAsync();
            await Expect(details.Locator("[data-secret=shown]")).ToHaveTextAsync("hunter2");
            await details.GetByRole(AriaRole.Button, new() { Name = "Show the value of ADDRESS" }).ClickAsync();
            await Expect(details.Locator("[data-secret=shown]")).ToHaveTextAsync("sql://me:hunter2@localhost");
            await Expect(details.Locator("[data-secret=masked]")).ToHaveCountAsync(1);
            await details.GetByRole(AriaRole.Button, new() { Name = "Show the value of ADDRESS" }).ClickAsync();
            await Expect(details.Locator("[data-secret=masked]")).ToHaveCountAsync(2);
            Assert.DoesNotContain("hunter2", await page.ContentAsync(), StringComparison.Ordinal);

            await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
            await details.GetByRole(AriaRole.Button, new() { Name = "Copy PASSWORD" }).ClickAsync();
            await Expect(page.GetByText("Copied.")).ToBeVisibleAsync();
            Assert.Equal("hunter2", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

            await Expect(details).ToContainTextAsync("/data");
            await Expect(details.Locator("dt:text-is('Waits for') + dd")).ToHaveTextAsync("later");
            await Expect(details.Locator("dt:text-is('References') + dd")).ToHaveTextAsync("database");
            await details.GetByRole(AriaRole.Link, new() { Name = "database" }).ClickAsync();
            await Expect(page).ToHaveURLAsync(new Uri(site.Address, "/resources/database").ToString());
            await Expect(details.Locator("dt:text-is('Referenced by') + dd")).ToHaveTextAsync("worker");
            await Expect(details).ToContainTextAsync("The disk is full.");
            await Expect(details).ToContainTextAsync("No space left on device");
        });
    }

    [BrowserFact]
    public async Task It_can_be_used_by_keyboard_alone()
    {
        await using var site = await DashboardSite.StartAsync(Model);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/");
            await Expect(Row(page, "worker")).ToContainTextAsync("Running");

            await page.Keyboard.PressAsync("Tab");
            await Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Enter");
            await page.Keyboard.PressAsync("/");
            await Expect(page.GetByLabel("Filter by name")).ToBeFocusedAsync();

            await TabTo(page, "Stop: worker");
            await page.Keyboard.PressAsync("Enter");
            await Expect(Row(page, "worker")).ToContainTextAsync("Exited");
            await TabTo(page, "More actions: worker");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Details" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.GetByRole(AriaRole.Menu)).ToHaveCountAsync(0);
            Assert.Equal("More actions: worker", await Focused(page));
            await page.Keyboard.PressAsync("Enter");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Heading, new() { Name = "worker" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.GetByRole(AriaRole.Complementary)).ToBeHiddenAsync();
            Assert.Equal("worker", await Focused(page));

            await page.Keyboard.PressAsync("?");
            await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" })).ToBeVisibleAsync();
            await page.Keyboard.PressAsync("Escape");
            await page.Keyboard.PressAsync("g");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Graph" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("c");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Console logs" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("a");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Alerts" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("r");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Resources" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("t");
            await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        });
    }

    [BrowserTheory]
    [InlineData("/")]
    [InlineData("/resources/worker")]
    [InlineData("/logs")]
    [InlineData("/logs/worker")]
    [InlineData("/alerts")]
    [InlineData("/graph")]
    public async Task At_a_phones_width_the_page_is_never_scrolled_sideways(string path)
    {
        await using var site = await DashboardSite.StartAsync(Model);
        site.Write("worker", new string('x', 1000));
        await browser.VisitAsync(
            site.Address,
            async visit =>
            {
                var page = visit.Page;
                await site.OpenAsync(page, path);
                await Expect(page.Locator("[data-sign=running]")).ToHaveTextAsync("2/4running");
                Assert.Equal(390, await page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth, document.querySelector('.view').scrollWidth)"));

                await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Views" })).ToBeHiddenAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Views" }).ClickAsync();
                await page.GetByRole(AriaRole.Link, new() { Name = "Graph", Exact = true }).ClickAsync();
                await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Graph" })).ToBeVisibleAsync();
                await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Views" })).ToBeHiddenAsync();
            },
            new() { ViewportSize = new() { Width = 390, Height = 844 }, ColorScheme = ColorScheme.Dark });
    }

    [BrowserFact]
    public async Task The_graph_shows_who_depends_on_whom_in_a_picture_and_in_words()
    {
        await using var site = await DashboardSite.StartAsync(Model);
        await browser.VisitAsync(site.Address, async visit =>
        {
            var page = visit.Page;
            await site.OpenAsync(page, "/graph");
            await Expect(page.Locator("[data-node]")).ToHaveCountAsync(4);
            await Expect(page.Locator(".edge")).ToHaveCountAsync(2);
            var worker = page.Locator("[data-node=worker]");
            await Expect(worker).ToHaveAttributeAsync("aria-label", WorkerInWords());
            await Expect(page.Locator("[data-node=database]")).ToHaveClassAsync(new Regex("critical"));

            // The arrows lead to the right: who depends on another is left of it.
            var left = (await worker.BoundingBoxAsync())!.X;
            Assert.True(left < (await page.Locator("[data-node=database]").BoundingBoxAsync())!.X);

            await page.GetByText("In words").ClickAsync();
            await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "worker" })).ToContainTextAsync("references database");

            await site.App.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.StopCommand);
            await Expect(worker).ToContainTextAsync("Exited");
            await worker.FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            await Expect(page).ToHaveURLAsync(new Uri(site.Address, "/resources/worker").ToString());
        });
    }

    private static void Model(IDistributedApplicationTestingBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .AddCheck("disk", () => HealthCheckResult.Unhealthy("The disk is full.", new IOException("No space left on device")))
            .AddCheck("fine", () => HealthCheckResult.Healthy("All is well."));
        var database = DashboardSite.AddShell(builder, "database", "exec sleep 1000").WithHealthCheck("disk");
        var password = builder.AddParameter("password", "hunter2", secret: true).WithParentRelationship(database);
        var worker = DashboardSite.AddShell(builder, "worker", "echo line; exec sleep 1000")
            .WithHealthCheck("fine")
            .WithEnvironment("PASSWORD", password)
            .WithEnvironment("ADDRESS", $"sql://me:{password}@localhost")
            .WithEnvironment("PLAIN", "plain")
            .WithVolume("worker-data", "/data")
            .WithUrls(context => context.Urls.Add(new ResourceUrlAnnotation { Url = "http://localhost:1/page", DisplayText = "The page" }))
            .WithAnnotation(new ResourceRelationshipAnnotation(database.Resource, "Reference"))
            .WithAnnotation(new AlertSourceAnnotation(new FakeAlerts().GetAsync));
        DashboardSite.AddShell(builder, "broken", "exit 3");
        var later = DashboardSite.AddShell(builder, "later", "exec sleep 1000").WithExplicitStart();
        worker.WithAnnotation(new ResourceRelationshipAnnotation(later.Resource, "WaitFor"));
    }

    private static ILocator Row(IPage page, string resource) => page.Locator($"tr[data-resource={resource}]");

    private static Task<string> Focused(IPage page) =>
        page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");

    private static async Task TabTo(IPage page, string label)
    {
        for (var i = 0; i < 60; i++)
        {
            if (await Focused(page) == label)
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The Tab key does not lead to '{label}'.");
    }

    [GeneratedRegex("(^| )noopener( |$)")]
    private static partial Regex WithNoOpener();

    [GeneratedRegex("^worker Running, healthy\\. Container\\. waits for later\\. references database$")]
    private static partial Regex WorkerInWords();
}
