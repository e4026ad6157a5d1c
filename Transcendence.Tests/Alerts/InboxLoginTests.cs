using System.Net;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>Machines bring what they have to tell without a login; nobody reads or does anything without.</summary>
public sealed class InboxLoginTests(AlertsService service) : IClassFixture<AlertsService>
{
    [Theory]
    [InlineData("GET", "/metrics", 200)]
    [InlineData("GET", "/metrics/otel", 200)]
    [InlineData("GET", "/health", 200)]
    [InlineData("GET", "/health/alerts", 200)]
    [InlineData("GET", "/alive", 200)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    [InlineData("GET", "/login", 200)]
    [InlineData("GET", "/public/shared/theme.css", 200)]
    [InlineData("GET", "/public/inbox/page.js", 200)]
    [InlineData("POST", "/api/alerts/webhook", 400)]
    [InlineData("POST", "/api/watchdog", 400)]
    [InlineData("POST", "/api/notify/slack", 400)]
    [InlineData("GET", "/api/alerts", 401)]
    [InlineData("GET", "/api/alerts/1", 401)]
    [InlineData("GET", "/api/watchdog", 401)]
    [InlineData("GET", "/api/silences", 401)]
    [InlineData("GET", "/api/services", 401)]
    [InlineData("POST", "/api/alerts/1/acknowledgement", 401)]
    [InlineData("DELETE", "/api/alerts/1/acknowledgement", 401)]
    [InlineData("POST", "/api/silences", 401)]
    [InlineData("DELETE", "/api/silences/5023d564-b5a2-4450-a3ec-65e4e5ffe6ce", 401)]
    [InlineData("GET", "/public/inbox.html", 404)]
    public async Task WhatMachinesCallIsOpenAndNothingElse(string method, string path, int status)
    {
        using var stranger = Client();
        using var response = await stranger.SendAsync(method, path, method == "POST" ? "{}" : null);
        Assert.Equal(status, (int)response.StatusCode == 302 ? 404 : (int)response.StatusCode);
        if (status == 401)
        {
            Assert.Equal("Not logged in", (await response.ProblemAsync(401)).Text("title"));
        }
    }

    [Theory]
    [InlineData("/", "/login")]
    [InlineData("/runbooks/BackendDown?alert=1", "/login?redirectTo=%2Frunbooks%2FBackendDown%3Falert%3D1")]
    public async Task APageLeadsToTheLoginAndFromThereBack(string page, string login)
    {
        using var stranger = Client();
        using var response = await stranger.GetAsync(new Uri(page, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(login, response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task ThePageRunsNoScriptButItsOwn()
    {
        using var page = await service.Client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.StartsWith("default-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotMatch("<script>|<script [^>]*>[^<]| on[a-z]+=|style=", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task WithoutAPasswordItDoesNotStartAndSaysWhy()
    {
        using var directory = new TempDirectory();
        await using var inbox = ServiceProcess.Launch("Transcendence.Alerts", AlertsService.Settings(directory["alerts.db"], ("GF_SECURITY_ADMIN_PASSWORD", "")));
        Assert.Equal(1, await inbox.WaitForExitAsync());
        Assert.Equal("The alert inbox cannot start: GF_SECURITY_ADMIN_PASSWORD is not set. Set this environment variable to that user's password.", inbox.Error.Trim());
    }

    [Theory]
    [InlineData("""{ "minutes": 5, "service": "backend" }""", "reason")]
    [InlineData("""{ "reason": "  ", "minutes": 5, "service": "backend" }""", "reason")]
    [InlineData("""{ "reason": "x", "service": "backend" }""", "endsAt")]
    [InlineData("""{ "reason": "x", "minutes": 5, "endsAt": "2100-01-01T00:00:00Z", "service": "backend" }""", "endsAt")]
    [InlineData("""{ "reason": "x", "endsAt": "2100-01-01T00:00:00Z", "service": "backend" }""", "endsAt")]
    [InlineData("""{ "reason": "x", "endsAt": "2000-01-01T00:00:00Z", "service": "backend" }""", "endsAt")]
    [InlineData("""{ "reason": "x", "minutes": 0, "service": "backend" }""", "minutes")]
    [InlineData("""{ "reason": "x", "minutes": 43201, "service": "backend" }""", "minutes")]
    [InlineData("""{ "reason": "x", "minutes": 5 }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "service": "a", "matchers": [{ "name": "service", "value": "a" }] }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "matchers": [] }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "matchers": [null] }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "matchers": [{ "name": "monitor", "value": "ft_transcendence" }] }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "matchers": [{ "name": "service", "value": "prometheus" }] }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "matchers": [{ "name": "alertname", "value": "W.*", "isRegex": true }] }""", "matchers")]
    [InlineData("""{ "reason": "x", "minutes": 5, "matchers": [{ "name": "alertname", "value": "B.*", "isRegex": true, "isEqual": false }] }""", "matchers")]
    public async Task ASilenceThatMakesNoSenseOrTakesTheDeadMansSwitchIsRefusedByName(string silence, string field)
    {
        using var response = await service.Client.SendAsync("POST", "/api/silences", silence);
        Assert.Equal([field], (await response.ProblemAsync(400)).Faults());
    }

    [Fact]
    public async Task WithoutAnAlertmanagerItSaysWhichSettingIsMissing()
    {
        using var response = await service.Client.SendAsync("POST", "/api/silences", """{ "reason": "x", "minutes": 5, "service": "backend" }""");
        Assert.Contains("services:alertmanager:http", (await response.ProblemAsync(503)).Text("detail"), StringComparison.Ordinal);
    }

    private HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = service.Client.BaseAddress };
}
