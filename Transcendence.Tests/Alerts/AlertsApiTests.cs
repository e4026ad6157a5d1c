using Transcendence.Tests.Backend;

namespace Transcendence.Tests.Alerts;

/// <summary>What the inbox tells.</summary>
public sealed class AlertsApiTests(AlertsService service) : IClassFixture<AlertsService>
{
    private readonly HttpClient client = service.Client;

    [Fact]
    public async Task Alerts_can_be_had_by_state_severity_and_name()
    {
        await client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), severity: "Critical", name: "One"));
        await client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), severity: "warning", name: "One"));
        await client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), "resolved", "warning", "One", "2026-03-01T12:05:00Z"));

        Assert.Equal(3, (await client.AlertsAsync("name=One")).Length);
        Assert.Equal(2, (await client.AlertsAsync("name=One&state=active")).Length);
        Assert.Single(await client.AlertsAsync("name=One&state=active&severity=critical"));
        Assert.Equal(2, (await client.AlertsAsync("name=One&severity=WARNING")).Length);
        Assert.Single(await client.AlertsAsync("name=One&state=history"));
        Assert.Empty(await client.AlertsAsync("name=One&state=expired"));
        Assert.Empty(await client.AlertsAsync("name=one"));
        var resolved = Assert.Single(await client.AlertsAsync("name=One&state=resolved"));
        Assert.Equal(299.876, resolved.GetProperty("durationSeconds").GetDouble(), tolerance: 0.001);
    }

    [Fact]
    public async Task Alerts_come_in_pages_the_last_one_first()
    {
        var fingerprints = Enumerable.Range(0, 5).Select(_ => AlertsService.NewFingerprint()).ToArray();
        foreach (var fingerprint in fingerprints)
        {
            await client.AcceptsAsync(AlertsService.Notification(fingerprint, name: "Paged"));
        }

        var first = await client.GetJsonAsync("/api/alerts?name=Paged&pageSize=2");
        Assert.Equal(5, first.Number("totalCount"));
        Assert.Equal([fingerprints[4], fingerprints[3]], first.Items().Select(alert => alert.Text("fingerprint")));
        Assert.Equal([fingerprints[0]], (await client.GetJsonAsync("/api/alerts?name=Paged&pageSize=2&page=3")).Items().Select(alert => alert.Text("fingerprint")));
        Assert.Empty((await client.GetJsonAsync("/api/alerts?name=Paged&pageSize=2&page=4")).Items());
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
    public async Task A_question_that_makes_no_sense_is_refused_by_name(string query, string field)
    {
        using var response = await client.SendAsync("GET", "/api/alerts?" + query);
        Assert.Equal([field], (await response.ProblemAsync(400)).Faults());
    }

    [Theory]
    [InlineData("severity", 101)]
    [InlineData("name", 1001)]
    public async Task An_overlong_filter_is_refused(string field, int length)
    {
        using var response = await client.SendAsync("GET", $"/api/alerts?{field}={new string('x', length)}");
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
    public async Task What_is_not_there_or_cannot_be_done_is_a_problem(string method, string path, int status)
    {
        using var response = await client.SendAsync(method, path);
        await response.ProblemAsync(status);
    }

    [Fact]
    public async Task The_API_is_described()
    {
        var document = await client.GetJsonAsync("/openapi/v1.json");
        Assert.Equal(
            ["/api/alerts", "/api/alerts/webhook", "/api/alerts/{id}"],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        var answers = document.GetProperty("paths").GetProperty("/api/alerts/webhook").GetProperty("post").GetProperty("responses");
        Assert.Equal(["204", "400", "413", "415", "503"], answers.EnumerateObject().Select(answer => answer.Name).Order());
    }
}
