using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Transcendence.Alerts.Data;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>The inbox over its life: starts, kills, restarts, a lost disk, time that passes.</summary>
public sealed class AlertsProcessTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ANotificationThatWasAcknowledgedSurvivesAKill()
    {
        var service = await AlertsService.StartAsync(_directory["alerts.db"]);
        await service.Client.AcceptsAsync(AlertsService.Notification("a", severity: "critical"));
        service.Kill();
        await service.DisposeAsync();

        await using var again = await AlertsService.StartAsync(_directory["alerts.db"]);
        Assert.Single(await again.Client.AlertsAsync("state=active"));
        Assert.Equal("firing", (await again.Client.HealthOfAlertsAsync()).Text("status"));
    }

    [Fact]
    public async Task AnAlertOfWhichNothingIsHeardAnyMoreDoesNotFireForEver()
    {
        await using (var first = await AlertsService.StartAsync(_directory["alerts.db"]))
        {
            await first.Client.AcceptsAsync(AlertsService.Notification("a", severity: "critical"));
            Assert.Equal("firing", (await first.Client.HealthOfAlertsAsync()).Text("status"));
        }

        await using var service = await AlertsService.StartAsync(_directory["alerts.db"], ("Alerts__ExpireAfter", "00:00:00.001"));
        Assert.Equal("quiet", (await service.Client.HealthOfAlertsAsync()).Text("status"));
        var alert = Assert.Single(await service.Client.AlertsAsync("state=history"));
        Assert.Equal("expired", alert.Text("state"));
        Assert.True(alert.GetProperty("endIsInferred").GetBoolean());
        Assert.Equal(0, await service.Client.SampleAsync("transcendence_alerts_active{severity=\"critical\"}"));
    }

    [Fact]
    public async Task HistoryThatIsTooOldIsForgotten()
    {
        await using (var service = await AlertsService.StartAsync(_directory["alerts.db"]))
        {
            await service.Client.AcceptsAsync(AlertsService.Notification("a"));
        }

        await using var again = await AlertsService.StartAsync(
            _directory["alerts.db"], ("Alerts__ExpireAfter", "00:00:00.001"), ("Alerts__HistoryRetention", "00:00:00.001"));
        await Eventually.TrueAsync(async () => (await again.Client.AlertsAsync()).Length == 0, "the alert is forgotten");
        await Eventually.TrueAsync(
            () => Task.FromResult(again.Output.Contains("Removed 2 alerts and notifications", StringComparison.Ordinal)), "the log says so");
    }

    [Fact]
    public async Task WithoutItsFileItAcknowledgesNothingAndSaysSo()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // An open file cannot be removed there.
        }

        await using var service = await AlertsService.StartAsync(_directory["data/alerts.db"]);
        await service.Client.AcceptsAsync(AlertsService.Notification("a"));
        Directory.Delete(_directory["data"], recursive: true);

        using (var response = await service.Client.NotifyAsync(AlertsService.Notification("b")))
        {
            await response.ProblemAsync(503); // Alertmanager repeats what was answered with 5xx.
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await service.Client.StatusAsync("/health"));
        var health = await service.Client.HealthOfAlertsAsync();
        Assert.Equal("unknown", health.Text("status"));
        Assert.Contains("database", health.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await service.Client.StatusAsync("/alive"));
        Assert.Equal(HttpStatusCode.OK, await service.Client.StatusAsync("/metrics"));
    }

    [Fact]
    public async Task TheHealthOfAlertsNamesThoseThatFireAndTellsItselfFromThem()
    {
        await using var service = await AlertsService.StartAsync(_directory["alerts.db"]);
        var quiet = await service.Client.HealthOfAlertsAsync();
        Assert.Equal("quiet", quiet.Text("status"));
        Assert.Empty(quiet.GetProperty("alerts").EnumerateArray());
        Assert.Contains("No Alertmanager is known", service.Output, StringComparison.Ordinal);

        await service.Client.AcceptsAsync(AlertsService.Notification("warning"));
        await service.Client.AcceptsAsync(AlertsService.Notification("a", severity: "critical", name: "BackendDown")
            .Replace("\"annotations\": {", "\"annotations\": { \"runbook_url\": \"http://runbooks/down\",", StringComparison.Ordinal));
        var firing = await service.Client.HealthOfAlertsAsync();
        Assert.Equal("firing", firing.Text("status"));
        var alert = Assert.Single(firing.GetProperty("alerts").EnumerateArray());
        Assert.Equal(["name", "severity", "startsAt", "summary", "runbookUrl"], alert.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("BackendDown", "critical"), (alert.Text("name"), alert.Text("severity")));
        Assert.Equal(("Something <b>happened</b>", "http://runbooks/down"), (alert.Text("summary"), alert.Text("runbookUrl")));
        Assert.Equal("BackendDown since 2026-03-01 12:00:00Z: Something <b>happened</b>", firing.Text("reason"));

        for (var i = 0; i < 100; i++)
        {
            await service.Client.AcceptsAsync(AlertsService.Notification($"more-{i}", severity: "critical", name: $"More{i}"));
        }

        var many = await service.Client.HealthOfAlertsAsync();
        Assert.Equal(100, many.GetProperty("alerts").GetArrayLength());
        Assert.EndsWith("; and more", many.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(0, await service.Client.SampleAsync("http_requests_total{method=\"GET\",route=\"/health/alerts\",status_code=\"200\"}"));
    }

    [Fact]
    public async Task WithoutItsAlertmanagerItSaysThatItDoesNotKnow()
    {
        var nobody = $"http://127.0.0.1:{FreePort.Next()}";
        await using var service = await AlertsService.StartAsync(_directory["alerts.db"], ("services__alertmanager__http__0", nobody));
        await service.Client.AcceptsAsync(AlertsService.Notification("a", severity: "critical", name: "BackendDown"));
        await Eventually.TrueAsync(
            async () => (await service.Client.HealthOfAlertsAsync()).Text("reason").Contains("Connection refused", StringComparison.Ordinal), "it has asked");
        var health = await service.Client.HealthOfAlertsAsync();
        Assert.Equal("unknown", health.Text("status"));
        Assert.Equal("BackendDown", Assert.Single(health.GetProperty("alerts").EnumerateArray()).Text("name"));
        Assert.Contains("Last known to fire: BackendDown since", health.Text("reason"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await service.Client.StatusAsync("/health")); // Alertmanager may be waiting for it.
        Assert.True(await service.Client.SampleAsync("transcendence_alert_reconciliation_failures_total") >= 1);
        var lines = service.Output.Split('\n').Where(line => line.Contains("Alertmanager", StringComparison.Ordinal));
        Assert.Contains("services:alertmanager:http", Assert.Single(lines), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseOfThePreviousVersionIsUpgradedWithoutLoss()
    {
        var path = _directory["alerts.db"];
        await using (var context = new AlertsDbContext(new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite($"Data Source={path};Pooling=False").Options))
        {
            await context.GetService<IMigrator>().MigrateAsync("InitialCreate");
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO Alerts (Fingerprint, StartsAt, Name, Severity, Labels, Annotations, GeneratorUrl, ResolvedAt, LastSeenAt, Superseded) VALUES
                    ('a', '2026-03-01T12:00:00.0000000Z', 'BackendDown', 'critical', '{{"alertname":"BackendDown"}}', '{{"summary":"old"}}', NULL, '2026-03-01T12:04:00.0000000Z', '2026-03-01T12:04:10.0000000Z', 0);
                INSERT INTO Notifications (ReceivedAt, Receiver, Status, GroupKey, TruncatedAlerts) VALUES ('2026-03-01T12:04:10.0000000Z', 'inbox', 'resolved', 'group', 0);
                INSERT INTO Events (AlertId, NotificationId, Status) VALUES (1, 1, 'resolved');
                """);
        }

        await using var service = await AlertsService.StartAsync(path, ("Alerts__HistoryRetention", "36500.00:00:00"));
        var alert = Assert.Single(await service.Client.AlertsAsync("state=resolved"));
        Assert.Equal(("BackendDown", 240.0), (alert.Text("name"), alert.GetProperty("durationSeconds").GetDouble()));
        Assert.Equal("old", alert.GetProperty("annotations").Text("summary"));
        Assert.False(alert.GetProperty("endIsInferred").GetBoolean());
        Assert.Equal(1, (await service.Client.GetJsonAsync($"/api/alerts/{alert.Number("id")}")).Number("notificationCount"));
    }

    [Fact]
    public async Task ADirectoryThatCannotBeUsedIsNamedInOneLine()
    {
        await File.WriteAllTextAsync(_directory["file"], "");
        await RefusesAsync(AlertsService.Settings(_directory["file/alerts.db"]), _directory["file/alerts.db"], "ConnectionStrings__alerts");
    }

    [Theory]
    [InlineData("Alerts__ExpireAfter", "soon", "Alerts:ExpireAfter")]
    [InlineData("Alerts__ExpireAfter", "00:00:00", "Alerts:ExpireAfter")]
    [InlineData("Alerts__ExpireAfter", "-01:00:00", "Alerts:ExpireAfter")]
    [InlineData("Alerts__ExpireAfter", "9999999.00:00:00", "Alerts:ExpireAfter")]
    [InlineData("Alerts__HistoryRetention", "01:00:00", "Alerts:HistoryRetention")]
    [InlineData("Alerts__SettleTime", "-00:00:01", "Alerts:SettleTime")]
    [InlineData("Alerts__SettleTime", "02:00:00", "Alerts:SettleTime")]
    [InlineData("Alerts__Receiver", " ", "Alerts:Receiver")]
    [InlineData("Alerts__WatchdogOverdueAfter", "00:00:01", "Alerts:WatchdogOverdueAfter")]
    [InlineData("Alerts__PrometheusUrl", "localhost:9090", "Alerts:PrometheusUrl")]
    [InlineData("Alerts__Runbooks", "/no/such/directory", "Alerts:Runbooks")]
    [InlineData("Notify__Slack", "hooks.slack.com/x", "Notify:Slack")]
    [InlineData("Notify__Email", "smtp://HOST/", "Notify:Email")]
    public async Task ASettingThatCannotBeUsedIsNamedInOneLine(string name, string value, string setting) =>
        await RefusesAsync(AlertsService.Settings(_directory["alerts.db"], (name, value)), setting);

    private static async Task RefusesAsync(Dictionary<string, string?> settings, params string[] words)
    {
        await using var service = ServiceProcess.Launch("Transcendence.Alerts", settings);
        Assert.NotEqual(0, await service.WaitForExitAsync());
        Assert.Single(service.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(words, word => Assert.Contains(word, service.Error, StringComparison.Ordinal));
    }
}
