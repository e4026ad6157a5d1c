using System.Net;
using Transcendence.Tests.Backend;

namespace Transcendence.Tests.Alerts;

/// <summary>What the inbox tells.</summary>
public sealed class AlertsApiTests(AlertsService service) : IClassFixture<AlertsService>
{
    private readonly HttpClient _client = service.Client;

    [Fact]
    public async Task AlertsCanBeHadByStateSeverityAndName()
    {
        await _client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), severity: "Critical", name: "One"));
        await _client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), severity: "warning", name: "One"));
        await _client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), "resolved", "warning", "One", "2026-03-01T12:05:00Z"));

        Assert.Equal(3, (await _client.AlertsAsync("name=One")).Length);
        Assert.Equal(2, (await _client.AlertsAsync("name=One&state=active")).Length);
        Assert.Single(await _client.AlertsAsync("name=One&state=active&severity=critical"));
        Assert.Equal(2, (await _client.AlertsAsync("name=One&severity=WARNING")).Length);
        Assert.Single(await _client.AlertsAsync("name=One&state=history"));
        Assert.Empty(await _client.AlertsAsync("name=One&state=expired"));
        Assert.Empty(await _client.AlertsAsync("name=one"));
        var resolved = Assert.Single(await _client.AlertsAsync("name=One&state=resolved"));
        Assert.Equal(299.876, resolved.GetProperty("durationSeconds").GetDouble(), tolerance: 0.001);
    }

    [Fact]
    public async Task AlertsComeInPagesTheLastOneFirst()
    {
        var fingerprints = Enumerable.Range(0, 5).Select(_ => AlertsService.NewFingerprint()).ToArray();
        foreach (var fingerprint in fingerprints)
        {
            await _client.AcceptsAsync(AlertsService.Notification(fingerprint, name: "Paged"));
        }

        var first = await _client.GetJsonAsync("/api/alerts?name=Paged&pageSize=2");
        Assert.Equal(5, first.Number("totalCount"));
        Assert.Equal([fingerprints[4], fingerprints[3]], first.Items().Select(alert => alert.Text("fingerprint")));
        Assert.Equal([fingerprints[0]], (await _client.GetJsonAsync("/api/alerts?name=Paged&pageSize=2&page=3")).Items().Select(alert => alert.Text("fingerprint")));
        Assert.Empty((await _client.GetJsonAsync("/api/alerts?name=Paged&pageSize=2&page=4")).Items());

        // Behind the last item of each page, to the end.
        var behind = first.Items();
        var read = behind.Select(alert => alert.Text("fingerprint")).ToList();
        while (behind.Length > 0)
        {
            behind = (await _client.GetJsonAsync($"/api/alerts?name=Paged&pageSize=2&after={behind[^1].Number("id")}")).Items();
            read.AddRange(behind.Select(alert => alert.Text("fingerprint")));
        }

        Assert.Equal(fingerprints.AsEnumerable().Reverse(), read);
        using var unknown = await _client.GetAsync(new Uri("/api/alerts?after=987654321", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("state=firing", "state")]
    [InlineData("state=", "state")]
    [InlineData("state=0", "state")]
    [InlineData("page=0", "page")]
    [InlineData("page=x", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=101", "pageSize")]
    public async Task AQuestionThatMakesNoSenseIsRefusedByName(string query, string field)
    {
        using var response = await _client.SendAsync("GET", "/api/alerts?" + query);
        Assert.Equal([field], (await response.ProblemAsync(400)).Faults());
    }

    [Theory]
    [InlineData("severity", 101)]
    [InlineData("name", 1001)]
    public async Task AnOverlongFilterIsRefused(string field, int length)
    {
        using var response = await _client.SendAsync("GET", $"/api/alerts?{field}={new string('x', length)}");
        Assert.Equal([field], (await response.ProblemAsync(400)).Faults());
    }

    [Theory]
    [InlineData("GET", "/api/alerts/999999", 404)]
    [InlineData("GET", "/api/alerts/-1", 404)]
    [InlineData("GET", "/api/alerts/x", 400)]
    [InlineData("GET", "/api/alerts/99999999999999999999", 400)]
    [InlineData("DELETE", "/api/alerts", 405)]
    [InlineData("POST", "/api/alerts", 405)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("PUT", "/api/alerts/webhook", 405)]
    public async Task WhatIsNotThereOrCannotBeDoneIsAProblem(string method, string path, int status)
    {
        using var response = await _client.SendAsync(method, path);
        await response.ProblemAsync(status);
    }

    [Fact]
    public async Task TheAPIIsDescribed()
    {
        var document = await _client.GetJsonAsync("/openapi/v1.json");
        Assert.Equal(
            [
                "/api/alerts", "/api/alerts/webhook", "/api/alerts/{id}", "/api/alerts/{id}/acknowledgement", "/api/notify/{channel}", "/api/services", "/api/silences", "/api/silences/{id}",
                "/api/watchdog", "/health/alerts", "/runbooks", "/runbooks/{name}",
            ],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        var answers = document.GetProperty("paths").GetProperty("/api/alerts/webhook").GetProperty("post").GetProperty("responses");
        Assert.Equal(["204", "400", "413", "415", "503"], answers.EnumerateObject().Select(answer => answer.Name).Order());

        var health = document.GetProperty("paths").GetProperty("/health/alerts").GetProperty("get").GetProperty("responses");
        Assert.Equal(["200", "503"], health.EnumerateObject().Select(answer => answer.Name).Order());
        foreach (var answer in health.EnumerateObject())
        {
            Assert.Equal(
                "#/components/schemas/CriticalAlerts",
                answer.Value.GetProperty("content").GetProperty("application/json").GetProperty("schema").Text("$ref"));
        }

        Assert.Equal(
            ["firing", "overdue", "quiet", "unknown"],
            document.GetProperty("components").GetProperty("schemas").GetProperty("CriticalAlertsStatus").GetProperty("enum")
                .EnumerateArray().Select(value => value.GetString()!).Order(StringComparer.Ordinal));
    }
}
