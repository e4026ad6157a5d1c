using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Drills;

/// <summary>An application that is killed in the middle of a drill.</summary>
public sealed class KilledDrillTests
{
    [UnixFact]
    public async Task LeavesNothingChanged()
    {
        using var directory = new TempDirectory();
        var cli = new AspireCli(Directory.CreateDirectory(directory["home"]).FullName);
        var file = directory["data/config/prometheus/prometheus.yml"];
        string[] arguments = [$"--Rehearsal:Speed={RehearsedApplication.Speed}", $"--Parameters:grafana-admin-password={Application.Password}"];
        var ports = AppHostProcess.FreePorts();
        string before;
        await using (var first = AppHostProcess.Start(directory["data"], ports, cli.Environment, arguments))
        {
            await first.ReadyAsync();
            await WorkingAsync(first);
            before = await File.ReadAllTextAsync(file);
            var drill = cli.RunAsync("resource", "prometheus", "drill-cut");
            await Eventually.TrueAsync(
                async () => (await File.ReadAllTextAsync(file)).Contains("'127.0.0.1:9'", StringComparison.Ordinal) || (drill.IsFaulted ? throw drill.Exception.GetBaseException() : false), "Prometheus is cut from Alertmanager", TimeSpan.FromMinutes(2));

            first.KillAppHost();
            await Eventually.TrueAsync(() => Task.FromResult(first.Family.Count == 0), $"no process is left of {string.Join('\n', first.Family)}");
            await drill.ContinueWith(ended => ended.Exception, TaskScheduler.Default); // The CLI has lost whom it asked, whatever it makes of that.
            Assert.NotEqual(before, await File.ReadAllTextAsync(file));
        }

        await using var second = AppHostProcess.Start(directory["data"], ports, cli.Environment, arguments);
        await second.ReadyAsync();
        Assert.Equal(before, await File.ReadAllTextAsync(file));
        await WorkingAsync(second);
    }

    private static async Task WorkingAsync(AppHostProcess application)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = ServiceProcess.Basic("admin", Application.Password);
        await Eventually.TrueAsync(async () => (await client.GetStringAsync(application.Address("alerts", "/api/watchdog"))).Contains("\"status\":\"working\"", StringComparison.Ordinal), "the monitoring works", TimeSpan.FromMinutes(2));
    }
}
