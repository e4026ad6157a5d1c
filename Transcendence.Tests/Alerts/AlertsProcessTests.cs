using System.Net;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>The inbox over its life: starts, kills, restarts, a lost disk, time that passes.</summary>
public sealed class AlertsProcessTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_notification_that_was_acknowledged_survives_a_kill()
    {
        var service = await AlertsService.StartAsync(directory["alerts.db"]);
        await service.Client.AcceptsAsync(AlertsService.Notification("a", severity: "critical"));
        service.Kill();
        await service.DisposeAsync();

        await using var again = await AlertsService.StartAsync(directory["alerts.db"]);
        Assert.Single(await again.Client.AlertsAsync("state=active"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await again.Client.StatusAsync("/health/alerts"));
    }

    [Fact]
    public async Task An_alert_of_which_nothing_is_heard_any_more_does_not_keep_the_health_red()
    {
        await using var service = await AlertsService.StartAsync(directory["alerts.db"], ("Alerts__ExpireAfter", "00:00:03"));
        await service.Client.AcceptsAsync(AlertsService.Notification("a", severity: "critical"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await service.Client.StatusAsync("/health/alerts"));

        await Eventually.TrueAsync(async () => await service.Client.StatusAsync("/health/alerts") == HttpStatusCode.OK, "the alert has expired");
        Assert.Equal("expired", Assert.Single(await service.Client.AlertsAsync("state=history")).Text("state"));
        Assert.Equal(0, await service.Client.SampleAsync("transcendence_alerts_active{severity=\"critical\"}"));
    }

    [Fact]
    public async Task History_that_is_too_old_is_forgotten()
    {
        await using (var service = await AlertsService.StartAsync(directory["alerts.db"]))
        {
            await service.Client.AcceptsAsync(AlertsService.Notification("a"));
        }

        await using var again = await AlertsService.StartAsync(
            directory["alerts.db"], ("Alerts__ExpireAfter", "00:00:00.001"), ("Alerts__HistoryRetention", "00:00:00.001"));
        await Eventually.TrueAsync(async () => (await again.Client.AlertsAsync()).Length == 0, "the alert is forgotten");
        await Eventually.TrueAsync(
            () => Task.FromResult(again.Output.Contains("Removed 2 alerts and notifications", StringComparison.Ordinal)), "the log says so");
    }

    [Fact]
    public async Task Without_its_file_it_acknowledges_nothing_and_says_so()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // An open file cannot be removed there.
        }

        await using var service = await AlertsService.StartAsync(directory["data/alerts.db"]);
        await service.Client.AcceptsAsync(AlertsService.Notification("a"));
        Directory.Delete(directory["data"], recursive: true);

        using (var response = await service.Client.NotifyAsync(AlertsService.Notification("b")))
        {
            await response.ProblemAsync(503); // Alertmanager repeats what was answered with 5xx.
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await service.Client.StatusAsync("/health"));
        Assert.Equal(HttpStatusCode.OK, await service.Client.StatusAsync("/alive"));
        Assert.Equal(HttpStatusCode.OK, await service.Client.StatusAsync("/metrics"));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_is_named_in_one_line()
    {
        await File.WriteAllTextAsync(directory["file"], "");
        await RefusesAsync(AlertsService.Settings(directory["file/alerts.db"]), directory["file/alerts.db"], "ConnectionStrings__alerts");
    }

    [Theory]
    [InlineData("Alerts__ExpireAfter", "soon", "Alerts:ExpireAfter")]
    [InlineData("Alerts__ExpireAfter", "00:00:00", "Alerts:ExpireAfter")]
    [InlineData("Alerts__ExpireAfter", "-01:00:00", "Alerts:ExpireAfter")]
    [InlineData("Alerts__ExpireAfter", "9999999.00:00:00", "Alerts:ExpireAfter")]
    [InlineData("Alerts__HistoryRetention", "01:00:00", "Alerts:HistoryRetention")]
    public async Task A_setting_that_cannot_be_used_is_named_in_one_line(string name, string value, string setting) =>
        await RefusesAsync(AlertsService.Settings(directory["alerts.db"], (name, value)), setting);

    private static async Task RefusesAsync(Dictionary<string, string?> settings, params string[] words)
    {
        await using var service = ServiceProcess.Launch("Transcendence.Alerts", settings);
        Assert.NotEqual(0, await service.WaitForExitAsync());
        Assert.Single(service.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(words, word => Assert.Contains(word, service.Error, StringComparison.Ordinal));
    }
}
