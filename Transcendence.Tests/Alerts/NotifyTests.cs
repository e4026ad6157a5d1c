using System.Net;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Alerts;

/// <summary>What people are told, by each way out.</summary>
public sealed class NotifyTests : IAsyncLifetime, IDisposable
{
    private const string Body =
        """
        {
          "receiver": "people", "status": "firing", "version": "4", "groupKey": "{}:{alertname=\"HighLatencyP95\"}", "truncatedAlerts": 2, "externalURL": "http://alertmanager:9093",
          "alerts": [
            {
              "status": "resolved", "labels": { "alertname": "BackendDown", "severity": "critical", "service": "backend" }, "annotations": { "summary": "The backend is down" },
              "startsAt": "2026-03-01T13:00:00+01:00", "endsAt": "2026-03-01T13:05:00+01:00", "fingerprint": "1"
            },
            {
              "status": "firing", "labels": { "alertname": "HighLatencyP95", "severity": "warning", "service": "backend", "route": "/a<b>" },
              "annotations": { "summary": "The backend answers slowly", "description": "One in twenty & more", "runbook_url": "http://localhost:8082/runbooks/HighLatencyP95", "dashboard_url": "http://localhost:3000/d/ft_transcendence?viewPanel=9" },
              "startsAt": "2026-03-01T13:00:00.123456789+01:00", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "2"
            }
          ]
        }
        """;

