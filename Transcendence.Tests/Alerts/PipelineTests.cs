using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring;

namespace Transcendence.Tests.Alerts;

/// <summary>The dead man's switch: a real Prometheus, a real Alertmanager and a real inbox, of which each is killed, and of which each is cut from each.</summary>
/// <remarks>On the configuration of <c>monitoring/</c>, where all takes a tenth of the time.</remarks>
public sealed class PipelineTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_overdueAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(5);

    // The start of a process takes its own time, on a loaded machine.
    private static readonly TimeSpan s_forARestart = TimeSpan.FromSeconds(20);

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, int> _ports = new[] { "prometheus", "alertmanager", "alerts" }.ToDictionary(name => name, _ => FreePort.Next());
    private CuttableLink _inboxToPrometheus = null!, _inboxToAlertmanager = null!, _prometheusToAlertmanager = null!, _prometheusToTargets = null!, _alertmanagerToInbox = null!;
    private OutsideWorld _outside = null!;
    private ToolProcess? _prometheus, _alertmanager;
    private ServiceProcess? _inbox;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _inboxToPrometheus = new(_ports["prometheus"]);
        _inboxToAlertmanager = new(_ports["alertmanager"]);
        _prometheusToAlertmanager = new(_ports["alertmanager"]);
        _prometheusToTargets = new(_ports["alerts"]);
        _alertmanagerToInbox = new(_ports["alerts"]);
        _outside = await OutsideWorld.StartAsync();
        await StartInboxAsync(s_overdueAfter + s_forARestart);
        await StartAlertmanagerAsync();
        await StartPrometheusAsync();
        await IsAsync("working", "none");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var tool in (IAsyncDisposable?[])[_prometheus, _alertmanager, _inbox, _outside, _inboxToPrometheus, _inboxToAlertmanager, _prometheusToAlertmanager, _prometheusToTargets, _alertmanagerToInbox])
        {
            await (tool?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task EachThatIsKilledAndEachThatIsCutIsToldApartAndARestartIsNoFalseWord()
    {
        Assert.Equal(1, await _inbox!.Client.SampleAsync("transcendence_alert_pipeline_working"));
        Assert.True(await _inbox.Client.SampleAsync("transcendence_alert_watchdog_last_sample_timestamp_seconds") > 0);
        await Eventually.TrueAsync(() => Task.FromResult(_outside.ToldTo("heartbeat").Count == 1), "somebody outside hears the heart");

        // A restart of each, one after the other: word comes again, and nobody says a false one meanwhile.
        var restarted = await LastWordAsync();
        await _prometheus!.DisposeAsync();
        await StartPrometheusAsync();
        restarted = await HeardAfterAsync(restarted);
        await _alertmanager!.DisposeAsync();
        await StartAlertmanagerAsync();
        restarted = await HeardAfterAsync(restarted);
        Assert.DoesNotContain("The monitoring is ", _inbox.Output, StringComparison.Ordinal);
        await _inbox.DisposeAsync();
        await StartInboxAsync(s_overdueAfter);
        Assert.True(await LastWordAsync() >= restarted); // It remembers.
        await IsAsync("working", "none");
        Assert.DoesNotContain("The monitoring is ", _inbox.Output, StringComparison.Ordinal);

        // Cut off from the inbox, which is told of alerts all the same.
        await CutAsync(_inboxToPrometheus, "impaired", "inboxToPrometheus");
        await CutAsync(_inboxToAlertmanager, "impaired", "inboxToAlertmanager");
        Assert.Empty(Notices());

        await CutAsync(_prometheusToAlertmanager, "overdue", "prometheusToAlertmanager");
        await CutAsync(_alertmanagerToInbox, "overdue", "alertmanagerToInbox");
        await CutAsync(_prometheusToTargets, "overdue", "noTargets");

        await _prometheus!.DisposeAsync();
        await IsAsync("overdue", "prometheusDown");
        var health = await _inbox.Client.HealthOfAlertsAsync();
        Assert.Equal("overdue", health.Text("status"));
        Assert.Contains("Nothing is recorded, and no alert can fire.", health.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.OK, await _inbox.Client.StatusAsync("/health")); // The inbox itself is well, and what waits for it does not hang.
        Assert.Equal(0, await _inbox.Client.SampleAsync("transcendence_alert_pipeline_working"));
        await _alertmanager!.DisposeAsync();
        await IsAsync("overdue", "bothDown");
        await StartPrometheusAsync();
        await IsAsync("overdue", "alertmanagerDown");
        await StartAlertmanagerAsync();
        await IsAsync("working", "none");

        // It judges, and records nothing.
        await WriteConfigurationAsync(text => text[..text.IndexOf("scrape_configs:", StringComparison.Ordinal)]);
        using (var reloaded = await _prometheus.Client.PostAsync(new Uri("-/reload", UriKind.Relative), null))
        {
            Assert.True(reloaded.IsSuccessStatusCode, await reloaded.Content.ReadAsStringAsync());
        }

        await IsAsync("overdue", "nothingRecorded");

        // None of it is an alert of the inbox: neither now nor in its history.
        Assert.DoesNotContain(await _inbox.Client.AlertsAsync(), alert => alert.Text("name") == "Watchdog");

        // Each time somebody outside was told once, and once that it is over. (What else this machine's load made overdue was, too.)
        await Eventually.TrueAsync(() => Task.FromResult(Notices().Length % 2 == 1), "somebody outside is told of the last");
        var told = Notices();
        Assert.True(told.Length >= 9, string.Join('\n', told));
        Assert.All(told.Index(), each => Assert.StartsWith(each.Index % 2 == 0 ? "[FIRING:1] MonitoringOverdue\nThe monitoring is overdue" : "[RESOLVED] MonitoringOverdue\nThe monitoring works again", each.Item, StringComparison.Ordinal));
        Assert.Contains(told, text => text.Contains("Nothing is recorded, and no alert can fire.", StringComparison.Ordinal));
        Assert.DoesNotContain(OutsideWorld.Secret, _inbox.Output, StringComparison.Ordinal);
    }

    private string[] Notices() =>
    [
        .. _outside.ToldTo("slack").Select(body => JsonDocument.Parse(body).RootElement).Select(notice => $"{notice.Text("text")}\n{notice.GetProperty("attachments")[0].Text("text")}"),
    ];

    private async Task CutAsync(CuttableLink link, string status, string cause)
    {
        link.Cut();
        await IsAsync(status, cause);
        link.Cut(false);
        await IsAsync("working", "none");
    }

    private async Task IsAsync(string status, string cause)
    {
        JsonElement last = default;
        try
        {
            await Eventually.TrueAsync(
                async () => (last = await _inbox!.Client.GetJsonAsync("/api/watchdog")).Text("status") == status && last.Text("cause") == cause,
                $"the monitoring is {status} ({cause})",
                TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It is {last}\n{_inbox!.Output}\n--- Alertmanager\n{_alertmanager?.Output}\n--- Prometheus\n{_prometheus?.Output}", e);
        }
    }

    private async Task<DateTimeOffset> LastWordAsync() => (await _inbox!.Client.GetJsonAsync("/api/watchdog")).GetProperty("lastSampleAt").GetDateTimeOffset();

    private async Task<DateTimeOffset> HeardAfterAsync(DateTimeOffset restarted)
    {
        var now = DateTimeOffset.UtcNow;
        await Eventually.TrueAsync(async () => await LastWordAsync() > now, "a word comes again", TimeSpan.FromSeconds(60));
        return await LastWordAsync() is var last && last > restarted ? last : throw new InvalidOperationException("The word is an old one.");
    }

    private async Task StartInboxAsync(TimeSpan overdueAfter) => _inbox = await ServiceProcess.StartAsync(
        "Transcendence.Alerts",
        AlertsService.Settings(
            _directory["alerts.db"],
            [.. _outside.Settings, ("services__prometheus__http__0", $"http://{_inboxToPrometheus.Authority}"), ("services__alertmanager__http__0", $"http://{_inboxToAlertmanager.Authority}"),
            ("Alerts__WatchdogOverdueAfter", overdueAfter.ToString()), ("Alerts__SettleTime", s_settleTime.ToString())]),
        _ports["alerts"]);

    private async Task StartAlertmanagerAsync()
    {
        var text = (await File.ReadAllTextAsync(MonitoringFiles.PathOf("alertmanager", "alertmanager.yml")))
            .Replace("alerts:8082", _alertmanagerToInbox.Authority, StringComparison.Ordinal)
            .Replace("group_interval: 15s", "group_interval: 1500ms", StringComparison.Ordinal)
            .Replace("repeat_interval: 10s", "repeat_interval: 1s", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_directory["alertmanager.yml"], text);
        _alertmanager = await ToolProcess.StartOnAsync(
            "alertmanager", _ports["alertmanager"], $"--config.file={_directory["alertmanager.yml"]}", $"--storage.path={_directory["alertmanager"]}", "--cluster.listen-address=");
    }

    private async Task StartPrometheusAsync()
    {
        await WriteConfigurationAsync(text => text);
        _prometheus = await ToolProcess.StartOnAsync(
            "prometheus", _ports["prometheus"], $"--config.file={_directory["prometheus.yml"]}", $"--storage.tsdb.path={_directory["prometheus"]}", "--rules.alert.resend-delay=3s", "--web.enable-lifecycle");
    }

    private async Task WriteConfigurationAsync(Func<string, string> change)
    {
        await File.WriteAllTextAsync(_directory["pipeline.yml"], await File.ReadAllTextAsync(MonitoringFiles.PathOf("prometheus", "pipeline.yml")));
        await File.WriteAllTextAsync(_directory["prometheus.yml"], change($$"""
            global: { scrape_interval: 1500ms, evaluation_interval: 1500ms }
            rule_files: [pipeline.yml]
            alerting: { alertmanagers: [{ static_configs: [{ targets: ['{{_prometheusToAlertmanager.Authority}}'] }] }] }
            scrape_configs:
              - { job_name: prometheus, static_configs: [{ targets: ['127.0.0.1:{{_ports["prometheus"]}}'] }] }
              - { job_name: alerts, static_configs: [{ targets: ['{{_prometheusToTargets.Authority}}'] }] }
            """));
    }
}
