using System.Net.Http.Json;
using Transcendence.Tests.Alerts;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

/// <summary>The inbox with a real Alertmanager, a real Prometheus that scrapes it, and somebody outside who is told.</summary>
public sealed class InboxSite : IAsyncLifetime, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly DateTimeOffset _startsAt = DateTimeOffset.UtcNow.AddMinutes(-3);
    private OutsideWorld? _outside;
    private ToolProcess? _prometheus, _alertmanager;
    private ServiceProcess? _inbox;

    /// <summary>The page's address.</summary>
    public Uri Address => _inbox!.Address;

    /// <summary>A client of the inbox.</summary>
    internal HttpClient Client => _inbox!.Client;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return; // Every test that would use it is skipped.
        }

        var (port, prometheus, alertmanager) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        _outside = await OutsideWorld.StartAsync();
        _inbox = await ServiceProcess.StartAsync(
            "Transcendence.Alerts",
            AlertsService.Settings(_directory["alerts.db"], [.. AlertmanagerTests.Settings(alertmanager), .. _outside.Settings, ("services__prometheus__http__0", $"http://127.0.0.1:{prometheus}"), ("Alerts__LoginHint", "Ask whoever started it.")]),
            port);
        _alertmanager = await AlertmanagerTests.StartAlertmanagerAsync(_directory, _inbox, alertmanager);
        await File.WriteAllTextAsync(_directory["prometheus.yml"], $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: alerts
                static_configs: [{ targets: ["127.0.0.1:{{port}}"] }]
            """);
        _prometheus = await ToolProcess.StartOnAsync("prometheus", prometheus, $"--config.file={_directory["prometheus.yml"]}", $"--storage.tsdb.path={_directory["prometheus"]}");
        await Eventually.TrueAsync(async () => (await Client.GetStringAsync(new Uri("/api/services", UriKind.Relative))) == """["alerts"]""", "Prometheus watches the inbox");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[_prometheus, _alertmanager, _inbox, _outside])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    /// <summary>Has an alert fire, or end, as Prometheus says it.</summary>
    internal async Task RaiseAsync(string name, string severity = "critical", bool ends = false)
    {
        var now = DateTimeOffset.UtcNow;
        using var response = await _alertmanager!.Client.PostAsJsonAsync("api/v2/alerts", new[]
        {
            new
            {
                labels = new { alertname = name, severity, service = "backend", route = "/api/<b>players</b>", monitor = "ft_transcendence" },
                annotations = new
                {
                    summary = $"The backend <b>is down</b> ({name})", description = "It has not answered for a minute, and what it says when it does is long.",
                    runbook_url = "http://localhost:8082/runbooks/BackendDown", dashboard_url = "http://localhost:3000/d/ft_transcendence?viewPanel=9",
                },
                startsAt = _startsAt,
                endsAt = ends ? now : now.AddMinutes(10),
                generatorURL = "javascript:alert(1)",
            },
        });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends what another test has left.</summary>
    internal async Task CleanAsync()
    {
        foreach (var silence in (await Client.GetJsonAsync("/api/silences")).EnumerateArray())
        {
            using var ended = await Client.DeleteAsync(new Uri($"/api/silences/{silence.Text("id")}", UriKind.Relative));
            ended.EnsureSuccessStatusCode();
        }

        foreach (var alert in await Client.AlertsAsync("state=active"))
        {
            await RaiseAsync(alert.Text("name"), alert.Text("severity"), ends: true);
        }

        await Eventually.TrueAsync(async () => (await Client.AlertsAsync("state=active")).Length == 0, "nothing fires", TimeSpan.FromSeconds(40));
    }

    /// <summary>Says that the monitoring works.</summary>
    internal async Task LiveAsync()
    {
        using var response = await Client.PostAsJsonAsync("/api/watchdog", new
        {
            version = "4", status = "firing",
            alerts = new[]
            {
                new
                {
                    status = "firing", fingerprint = "w", startsAt = DateTimeOffset.UtcNow, labels = new { alertname = "Watchdog" },
                    annotations = new { last_sample = $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}" },
                },
            },
        });
        response.EnsureSuccessStatusCode();
    }
}