    private readonly TempDirectory _directory = new();
    private OutsideWorld _outside = null!;
    private OtlpSink _telemetry = null!;
    private ServiceProcess _inbox = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _outside = await OutsideWorld.StartAsync();
        _telemetry = await OtlpSink.StartAsync();
        _inbox = await AlertsService.StartAsync(_directory["alerts.db"], [.. _outside.Settings, .. _telemetry.Settings.Select(setting => (setting.Key, setting.Value!))]);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _inbox.DisposeAsync();
        await _outside.DisposeAsync();
        await _telemetry.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task EachIsToldWhatWhereSinceWhenAndWhatToDo()
    {
        foreach (var channel in (string[])["slack", "discord", "email", "webhook"])
        {
            Assert.Equal(HttpStatusCode.NoContent, await NotifyAsync(channel));
        }

        using var slack = JsonDocument.Parse(Assert.Single(_outside.ToldTo("slack")));
        Assert.Equal("[FIRING:1] HighLatencyP95", slack.RootElement.Text("text"));
        var attachment = Assert.Single(slack.RootElement.GetProperty("attachments").EnumerateArray());
        Assert.Equal("danger", attachment.Text("color"));
        Assert.Equal(
            """
            The backend answers slowly (warning)
            One in twenty &amp; more
            service backend, route /a&lt;b&gt;. Since 2026-03-01 12:00:00Z.
            <http://localhost:8082/runbooks/HighLatencyP95|What to do>
            <http://localhost:3000/d/ft_transcendence?viewPanel=9|Dashboard>

            The backend is down (critical)
            service backend. From 2026-03-01 12:00:00Z, over at 2026-03-01 12:05:00Z.

            And 2 more.
            """.ReplaceLineEndings("\n"),
            attachment.Text("text"));

        using var discord = JsonDocument.Parse(Assert.Single(_outside.ToldTo("discord")));
        Assert.StartsWith("**\\[FIRING:1\\] HighLatencyP95**\n\nThe backend answers slowly \\(warning\\)\nOne in twenty & more\n", discord.RootElement.Text("content"), StringComparison.Ordinal);
        Assert.Contains("[What to do](<http://localhost:8082/runbooks/HighLatencyP95>)", discord.RootElement.Text("content"), StringComparison.Ordinal);
        Assert.Empty(discord.RootElement.GetProperty("allowed_mentions").GetProperty("parse").EnumerateArray()); // A label "@everyone" wakes nobody.

        var mail = Assert.Single(_outside.ToldTo("email"));
        Assert.StartsWith("me@example.org you@example.org them@example.org\n", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: [FIRING:1] HighLatencyP95", mail, StringComparison.Ordinal);
        Assert.Contains("What to do: http://localhost:8082/runbooks/HighLatencyP95", mail, StringComparison.Ordinal);

        // As Alertmanager said it, with what we do not know of.
        using var webhook = JsonDocument.Parse(Assert.Single(_outside.ToldTo("webhook")));
        using var sent = JsonDocument.Parse(Body);
        Assert.True(JsonElement.DeepEquals(sent.RootElement, webhook.RootElement));

        // None of it is an alert of the inbox.
        Assert.Empty(await _inbox.Client.AlertsAsync());
        Assert.DoesNotContain(OutsideWorld.Secret, _inbox.Output + _inbox.Error, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Task.FromResult(_telemetry.Has("traces", "/api/notify/webhook"u8)), "the last request is traced");
        Assert.False(_telemetry.Has("traces", Encoding.UTF8.GetBytes(OutsideWorld.Secret)));
        Assert.False(_telemetry.Has("logs", Encoding.UTF8.GetBytes(OutsideWorld.Secret)));
    }

    [Theory]
    [InlineData("slack", "it answers 503")]
    [InlineData("discord", "it answers 503")]
    [InlineData("webhook", "it answers 503")]
    [InlineData("email", "it refuses with 550")]
    public async Task WhatIsRefusedIsSaidToAlertmanagerWhichTriesAgainAndNoSecretIs(string channel, string reason)
    {
        _outside.Refuse(channel);
        using var refused = await _inbox.Client.SendAsync("POST", $"/api/notify/{channel}", Body);
        var problem = await refused.ProblemAsync(502);
        Assert.Equal($"{channel} was not told: {reason}. Alertmanager tries again.", problem.Text("detail"));
        _outside.Refuse(channel, false);
        Assert.Equal(HttpStatusCode.NoContent, await NotifyAsync(channel));
        Assert.Single(_outside.ToldTo(channel));
        Assert.Contains($"{channel} was not told: {reason}.", _inbox.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(OutsideWorld.Secret, _inbox.Output + _inbox.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotThereOrNotSetIsSaidOrLeft()
    {
        using var unknown = await _inbox.Client.SendAsync("POST", "/api/notify/pager", Body);
        Assert.Equal("There is no channel pager: it is one of slack, discord, email, webhook.", (await unknown.ProblemAsync(404)).Text("detail"));
        using var malformed = await _inbox.Client.SendAsync("POST", "/api/notify/slack", """{"version":"4","status":"firing","alerts":[1]}""");
        Assert.Contains("alerts[0]", (await malformed.ProblemAsync(400)).Faults());

        await using var bare = await AlertsService.StartAsync(_directory["bare.db"]);
        using var left = await bare.Client.SendAsync("POST", "/api/notify/slack", Body);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Empty(_outside.ToldTo("slack"));
    }

    [Fact]
    public async Task WhoWasToldIsKeptWithTheAlertWhichALateRetryDoesNotChange()
    {
        await _inbox.Client.AcceptsAsync(Body);
        var before = await _inbox.Client.AlertsAsync();
        Assert.Equal(HttpStatusCode.NoContent, await NotifyAsync("slack"));
        _outside.Refuse("discord");
        Assert.Equal(HttpStatusCode.BadGateway, await NotifyAsync("discord"));

        // It ends, and then what was meant for people comes once more.
        await _inbox.Client.AcceptsAsync(Body.Replace("\"firing\"", "\"resolved\"", StringComparison.Ordinal).Replace("0001-01-01T00:00:00Z", "2026-03-01T13:07:00+01:00", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NoContent, await NotifyAsync("slack"));
        var after = await _inbox.Client.AlertsAsync("state=resolved");
        Assert.Equal(2, before.Length);
        Assert.Equal(2, after.Length);
        foreach (var alert in after)
        {
            Assert.Equal([("people", false, 2), ("slack", true, 2)], alert.GetProperty("told").EnumerateArray().Select(told => (told.Text("receiver"), told.GetProperty("isToPeople").GetBoolean(), told.Number("count"))));
            var details = await _inbox.Client.GetJsonAsync($"/api/alerts/{alert.Number("id")}");
            Assert.Equal(["slack", "people", "slack", "people"], details.GetProperty("notifications").EnumerateArray().Select(notification => notification.Text("receiver")));
            Assert.DoesNotContain(OutsideWorld.Secret, details.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OfWhatSomebodyTakesCarePeopleAreNotToldAgainButOfItsEnd()
    {
        // Both fire.
        var both = Body.Replace("\"resolved\"", "\"firing\"", StringComparison.Ordinal).Replace("2026-03-01T13:05:00+01:00", "0001-01-01T00:00:00Z", StringComparison.Ordinal).Replace("\"truncatedAlerts\": 2", "\"truncatedAlerts\": 0", StringComparison.Ordinal);
        await _inbox.Client.AcceptsAsync(both);
        var ids = (await _inbox.Client.AlertsAsync("state=active")).Select(alert => alert.Number("id")).ToList();
        Assert.Equal(2, ids.Count);
        await ToldAsync(1);

        using var acknowledged = await AcknowledgeAsync(ids[0], """{ "note": " I look " }""");
        var said = JsonDocument.Parse(await acknowledged.Content.ReadAsStringAsync()).RootElement.GetProperty("acknowledgement");
        Assert.Equal((ServiceProcess.User, "I look"), (said.Text("by"), said.Text("note")));
        await ToldAsync(2); // One of them nobody cares for.

        using var other = await AcknowledgeAsync(ids[1]);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await ToldAsync(2);
        using var back = await _inbox.Client.SendAsync("DELETE", $"/api/alerts/{ids[1]}/acknowledgement");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        await ToldAsync(3);
        using var again = await AcknowledgeAsync(ids[1]);
        await ToldAsync(3);

        // Of an end they are told, and an alert that has ended wants no care.
        both = both.Replace("\"firing\"", "\"resolved\"", StringComparison.Ordinal).Replace("0001-01-01T00:00:00Z", "2026-03-01T13:07:00+01:00", StringComparison.Ordinal);
        await _inbox.Client.AcceptsAsync(both);
        await ToldAsync(4);
        using var late = await AcknowledgeAsync(ids[0]);
        Assert.Contains("has ended, so there is nothing to take care of any more.", (await late.ProblemAsync(409)).Text("detail"), StringComparison.Ordinal);
        using var none = await AcknowledgeAsync(999999);
        await none.ProblemAsync(404);
        using var longer = await AcknowledgeAsync(ids[0], $$"""{ "note": "{{new string('x', 1001)}}" }""");
        Assert.Equal(["note"], (await longer.ProblemAsync(400)).Faults());

        async Task ToldAsync(int times)
        {
            using var response = await _inbox.Client.SendAsync("POST", "/api/notify/webhook", both);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
            Assert.Equal(times, _outside.ToldTo("webhook").Count);
        }

        Task<HttpResponseMessage> AcknowledgeAsync(long id, string? body = null) => _inbox.Client.SendAsync("POST", $"/api/alerts/{id}/acknowledgement", body);
    }

    private async Task<HttpStatusCode> NotifyAsync(string channel)
    {
        using var response = await _inbox.Client.SendAsync("POST", $"/api/notify/{channel}", Body);
        return response.StatusCode;
    }
}
