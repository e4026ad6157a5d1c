using System.Net;
using System.Net.Http.Json;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring;

namespace Transcendence.Tests.Alerts;

/// <summary>A real Alertmanager, with the configuration of <c>monitoring/</c>, and a real inbox.</summary>
public sealed class AlertmanagerTests
{
    private static readonly string s_start = Time(DateTimeOffset.UtcNow.AddSeconds(-5));

    private static readonly Uri s_silences = new("/api/silences", UriKind.Relative);

    // As the feeder repeats itself every second.
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task AnAlertThatIsRaisedArrivesIsInTheHealthAndEnds()
    {
        using var directory = new TempDirectory();
        await using var inbox = await AlertsService.StartAsync(directory["alerts.db"]);
        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox);
        Assert.Equal("quiet", (await inbox.Client.HealthOfAlertsAsync()).Text("status"));

        await RaiseAsync(alertmanager);
        await Eventually.TrueAsync(async () => (await inbox.Client.AlertsAsync("state=active")).Length == 1, "the alert is in the inbox");
        var alert = Assert.Single(await inbox.Client.AlertsAsync());
        Assert.Equal("BackendDown", alert.Text("name"));
        Assert.Equal("critical", alert.Text("severity"));
        Assert.Equal("backend:8000", alert.GetProperty("labels").Text("instance"));
        Assert.Equal("The backend is down", alert.GetProperty("annotations").Text("summary"));

        var health = await inbox.Client.HealthOfAlertsAsync();
        Assert.Equal("firing", health.Text("status"));
        Assert.EndsWith(": The backend is down", health.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await inbox.Client.StatusAsync("/health"));
        Assert.Equal(1, await inbox.Client.SampleAsync("transcendence_alerts_active{severity=\"critical\"}"));

