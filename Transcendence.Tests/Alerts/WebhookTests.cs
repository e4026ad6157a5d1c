using System.Net.Http.Headers;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Alerts;

/// <summary>What is sent to the inbox, good and bad.</summary>
public sealed class WebhookTests(AlertsService service) : IClassFixture<AlertsService>
{
    private const string Alert =
        """{"status":"firing","labels":{"alertname":"Bad"},"annotations":{},"startsAt":"2026-03-01T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"bad"}""";

    private readonly HttpClient _client = service.Client;

    /// <summary>A body, and the field that the answer has to name.</summary>
    public static TheoryData<string, string> Malformed => new()
    {
        { "", "body" },
        { "not json", "body" },
        { "null", "body" },
        { "[]", "body" },
        { "\"firing\"", "body" },
        { "{", "body" },
        { "{}", "version" },
        { $$"""{"version":"4","status":"firing","alerts":[{{Alert}}]""", "body" },
        { $$"""{"version":"3","status":"firing","alerts":[{{Alert}}]}""", "version" },
        { $$"""{"version":4,"status":"firing","alerts":[{{Alert}}]}""", "version" },
        { $$"""{"version":"4","status":"suppressed","alerts":[{{Alert}}]}""", "status" },
        { """{"version":"4","status":"firing"}""", "alerts" },
        { """{"version":"4","status":"firing","alerts":[]}""", "alerts" },
        { """{"version":"4","status":"firing","alerts":{}}""", "alerts" },
        { $$"""{"version":"4","status":"firing","alerts":[{{Alert}},null]}""", "alerts[1]" },
        { $$"""{"version":"4","status":"firing","alerts":[{{Alert}},1]}""", "alerts[1]" },
        { Broken("\"status\":\"firing\"", "\"status\":\"FIRING\""), "alerts[1].status" },
        { Broken("\"fingerprint\":\"bad\"", "\"fingerprint\":\"\""), "alerts[1].fingerprint" },
        { Broken("\"fingerprint\":\"bad\"", "\"x\":1"), "alerts[1].fingerprint" },
        { Broken("2026-03-01T12:00:00Z", "0001-01-01T00:00:00Z"), "alerts[1].startsAt" },
        { Broken("2026-03-01T12:00:00Z", "yesterday"), "alerts[1].startsAt" },
        { Broken("\"2026-03-01T12:00:00Z\"", "1772366400"), "alerts[1].startsAt" },
        { Broken("0001-01-01T00:00:00Z", "99999-01-01T00:00:00Z"), "alerts[1].endsAt" },
        { Broken("{\"alertname\":\"Bad\"}", "null"), "alerts[1].labels" },
        { Broken("{\"alertname\":\"Bad\"}", "[]"), "alerts[1].labels" },
        { Broken("\"Bad\"", "1"), "alerts[1].labels.alertname" },
        { Broken("\"Bad\"", "\"\\ud800\""), "alerts[1].labels.alertname" },
        { $$"""{"version":"4","status":"firing","truncatedAlerts":"many","alerts":[{{Alert}}]}""", "truncatedAlerts" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task AMalformedNotificationIsRefusedWholeAndLosesNothing(string body, string field)
    {
        var before = await StoredAsync();
        using var response = await _client.NotifyAsync(body);
        var problem = await response.ProblemAsync(400);
        Assert.Contains(field, problem.Faults());
        Assert.Equal(before, await StoredAsync());
        Assert.Empty(await _client.AlertsAsync("name=Bad"));
    }

    [Fact]
    public async Task ManyFaultsGiveAShortAnswer()
    {
        using var response = await _client.NotifyAsync($$"""{"version":"4","status":"firing","alerts":[{{string.Join(',', Enumerable.Repeat("null", 100_000))}}]}""");
        Assert.InRange((await response.ProblemAsync(400)).Faults().Length, 1, 30);
    }

    private const int Limit = 8 * 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnOversizedNotificationIsRefusedAndLosesNothing(bool chunked)
    {
        var fingerprint = AlertsService.NewFingerprint();
        var body = AlertsService.Notification(fingerprint).Replace("happened", new string('x', Limit), StringComparison.Ordinal);
        var before = await StoredAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/alerts/webhook", UriKind.Relative))
        {
            Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true; // Else the refusal may overtake the body, and the _client see a broken connection.
        using var response = await _client.SendAsync(request);
        await response.ProblemAsync(413);
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task ANotificationThatIsNotJSONByItsTypeIsRefused()
    {
        using var response = await _client.SendAsync("POST", "/api/alerts/webhook", AlertsService.Notification("x"), "text/plain");
        await response.ProblemAsync(415);
    }

    [Fact]
    public async Task ANotificationJustWithinTheLimitIsStored()
    {
        var fingerprint = AlertsService.NewFingerprint();
        var notification = AlertsService.Notification(fingerprint, name: "Large");
        await _client.AcceptsAsync(notification.Replace("happened", new string('x', Limit - notification.Length), StringComparison.Ordinal));
        Assert.Single(await _client.AlertsAsync("name=Large"));
    }

    [Fact]
    public async Task AStormOfTwoThousandAlertsIsOneNotificationAndAllAreStored()
    {
        // Each with the labels and texts of an ordinary one, and a description as long as ours: 1.5 MB.
        var alerts = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $$"""
            {"status":"firing","fingerprint":"storm{{i}}","startsAt":"2026-11-20T10:00:00.123Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://localhost:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
            "labels":{"alertname":"Storm","severity":"warning","service":"s{{i}}","instance":"host{{i}}:8000","job":"storm"},
            "annotations":{"summary":"s{{i}} is down","description":"{{new string('d', 350)}}"} }
            """));
        var storm = $$"""{"version":"4","status":"firing","receiver":"inbox","groupKey":"g","alerts":[{{alerts}}] }""";
        Assert.InRange(storm.Length, 1_200_000, 2_000_000);

        await _client.AcceptsAsync(storm);

        using var metrics = await _client.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(2_000, Exposition.Parse(await metrics.Content.ReadAsStringAsync()).Named("transcendence_alerts_active").Single(s => s.Labels["severity"] == "warning").Value, tolerance: 100);
    }

    [Fact]
    public async Task TheSameNotificationTwiceIsOneAlertWithItsLabelsAndTimes()
    {
        var fingerprint = AlertsService.NewFingerprint();
        await _client.AcceptsAsync(AlertsService.Notification(fingerprint, name: "Twice"));
        await _client.AcceptsAsync(AlertsService.Notification(fingerprint, name: "Twice"));

        var alert = Assert.Single(await _client.AlertsAsync("name=Twice"));
        Assert.Equal("active", alert.Text("state"));
        Assert.Equal("2026-03-01T12:00:00.1234567+00:00", alert.Text("startsAt")); // A tick is 100 ns.
        Assert.Equal("Something <b>happened</b>", alert.GetProperty("annotations").Text("summary"));
        Assert.Equal("http://prometheus:9090/graph?g0.expr=up&g0.tab=1", alert.Text("generatorUrl"));
        Assert.Equal(2, (await _client.GetJsonAsync($"/api/alerts/{alert.Number("id")}")).Number("notificationCount"));
    }

    [Fact]
    public async Task StoredNotificationsAreCounted()
    {
        var before = await _client.SampleAsync("transcendence_alert_notifications_total{status=\"resolved\"}");
        await _client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), "resolved", endsAt: "2026-03-01T12:05:00Z"));
        Assert.Equal(before + 1, await _client.SampleAsync("transcendence_alert_notifications_total{status=\"resolved\"}"));
    }

    [Fact]
    public async Task SeveritiesThatNobodyHasHeardOfAreOneSeries()
    {
        for (var i = 0; i < 20; i++)
        {
            await _client.AcceptsAsync(AlertsService.Notification(AlertsService.NewFingerprint(), severity: $"sev-{i}"));
        }

        var series = (await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .Where(line => line.StartsWith("transcendence_alerts_active{", StringComparison.Ordinal));
        Assert.Equal(4, series.Count());
        Assert.True(await _client.SampleAsync("transcendence_alerts_active{severity=\"other\"}") >= 20);
    }

    private async Task<double> StoredAsync() =>
        await _client.SampleAsync("transcendence_alert_notifications_total{status=\"firing\"}")
        + await _client.SampleAsync("transcendence_alert_notifications_total{status=\"resolved\"}")
        + (await _client.GetJsonAsync("/api/alerts")).Number("totalCount");

    // The first alert is faultless and must not be stored either.
    private static string Broken(string part, string replacement)
    {
        Assert.Contains(part, Alert, StringComparison.Ordinal);
        return $$"""{"version":"4","status":"firing","alerts":[{{Alert}},{{Alert.Replace(part, replacement, StringComparison.Ordinal)}}]}""";
    }
}
