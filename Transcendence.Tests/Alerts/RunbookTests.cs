using System.Net;
using Transcendence.Tests.Backend;

namespace Transcendence.Tests.Alerts;

/// <summary>The runbooks as the inbox serves them.</summary>
/// <param name="inbox">An inbox.</param>
public sealed class RunbookTests(AlertsService inbox) : IClassFixture<AlertsService>
{
    [Fact]
    public async Task TheRunbookOfAnAlertIsAPageWhoseQueriesAreLinks()
    {
        using var response = await inbox.Client.GetAsync(new Uri("/runbooks/BackendDown", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("<title>BackendDown</title>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Mitigation</h2>", page, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"http://localhost:9090/graph?g0.expr={Uri.EscapeDataString("up{job=\"backend\"}")}&amp;g0.tab=0", page, StringComparison.Ordinal);
        Assert.Equal(page, await inbox.Client.GetStringAsync(new Uri("/runbooks/BackendDown.md", UriKind.Relative)));
        Assert.Contains("<a href=\"/runbooks/BackendDown\">", await inbox.Client.GetStringAsync(new Uri("/runbooks/", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAnAlertItSaysHowThatIsAndItsQueriesOpenAtItsTime()
    {
        await inbox.Client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), name: "BackendDown"));
        var id = (await inbox.Client.AlertsAsync("name=BackendDown")).First(alert => alert.Text("generatorUrl").StartsWith("http://prometheus", StringComparison.Ordinal)).Number("id");
        var page = await inbox.Client.GetStringAsync(new Uri($"/runbooks/BackendDown?alert={id}", UriKind.Relative));
        Assert.Contains("since 2026-03-01 12:00:00Z. It fires now.", page, StringComparison.Ordinal);
        // Prometheus is where the alert says that it came from. What it says is shown, and does nothing.
        Assert.Contains("<a href=\"http://prometheus:9090/graph?g0.expr=", page, StringComparison.Ordinal);
        Assert.Contains("&amp;g0.end_input=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)//graph")]
    [InlineData("http://x/) [run](javascript:1) /graph?g0.expr=up")]
    public async Task WhoeverRaisesAnAlertWritesNothingIntoItsRunbook(string generatorUrl)
    {
        var fingerprint = AlertsService.NewFingerprint();
        await inbox.Client.AcceptsAsync(AlertsService.Notification(fingerprint, name: "BackendDown").Replace("http://prometheus:9090/graph?g0.expr=up&g0.tab=1", generatorUrl, StringComparison.Ordinal));
        var id = (await inbox.Client.AlertsAsync("name=BackendDown")).Single(alert => alert.Text("fingerprint") == fingerprint).Number("id");
        var page = await inbox.Client.GetStringAsync(new Uri($"/runbooks/BackendDown?alert={id}", UriKind.Relative));
        Assert.DoesNotContain("href=\"javascript", page, StringComparison.Ordinal);
        Assert.DoesNotContain(">run</a>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/runbooks/NoSuchAlert", "There is no runbook NoSuchAlert. Write monitoring/runbooks/NoSuchAlert.md, or see /runbooks/ for those that there are.")]
    [InlineData("/runbooks/..%2F..%2Fappsettings", "There is no runbook ")]
    [InlineData("/runbooks/README", "There is no runbook README.")]
    [InlineData("/runbooks/BackendDown?alert=999999", "There is no alert 999999.")]
    public async Task WhatIsNotThereIsSaid(string path, string detail)
    {
        using var response = await inbox.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.StartsWith(detail, problem.RootElement.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADirectoryOfOnesOwnIsServed()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["runbooks"]);
        await File.WriteAllTextAsync(Path.Combine(directory["runbooks"], "Mine.md"), "# Mine\n\n<script>alert(1)</script>\n");
        await using var own = await AlertsService.StartAsync(directory["alerts.db"], ("Alerts__Runbooks", directory["runbooks"]), ("Alerts__PrometheusUrl", "http://localhost:1234"));
        var page = await own.Client.GetStringAsync(new Uri("/runbooks/Mine", UriKind.Relative));
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await own.Client.StatusAsync("/runbooks/BackendDown"));
    }
}