        await RaiseAsync(alertmanager, "--end=" + Time(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await Eventually.TrueAsync(async () => (await inbox.Client.AlertsAsync("state=resolved")).Length == 1, "the alert is resolved in the inbox");
        alert = Assert.Single(await inbox.Client.AlertsAsync());
        Assert.True(alert.GetProperty("endsAt").GetDateTimeOffset() >= alert.GetProperty("startsAt").GetDateTimeOffset());
        Assert.Equal("quiet", (await inbox.Client.HealthOfAlertsAsync()).Text("status"));
        Assert.Equal(0, await inbox.Client.SampleAsync("transcendence_alerts_active{severity=\"critical\"}"));

        Assert.Contains("BackendDown (critical) fires since ", inbox.Output, StringComparison.Ordinal);
        Assert.Contains("BackendDown (critical) ended after ", inbox.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", inbox.Output, StringComparison.Ordinal); // A red light is no failure of the inbox.

        var details = await inbox.Client.GetJsonAsync($"/api/alerts/{alert.Number("id")}");
        Assert.Equal(["resolved", "firing"], details.GetProperty("notifications").EnumerateArray().Select(notification => notification.Text("status")));
        Assert.All(details.GetProperty("notifications").EnumerateArray(), notification => Assert.Equal("inbox", notification.Text("receiver")));
    }

    [Fact]
    public async Task WhatFiresWhileTheInboxIsDownArrivesWhenItIsBack()
    {
        using var directory = new TempDirectory();
        var inbox = await AlertsService.StartAsync(directory["alerts.db"]);
        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox);
        await inbox.DisposeAsync();
        await RaiseAsync(alertmanager);
        await Eventually.TrueAsync(
            async () => (await alertmanager.Client.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n')
                .Any(line => line.StartsWith("alertmanager_notification_requests_failed_total{", StringComparison.Ordinal)
                    && line.Contains("webhook", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal)),
            "Alertmanager has tried in vain");

        await using var again = await ServiceProcess.StartAsync("Transcendence.Alerts", AlertsService.Settings(directory["alerts.db"]), inbox.Port);
        await Eventually.TrueAsync(async () => (await again.Client.AlertsAsync("state=active")).Length == 1, "the alert is in the inbox", TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task WhatEndsWhileTheInboxIsDownHasEndedWhenItIsBack()
    {
        using var directory = new TempDirectory();
        var port = FreePort.Next();
        var inbox = await AlertsService.StartAsync(directory["alerts.db"], Settings(port));
        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox, port);
        await using (Feeder.Start(alertmanager.Address))
        {
            await FiresAsync(inbox);
        }

        // An end that is never announced: Alertmanager gives up while the inbox is down, and has another address for it afterwards.
        await inbox.DisposeAsync();
        await RaiseAsync(alertmanager, "--end=" + Time(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await using var again = await AlertsService.StartAsync(directory["alerts.db"], Settings(port));
        await EndsAsync(again, TimeSpan.FromSeconds(10));
        Assert.Contains("BackendDown (critical) ended after ", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARestartOfAlertmanagerNeitherEndsNorRepeatsAnAlertAndWhatEndsMeanwhileEndsSoonAfter()
    {
        using var directory = new TempDirectory();
        var port = FreePort.Next();
        await using var inbox = await AlertsService.StartAsync(directory["alerts.db"], Settings(port));
        var alertmanager = await StartAlertmanagerAsync(directory, inbox, port);
        var feeder = Feeder.Start(alertmanager.Address);
        await FiresAsync(inbox);
        await Eventually.TrueAsync(
            async () => await inbox.Client.SampleAsync("transcendence_alert_last_reconciliation_timestamp_seconds") > 0, "the inbox has asked");
        await Eventually.TrueAsync(() => Task.FromResult(new FileInfo(directory["data/nflog"]) is { Exists: true, Length: > 0 }), "Alertmanager has stored whom it notified");

        // Killed, and gone for as long as it takes the inbox to notice.
        await alertmanager.DisposeAsync();
        await Eventually.TrueAsync(async () => (await inbox.Client.HealthOfAlertsAsync()).Text("status") == "unknown", "the inbox has noticed");
        Assert.Single(await inbox.Client.AlertsAsync("state=active"));
        alertmanager = await StartAlertmanagerAsync(directory, inbox, port);
        await Eventually.TrueAsync(async () => (await inbox.Client.HealthOfAlertsAsync()).Text("status") == "firing", "the inbox has asked again");
        await Task.Delay(2 * s_settleTime); // Enough for it to end or to be repeated.
        var alert = Assert.Single(await inbox.Client.AlertsAsync());
        Assert.Equal("active", alert.Text("state"));
        var id = alert.Number("id");
        Assert.Equal(1, (await inbox.Client.GetJsonAsync($"/api/alerts/{id}")).Number("notificationCount"));
        Assert.DoesNotContain("ended after", inbox.Output, StringComparison.Ordinal);

        // It ends while Alertmanager is down: nobody ever announces that.
        await alertmanager.DisposeAsync();
        await feeder.DisposeAsync();
        await using var last = await StartAlertmanagerAsync(directory, inbox, port);
        await EndsAsync(inbox, TimeSpan.FromSeconds(30));
        var ended = Assert.Single(await inbox.Client.AlertsAsync("state=resolved"));
        Assert.True(ended.GetProperty("endIsInferred").GetBoolean());
        Assert.Equal(1, (await inbox.Client.GetJsonAsync($"/api/alerts/{id}")).Number("notificationCount"));
    }

    [Fact]
    public async Task PeopleAreToldOnceByEachWayThoughOneRefusesAtFirst()
    {
        using var directory = new TempDirectory();
        await using var outside = await OutsideWorld.StartAsync();
        await using var inbox = await AlertsService.StartAsync(directory["alerts.db"], outside.Settings);
        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox);
        outside.Refuse("slack");
        await RaiseAsync(alertmanager);
        await Eventually.TrueAsync(() => Task.FromResult(outside.ToldTo("email").Count == 1 && inbox.Output.Contains("slack was not told: it answers 503", StringComparison.Ordinal)), "mail is sent, and Slack refuses");
        outside.Refuse("slack", false);
        await Eventually.TrueAsync(() => Task.FromResult(outside.ToldTo("slack").Count == 1), "Slack is told", TimeSpan.FromSeconds(60));

        await RaiseAsync(alertmanager, "--end=" + Time(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await Eventually.TrueAsync(() => Task.FromResult(outside.ToldTo("slack").Count == 2), "Slack is told of the end");
        Assert.Contains("[RESOLVED] BackendDown", outside.ToldTo("slack")[1], StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Task.FromResult(outside.ToldTo("email").Count == 2 && outside.ToldTo("discord").Count == 2 && outside.ToldTo("webhook").Count == 2), "all others are told of both, once");

        // Neither Alertmanager's status nor its log knows a secret.
        Assert.DoesNotContain(OutsideWorld.Secret, await alertmanager.Client.GetStringAsync(new Uri("api/v2/status", UriKind.Relative)) + alertmanager.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsSilencedFiresAlthoughNobodyIsNotified()
    {
        using var directory = new TempDirectory();
        var port = FreePort.Next();
        await using var inbox = await AlertsService.StartAsync(directory["alerts.db"], Settings(port));
        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox, port);
        var (exitCode, output) = await RealTools.RunAsync(
            "amtool", $"--alertmanager.url={alertmanager.Address}", "silence", "add", "--author=me", "--comment=known", "alertname=BackendDown");
        Assert.True(exitCode == 0, output);

        await using var feeder = Feeder.Start(alertmanager.Address);
        var alert = await FiresAsync(inbox);
        Assert.Equal("The backend is down", alert.GetProperty("annotations").Text("summary"));
        Assert.Equal(0, (await inbox.Client.GetJsonAsync($"/api/alerts/{alert.Number("id")}")).Number("notificationCount"));
    }

    [Fact]
    public async Task ASilenceIsMadeWithAReasonSaysWhatItMutesAndIsEnded()
    {
        using var directory = new TempDirectory();
        var port = FreePort.Next();
        await using var inbox = await AlertsService.StartAsync(directory["alerts.db"], Settings(port));
        using (var early = await inbox.Client.GetAsync(s_silences))
        {
            Assert.StartsWith("Alertmanager does not answer: Connection refused", (await early.ProblemAsync(502)).Text("detail"), StringComparison.Ordinal);
        }

        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox, port);
        await using var feeder = Feeder.Start(alertmanager.Address);
        var id = (await FiresAsync(inbox)).Number("id");

        // One alert, a service, and anything by its labels: each mutes it, and says so.
        await SilencesAsync($$"""{ "reason": "known", "minutes": 10, "alertId": {{id}} }""", "alertname=BackendDown instance=backend:8000 service=backend severity=critical");
        await SilencesAsync("""{ "reason": "a new version", "minutes": 43200, "service": "backend" }""", "alertname!=Watchdog service=~backend|gateway");
        await SilencesAsync("""{ "reason": "all stops", "minutes": 1, "service": "*" }""", "alertname!=Watchdog alertname=~.+");
        await SilencesAsync(
            $$"""{ "reason": "by hand", "endsAt": "{{Time(DateTimeOffset.UtcNow.AddHours(1))}}", "matchers": [{ "name": "alertname", "value": "Backend.*", "isRegex": true }] }""", "alertname=~Backend.*");
        await SilencesAsync("""{ "reason": "Grafana stops", "minutes": 1, "service": "grafana" }""", "alertname!=Watchdog service=grafana", mutes: false);

        using (var unknown = await inbox.Client.DeleteAsync(new Uri($"/api/silences/{Guid.NewGuid()}", UriKind.Relative)))
        {
            Assert.Equal("Alertmanager refuses: it has no such silence.", (await unknown.ProblemAsync(404)).Text("detail"));
        }

        using var refused = await inbox.Client.SendAsync("POST", "/api/silences", """{ "reason": "x", "minutes": 5, "matchers": [{ "name": "alertname", "value": "(", "isRegex": true }, { "name": "alertname", "value": "x" }] }""");
        Assert.Contains("matchers", (await refused.ProblemAsync(400)).Faults());

        // To Alertmanager it is any word, Watchdog too; to .NET it is one letter and more.
        using var other = await inbox.Client.SendAsync("POST", "/api/silences", """{ "reason": "x", "minutes": 5, "matchers": [{ "name": "alertname", "value": "[[:alpha:]]+", "isRegex": true }] }""");
        Assert.Contains("matchers", (await other.ProblemAsync(400)).Faults());

        async Task SilencesAsync(string wanted, string matchers, bool mutes = true)
        {
            using var made = await inbox.Client.SendAsync("POST", "/api/silences", wanted);
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
            JsonElement silence = default;
            await Eventually.TrueAsync(
                async () => (silence = (await inbox.Client.GetJsonAsync("/api/silences")).EnumerateArray().Single()).GetProperty("alertIds").GetArrayLength() == (mutes ? 1 : 0), "it is in force");
            Assert.All(silence.GetProperty("alertIds").EnumerateArray(), alert => Assert.Equal(id, alert.GetInt64()));
            Assert.Equal((ServiceProcess.User, JsonDocument.Parse(wanted).RootElement.Text("reason")), (silence.Text("createdBy"), silence.Text("reason")));
            Assert.Equal(matchers, string.Join(' ', silence.GetProperty("matchers").EnumerateArray()
                .Select(matcher => $"{matcher.Text("name")}{(matcher.GetProperty("isEqual").GetBoolean() ? matcher.GetProperty("isRegex").GetBoolean() ? "=~" : "=" : "!=")}{matcher.Text("value")}").Order(StringComparer.Ordinal)));
            Assert.Equal("active", (await inbox.Client.AlertsAsync()).Single().Text("state")); // It fires all the same.
            using var ended = await inbox.Client.DeleteAsync(new Uri($"/api/silences/{silence.Text("id")}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
            using var again = await inbox.Client.DeleteAsync(new Uri($"/api/silences/{silence.Text("id")}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
            Assert.Empty((await inbox.Client.GetJsonAsync("/api/silences")).EnumerateArray());
        }
    }

    internal static (string Name, string Value)[] Settings(int port) =>
        [("services__alertmanager__http__0", $"http://127.0.0.1:{port}"), ("Alerts__SettleTime", s_settleTime.ToString())];

    private static async Task<JsonElement> FiresAsync(ServiceProcess inbox)
    {
        await Eventually.TrueAsync(async () => (await inbox.Client.AlertsAsync("state=active")).Length == 1, "the alert fires in the inbox");
        return Assert.Single(await inbox.Client.AlertsAsync());
    }

    private static Task EndsAsync(ServiceProcess inbox, TimeSpan within) => Eventually.TrueAsync(
        async () => (await inbox.Client.AlertsAsync("state=resolved")).Length == 1 && (await inbox.Client.HealthOfAlertsAsync()).Text("status") == "quiet",
        "the alert has ended in the inbox",
        within);

    internal static async Task<ToolProcess> StartAlertmanagerAsync(TempDirectory directory, ServiceProcess inbox, int? port = null)
    {
        var configuration = await File.ReadAllTextAsync(MonitoringFiles.PathOf("alertmanager", "alertmanager.yml"));
        await File.WriteAllTextAsync(directory["alertmanager.yml"], configuration
            .Replace("alerts:8082", inbox.Address.Authority, StringComparison.Ordinal)
            .Replace("group_wait: 10s", "group_wait: 100ms", StringComparison.Ordinal)
            .Replace("group_interval: 30s", "group_interval: 1s", StringComparison.Ordinal)
            .Replace("group_wait: 30s", "group_wait: 100ms", StringComparison.Ordinal)
            .Replace("group_interval: 5m", "group_interval: 1s", StringComparison.Ordinal));
        return await ToolProcess.StartOnAsync(
            "alertmanager", port ?? FreePort.Next(), $"--config.file={directory["alertmanager.yml"]}", $"--storage.path={directory["data"]}",
            "--cluster.listen-address=", "--data.maintenance-interval=1s");
    }

    private static async Task RaiseAsync(ToolProcess alertmanager, params string[] options)
    {
        var (exitCode, output) = await RealTools.RunAsync(
            "amtool",
            [
                $"--alertmanager.url={alertmanager.Address}", "alert", "add", "--start=" + s_start, "--annotation=summary=The backend is down", .. options,
                "alertname=BackendDown", "severity=critical", "service=backend", "instance=backend:8000",
            ]);
        Assert.True(exitCode == 0, output);
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Plays Prometheus while an alert fires: tells Alertmanager of it every second, whether it listens or not.</summary>
    private sealed class Feeder : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task _feeding;

        private Feeder(Uri alertmanager) => _feeding = FeedAsync(alertmanager);

        public static Feeder Start(Uri alertmanager) => new(alertmanager);

        /// <summary>Ends it: Prometheus says no more of an alert that it has forgotten.</summary>
        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _feeding;
            _end.Dispose();
        }

        private async Task FeedAsync(Uri alertmanager)
        {
            using var client = new HttpClient { BaseAddress = alertmanager };
            var startsAt = DateTimeOffset.UtcNow;
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    using var response = await client.PostAsJsonAsync("api/v2/alerts", new[]
                    {
                        new
                        {
                            labels = new { alertname = "BackendDown", severity = "critical", service = "backend", instance = "backend:8000" },
                            annotations = new { summary = "The backend is down" },
                            startsAt, // Seven digits, of which Alertmanager lists three.
                            endsAt = DateTimeOffset.UtcNow.AddMinutes(2),
                        },
                    }, _end.Token);
                    response.EnsureSuccessStatusCode();
                    await Task.Delay(TimeSpan.FromSeconds(1), _end.Token);
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100));
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }
}
