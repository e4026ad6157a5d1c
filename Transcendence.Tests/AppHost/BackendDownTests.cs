using Microsoft.Extensions.Diagnostics.HealthChecks;
using Transcendence.Alerts.Inbox;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The seed's test 9.2, with its real `for: 1m`: stop the backend and follow the alert from Prometheus to the inbox and back.</summary>
public abstract class BackendDownTests(RunningApplication running)
{
    [SkippableFact]
    public async Task AStoppedBackendIsSeenByAllThroughRestartsOfTheToolsAndItsReturnToo()
    {
        var application = running.Application;
        await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="backend"}""")) is [{ Value: 1 }], "the backend is scraped");

        // Every rule was evaluated several times, and nothing fires while all is well. (A slow first request may make HighLatencyP95 pending.)
        await Eventually.TrueAsync(async () => (await application.QueryAsync("min(prometheus_rule_group_iterations_total) > 3")).Count == 1, "the rules are evaluated");
        // Others of this application's tests stop and start it again and again.
        Assert.Empty(await application.QueryAsync("""ALERTS{alertstate="firing", severity="critical", alertname!="CrashLoop"}"""));
        await Eventually.TrueAsync(async () => await PrometheusStateAsync() is null, "BackendDown is not pending once the backend was scraped");

        await application.CommandAsync("backend", KnownResourceCommands.StopCommand);
        await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="backend"}""")) is [{ Value: 0 }], "up falls to 0 and does not vanish");
        await Eventually.TrueAsync(async () => await PrometheusStateAsync() == "pending", "the alert is pending");

        await Eventually.TrueAsync(async () => await PrometheusStateAsync() == "firing", "the alert fires", TimeSpan.FromSeconds(120));
        await Eventually.TrueAsync(
            async () =>
            {
                using var groups = await application.GetJsonAsync("alertmanager", "/api/v2/alerts/groups");
                return groups.RootElement.EnumerateArray().Any(g => g.GetProperty("labels").GetProperty("alertname").GetString() == "BackendDown");
            },
            "Alertmanager has the group BackendDown");
        await Eventually.TrueAsync(async () => await InboxAsync("active") is [var alert] && IsBackendDown(alert), "the inbox has the alert", TimeSpan.FromSeconds(60));

        await HealthNamesItAsync(true);
        await HealthIsAsync(e => e.Snapshot.Urls.Any(url => url.Url.EndsWith("/runbooks/BackendDown", StringComparison.Ordinal)));

        // Without an inbox Prometheus still tells.
        await application.CommandAsync("alerts", KnownResourceCommands.StopCommand);
        await HealthIsAsync(e => e.Snapshot.HealthReports.Any(
            r => r is { Name: "critical-alerts", Status: HealthStatus.Unhealthy, Description: { } said } && said.Contains("Prometheus says, and the inbox does not: ", StringComparison.Ordinal) && said.Contains("BackendDown: The backend is down", StringComparison.Ordinal)));
        await application.StartAsync("alerts", KnownResourceCommands.StartCommand);
        await RestartsAreNoNewsAsync();

        // Its end is not lost on an Alertmanager that is down meanwhile.
        await application.CommandAsync("alertmanager", KnownResourceCommands.StopCommand);
        await application.StartAsync("backend", KnownResourceCommands.StartCommand);
        await Eventually.TrueAsync(async () => await PrometheusStateAsync() is null, "the alert is gone from Prometheus", TimeSpan.FromSeconds(60));
        await application.StartAsync("alertmanager", KnownResourceCommands.StartCommand);
        await Eventually.TrueAsync(async () => (await InboxAsync("active")).Count == 0, "the inbox hears of the end", TimeSpan.FromSeconds(120));

        var ended = Assert.Single(await InboxAsync("history"));
        Assert.True(IsBackendDown(ended));
        await HealthNamesItAsync(false);

        // The restart of a tool neither ends an alert that goes on nor repeats it.
        async Task RestartsAreNoNewsAsync()
        {
            var before = Assert.Single(await InboxAsync("active"));
            foreach (var tool in (string[])["prometheus", "alertmanager", "alerts"])
            {
                await application.StartAsync(tool, KnownResourceCommands.RestartCommand);
                if (tool == "prometheus")
                {
                    await Eventually.TrueAsync(async () => await PrometheusStateAsync() == "firing", "the alert fires again in the new Prometheus", TimeSpan.FromSeconds(60));
                    await ReconciledAsync(DateTimeOffset.UtcNow.AddSeconds(1));
                }
            }

            // That the new Alertmanager does not list it would count from now on, and group_wait is long over.
            using var status = await application.GetJsonAsync("alertmanager", "/api/v2/status");
            var settled = status.RootElement.GetProperty("uptime").GetDateTimeOffset() + new AlertsOptions().SettleTime;
            await ReconciledAsync(settled);
            var after = Assert.Single(await InboxAsync("active"));
            Assert.Equal((before.GetProperty("id").ToString(), before.GetProperty("startsAt").ToString()), (after.GetProperty("id").ToString(), after.GetProperty("startsAt").ToString()));
            using var details = await application.GetJsonAsync("alerts", $"/api/alerts/{after.GetProperty("id")}");
            Assert.Equal(["firing"], details.RootElement.GetProperty("notifications").EnumerateArray().Select(notification => notification.GetProperty("status").GetString()));
        }

        async Task ReconciledAsync(DateTimeOffset after)
        {
            using var inbox = application.App.CreateHttpClient("alerts", "http");
            await Eventually.TrueAsync(
                async () => await inbox.SampleAsync("transcendence_alert_last_reconciliation_timestamp_seconds") > after.ToUnixTimeSeconds() + 1,
                "the inbox has been reconciled with Alertmanager",
                TimeSpan.FromSeconds(120));
        }

        async Task<string?> PrometheusStateAsync()
        {
            using var alerts = await application.GetJsonAsync("prometheus", "/api/v1/alerts");
            return alerts.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray()
                .Where(a => a.GetProperty("labels").GetProperty("alertname").GetString() == "BackendDown")
                .Select(a => a.GetProperty("state").GetString()).SingleOrDefault();
        }

        async Task<IReadOnlyList<JsonElement>> InboxAsync(string list)
        {
            using var alerts = await application.GetJsonAsync("alerts", $"/api/alerts?state={list}&name=BackendDown");
            return [.. alerts.RootElement.GetProperty("items").EnumerateArray().Select(e => e.Clone())];
        }

        // Not that it is healthy: CrashLoop may fire, for other tests stop, start and kill the backend.
        Task HealthNamesItAsync(bool expected) => HealthIsAsync(e => e.Snapshot.HealthReports.Any(
            r => r is { Name: "critical-alerts", Status: HealthStatus.Healthy or HealthStatus.Unhealthy, Description: { } said } && said.Contains("BackendDown", StringComparison.Ordinal) == expected));

        // Health is asked every 30 s.
        async Task HealthIsAsync(Func<ResourceEvent, bool> predicate)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            ResourceEvent? last = null;
            try
            {
                await application.App.ResourceNotifications.WaitForResourceAsync("critical-alerts", e => predicate(last = e), deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{string.Join('\n', last!.Snapshot.HealthReports.Select(report => $"{report.Name} {report.Status}: {report.Description}"))}\n{string.Join('\n', last.Snapshot.Urls.Select(url => url.Url))}");
            }
        }

        static bool IsBackendDown(JsonElement alert) => alert.ToString().Contains("BackendDown", StringComparison.Ordinal);
    }
}

/// <summary>With the tools as executables.</summary>
/// <param name="running">The application.</param>
[Collection(RunningExecutables.Name)]
public sealed class BackendDownWithExecutablesTests(RunningExecutables running) : BackendDownTests(running);

/// <summary>With the tools as containers.</summary>
/// <param name="running">The application.</param>
[Collection(RunningContainers.Name)]
public sealed class BackendDownWithContainersTests(RunningContainers running) : BackendDownTests(running);
