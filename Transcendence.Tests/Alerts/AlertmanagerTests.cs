using System.Globalization;
using System.Net;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring;

namespace Transcendence.Tests.Alerts;

/// <summary>A real Alertmanager, with the configuration of <c>monitoring/</c>, and a real inbox.</summary>
public sealed class AlertmanagerTests
{
    private static readonly string Start = Time(DateTimeOffset.UtcNow.AddSeconds(-5));

    [Fact]
    public async Task An_alert_that_is_raised_arrives_makes_the_health_red_and_ends()
    {
        using var directory = new TempDirectory();
        await using var inbox = await AlertsService.StartAsync(directory["alerts.db"]);
        await using var alertmanager = await StartAlertmanagerAsync(directory, inbox);
        Assert.Equal(HttpStatusCode.OK, await inbox.Client.StatusAsync("/health/alerts"));

        await RaiseAsync(alertmanager);
        await Eventually.TrueAsync(async () => (await inbox.Client.AlertsAsync("state=active")).Length == 1, "the alert is in the inbox");
        var alert = Assert.Single(await inbox.Client.AlertsAsync());
        Assert.Equal("BackendDown", alert.Text("name"));
        Assert.Equal("critical", alert.Text("severity"));
        Assert.Equal("backend:8000", alert.GetProperty("labels").Text("instance"));
        Assert.Equal("The backend is down", alert.GetProperty("annotations").Text("summary"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await inbox.Client.StatusAsync("/health/alerts"));
        Assert.Equal(HttpStatusCode.OK, await inbox.Client.StatusAsync("/health"));
        Assert.Equal(1, await inbox.Client.SampleAsync("transcendence_alerts_active{severity=\"critical\"}"));

        await RaiseAsync(alertmanager, "--end=" + Time(DateTimeOffset.UtcNow.AddSeconds(-1)));
        await Eventually.TrueAsync(async () => (await inbox.Client.AlertsAsync("state=resolved")).Length == 1, "the alert is resolved in the inbox");
        alert = Assert.Single(await inbox.Client.AlertsAsync());
        Assert.True(alert.GetProperty("endsAt").GetDateTimeOffset() >= alert.GetProperty("startsAt").GetDateTimeOffset());
        Assert.Equal(HttpStatusCode.OK, await inbox.Client.StatusAsync("/health/alerts"));
        Assert.Equal(0, await inbox.Client.SampleAsync("transcendence_alerts_active{severity=\"critical\"}"));

        Assert.Contains("BackendDown (critical) fires since ", inbox.Output, StringComparison.Ordinal);
        Assert.Contains("BackendDown (critical) ended after ", inbox.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", inbox.Output, StringComparison.Ordinal); // A red light is no failure of the inbox.

        var details = await inbox.Client.GetJsonAsync($"/api/alerts/{alert.Number("id")}");
        Assert.Equal(["resolved", "firing"], details.GetProperty("notifications").EnumerateArray().Select(notification => notification.Text("status")));
        Assert.All(details.GetProperty("notifications").EnumerateArray(), notification => Assert.Equal("inbox", notification.Text("receiver")));
    }

    [Fact]
    public async Task What_fires_while_the_inbox_is_down_arrives_when_it_is_back()
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

    private static async Task<ToolProcess> StartAlertmanagerAsync(TempDirectory directory, ServiceProcess inbox)
    {
        var configuration = await File.ReadAllTextAsync(MonitoringFiles.PathOf("alertmanager", "alertmanager.yml"));
        await File.WriteAllTextAsync(directory["alertmanager.yml"], configuration
            .Replace("alerts:8082", inbox.Address.Authority, StringComparison.Ordinal)
            .Replace("group_wait: 10s", "group_wait: 100ms", StringComparison.Ordinal)
            .Replace("group_interval: 30s", "group_interval: 1s", StringComparison.Ordinal));
        return await ToolProcess.StartAsync(
            "alertmanager", $"--config.file={directory["alertmanager.yml"]}", $"--storage.path={directory["data"]}", "--cluster.listen-address=");
    }

    private static async Task RaiseAsync(ToolProcess alertmanager, params string[] options)
    {
        var (exitCode, output) = await RealTools.RunAsync(
            "amtool",
            [
                $"--alertmanager.url={alertmanager.Address}", "alert", "add", "--start=" + Start, "--annotation=summary=The backend is down", .. options,
                "alertname=BackendDown", "severity=critical", "service=backend", "instance=backend:8000",
            ]);
        Assert.True(exitCode == 0, output);
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
