using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using Transcendence.Alerts.Api;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Inbox;
using Transcendence.Alerts.Reconciliation;
using Transcendence.Alerts.Webhook;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>The inbox and an Alertmanager that says what it should not, or when it should not; on a real SQLite file.</summary>
public sealed class ReconciliationTests : IAsyncLifetime, IDisposable
{
    private const string Fingerprint = "1a30ba71cca2921f";

    // Of the digits, Alertmanager notifies all and lists three.
    private static readonly DateTimeOffset s_start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_239_567);
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(15);

    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new(s_start);
    private readonly AlertsOptions _options = new();
    private readonly AlertmanagerLink _link = new(isAsked: true, s_start);
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly StandInAlertmanager _alertmanager;
    private readonly ServiceProvider _services;
    private readonly Reconciler _reconciler;
    private HttpClient? _prometheus;

    public ReconciliationTests()
    {
        _alertmanager = new StandInAlertmanager(_clock) { UpFor = TimeSpan.FromDays(1) };
        _services = new ServiceCollection()
            .AddLogging()
            .AddDbContext<AlertsDbContext>(options => options.UseSqlite($"Data Source={_directory["alerts.db"]};Pooling=False"))
            .AddSingleton(_options).AddSingleton(_link).AddSingleton<TimeProvider>(_clock).AddScoped<AlertInbox>()
            .AddScoped(_ => new AlertmanagerClient(
                new HttpClient(_alertmanager, disposeHandler: false) { BaseAddress = new Uri("http://alertmanager") }, _options, _clock))
            .AddScoped(_ => _prometheus is null ? null! : new PrometheusClient(_prometheus, TimeProvider.System))
            .BuildServiceProvider();
        var scopes = _services.GetRequiredService<IServiceScopeFactory>();
        _reconciler = new Reconciler(scopes, _link, new AlertMetrics(_registry, scopes), _clock, NullLogger<Reconciler>.Instance);
    }

    public Task InitializeAsync() => InScopeAsync(async services =>
    {
        await services.GetRequiredService<AlertsDbContext>().Database.MigrateAsync();
        return true;
    });

    public async Task DisposeAsync() => await _services.DisposeAsync();

    public void Dispose()
    {
        _reconciler.Dispose();
        _alertmanager.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task WhatIsNotListedAnyMoreHasEndedWhenItWasLastKnownToFire()
    {
        await NotifyAsync(firing: true);
        _alertmanager.List(Fingerprint, s_start);
        _clock.Advance(s_round);
        Assert.Equal(s_round, await RoundAsync());
        var alert = await SingleAsync();
        Assert.Equal((AlertState.Active, null, false), (alert.State, alert.EndsAt, alert.EndIsInferred));
        Assert.Equal("The backend is down, it is listed", alert.Annotations["summary"]);

        _alertmanager.Alerts.Clear();
        _clock.Advance(s_round);
        await RoundAsync();
        alert = await SingleAsync();
        Assert.Equal((AlertState.Resolved, s_start + s_round, true), (alert.State, alert.EndsAt, alert.EndIsInferred));
        Assert.Equal(_clock.GetUtcNow(), alert.LastSeenAt);
    }

    [Fact]
    public async Task ANewAlertmanagerEndsNothingUntilItHasSettledAndIsAskedAtThatMoment()
    {
        await NotifyAsync(firing: true);
        _clock.Advance(TimeSpan.FromTicks(10_000 - 9_567)); // To a whole millisecond.
        _alertmanager.UpFor = TimeSpan.Zero;
        List<double> waits = [];
        while (_alertmanager.UpFor < _options.SettleTime)
        {
            var wait = await RoundAsync();
            Assert.Equal(AlertState.Active, (await SingleAsync()).State);
            waits.Add(wait.TotalSeconds);
            _clock.Advance(wait);
        }

        Assert.Equal([15, 15, 15, 5], waits);
        await RoundAsync();
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task ARestartBetweenTheTwoQuestionsEndsNothing()
    {
        await NotifyAsync(firing: true);
        _clock.Advance(s_round);
        _alertmanager.WhileAnswering = () =>
        {
            _alertmanager.UpFor = TimeSpan.Zero;
            return Task.CompletedTask;
        };
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task TheClockOfAlertmanagerMayDiffer(int hours)
    {
        _alertmanager.Ahead = TimeSpan.FromHours(hours);
        _alertmanager.UpFor = TimeSpan.FromSeconds(49);
        await NotifyAsync(firing: true);
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        _alertmanager.List(Fingerprint, s_start);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        _alertmanager.Alerts.Clear();
        await RoundAsync();
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task ANotificationThatArrivesMeanwhileIsNewerThanTheAnswer()
    {
        // It begins when the answer without it is on its way,
        _alertmanager.WhileAnswering = () => NotifyAsync(firing: true);
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        // and ends when the answer with it is.
        _alertmanager.List(Fingerprint, s_start);
        _clock.Advance(s_round);
        var end = _clock.GetUtcNow();
        _alertmanager.WhileAnswering = () => NotifyAsync(firing: false, endsAt: end);
        await RoundAsync();
        var alert = await SingleAsync();
        Assert.Equal((AlertState.Resolved, end, false), (alert.State, alert.EndsAt, alert.EndIsInferred));
    }

    [Fact]
    public async Task ANotificationThatArrivedMeanwhileAndWasOldIsPutRightInTheNextRound()
    {
        _alertmanager.WhileAnswering = () => NotifyAsync(firing: true);
        await RoundAsync();
        _alertmanager.WhileAnswering = () => Task.CompletedTask;
        _clock.Advance(s_round);
        await RoundAsync();
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);

        // Nor does the next late one bring it back for longer than that.
        _clock.Advance(s_round);
        await NotifyAsync(firing: true);
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
        _clock.Advance(AlertInbox.LateAfterEnd);
        await NotifyAsync(firing: true);
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
        await RoundAsync();
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task AClockThatIsSetBackKeepsNothingFromEnding()
    {
        _clock.Advance(TimeSpan.FromDays(1));
        await NotifyAsync(firing: true);
        var back = new FakeTimeProvider(s_start);
        await using var context = NewContext();
        var inbox = new AlertInbox(context, _options, _link, back, NullLogger<AlertInbox>.Instance);
        var answer = new AlertmanagerAnswer(back.GetUtcNow(), [], TimeSpan.Zero);
        Assert.Single(await inbox.ReconcileAsync(answer, await inbox.LastHeardAsync(CancellationToken.None), CancellationToken.None));
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task WhatWasNeverNotifiedIsAddedAndItsLateNotificationIsNoNews()
    {
        _alertmanager.List(Fingerprint, s_start);
        await RoundAsync();
        var alert = await SingleAsync();
        Assert.Equal((AlertState.Active, "BackendDown", "critical"), (alert.State, alert.Name, alert.Severity));
        Assert.Equal(s_start.AddTicks(-9_567), alert.StartsAt);
        Assert.Equal("http://prometheus:9090/graph", alert.GeneratorUrl);
        await using (var context = NewContext())
        {
            Assert.Equal((0, 0), (await context.Events.CountAsync(), await context.Notifications.CountAsync()));
        }

        Assert.Equal(0, await NotifyAsync(firing: true));
        Assert.Equal((AlertState.Active, s_start), ((await SingleAsync()).State, (await SingleAsync()).StartsAt));

        // Nor does the next round take the digits away again.
        _clock.Advance(s_round);
        await RoundAsync();
        Assert.Equal(s_start, (await SingleAsync()).StartsAt);
    }

    [Fact]
    public async Task WhatIsForAnotherReceiverIsNotAddedButWhatIsKnownIsKept()
    {
        _alertmanager.List("other", s_start, receiver: "pager");
        _alertmanager.List(Fingerprint, s_start, receiver: "pager");
        await NotifyAsync(firing: true);
        _clock.Advance(s_round);
        await RoundAsync();
        Assert.Equal((Fingerprint, AlertState.Active), ((await SingleAsync()).Fingerprint, (await SingleAsync()).State));

        // An episode that is not for us ends ours.
        _alertmanager.Alerts.Clear();
        _alertmanager.List(Fingerprint, s_start.AddSeconds(20), receiver: "pager");
        _clock.Advance(s_round);
        await RoundAsync();
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);

        _options.Receiver = "pager";
        await RoundAsync();
        Assert.Equal([AlertState.Active, AlertState.Resolved], (await AllAsync()).Select(alert => alert.State));
    }

    [Theory]
    [InlineData("suppressed")]
    [InlineData("unprocessed")]
    public async Task WhatIsSilencedOrInhibitedFires(string state)
    {
        _alertmanager.List(Fingerprint, s_start, state: state);
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
    }

    [Fact]
    public async Task ALaterStartIsANewEpisodeWithWhichTheFormerEnds()
    {
        await NotifyAsync(firing: true, startsAt: s_start.AddMinutes(-5));
        await NotifyAsync(firing: true);
        Assert.Equal([AlertState.Active, AlertState.Expired], (await AllAsync()).Select(alert => alert.State));
        _clock.Advance(TimeSpan.FromMinutes(9));
        _alertmanager.List(Fingerprint, s_start.AddMinutes(8));
        await RoundAsync();
        var all = await AllAsync();
        Assert.Equal([AlertState.Active, AlertState.Resolved, AlertState.Resolved], all.Select(alert => alert.State));
        Assert.True(all[1].EndIsInferred && all[2].EndIsInferred);
    }

    [Fact]
    public async Task AStartBeforeItWasLastHeardOfIsThatOfTheSameEpisode()
    {
        // Prometheus is restarted after half a minute, and Alertmanager, which had joined the two, after a minute.
        await NotifyAsync(firing: true);
        _alertmanager.List(Fingerprint, s_start);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await RoundAsync();
        _alertmanager.Alerts.Clear();
        _alertmanager.UpFor = TimeSpan.Zero;
        _alertmanager.List(Fingerprint, s_start.AddSeconds(30));
        await RoundAsync();
        Assert.Equal(0, await NotifyAsync(firing: true, startsAt: s_start.AddSeconds(30)));
        var alert = await SingleAsync();
        Assert.Equal((AlertState.Active, s_start), (alert.State, alert.StartsAt));

        await NotifyAsync(firing: false, startsAt: s_start.AddSeconds(30), endsAt: s_start.AddMinutes(2));
        alert = await SingleAsync();
        Assert.Equal((AlertState.Resolved, s_start, s_start.AddMinutes(2)), (alert.State, alert.StartsAt, alert.EndsAt));
    }

    [Fact]
    public async Task AnEarlierStartIsThatOfTheSameEpisode()
    {
        await NotifyAsync(firing: true);
        _alertmanager.List(Fingerprint, s_start.AddMinutes(-1));
        await RoundAsync();
        Assert.Equal(s_start.AddMinutes(-1).AddTicks(-9_567), (await SingleAsync()).StartsAt);

        // Even if we took it for ended.
        await NotifyAsync(firing: false, startsAt: s_start.AddMinutes(-1), endsAt: _clock.GetUtcNow());
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
        _alertmanager.Alerts.Clear();
        _alertmanager.List(Fingerprint, s_start.AddMinutes(-2));
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
    }

    [Fact]
    public async Task WhatIsListedWithAnEndInThePastDoesNotFire()
    {
        await NotifyAsync(firing: true);
        _clock.Advance(s_round);
        _alertmanager.List(Fingerprint, s_start, endsAt: _clock.GetUtcNow().AddSeconds(-1));
        _alertmanager.List("other", s_start, endsAt: _clock.GetUtcNow().AddSeconds(-1));
        await RoundAsync();
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task AnAnnouncedEndReplacesTheInferredOne()
    {
        await NotifyAsync(firing: true);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await RoundAsync();
        Assert.Equal(s_start, (await SingleAsync()).EndsAt);

        Assert.Equal(0, await NotifyAsync(firing: false, endsAt: s_start.AddMinutes(7)));
        var alert = await SingleAsync();
        Assert.Equal((s_start.AddMinutes(7), false), (alert.EndsAt, alert.EndIsInferred));
    }

    [Fact]
    public async Task AnEndThatAlertmanagerDoesNotKnowOfIsTakenBack()
    {
        await NotifyAsync(firing: true);
        await NotifyAsync(firing: false, endsAt: s_start.AddSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(2));
        _alertmanager.List(Fingerprint, s_start);
        await RoundAsync();
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
    }

    [Fact]
    public async Task WhatFiresDoesNotExpireBecauseItsRepetitionIsLate()
    {
        await NotifyAsync(firing: true);
        _alertmanager.List(Fingerprint, s_start, endsAt: DateTimeOffset.MaxValue.AddDays(-1));
        for (var i = 0; i < 30; i++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            await RoundAsync();
            Assert.Equal(AlertState.Active, (await SingleAsync()).State);
        }
    }

    /// <summary>What can be wrong with the answers.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { "refused", "Connection refused" },
        { "timeout", "does not answer in time" },
        { "500", "500" },
        { "html", "no Alertmanager" },
        { "null", "no Alertmanager" },
        { "[null]", "no Alertmanager" },
        { "[{}]", "no Alertmanager" },
        { "{}", "no Alertmanager" },
        { "status", "no Alertmanager" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task WhileAlertmanagerCannotBeAskedNothingEndsAndNothingExpires(string fault, string reason)
    {
        Assert.NotNull(_link.Fault); // Nobody has asked yet.
        _alertmanager.List(Fingerprint, s_start);
        await RoundAsync();
        Assert.Null(_link.Fault);

        _alertmanager.Instead = path => fault switch
        {
            "refused" => throw new HttpRequestException("Connection refused (alertmanager:80)"),
            "timeout" => throw new TaskCanceledException("", new TimeoutException()),
            "500" => new HttpResponseMessage(HttpStatusCode.InternalServerError),
            "html" => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>") },
            "status" => path == "/api/v2/status" ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") } : null,
            _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(fault) },
        };
        if (fault == "status")
        {
            _alertmanager.Alerts.Clear();
        }

        _clock.Advance(_options.HistoryRetention * 2);
        Assert.InRange(await RoundAsync(), TimeSpan.FromSeconds(1), s_round);
        Assert.Contains(reason, _link.Fault, StringComparison.Ordinal);
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
        Assert.Equal(0, await InScopeAsync(services => services.GetRequiredService<AlertInbox>().ForgetAsync(CancellationToken.None)));
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
        await using var metrics = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(metrics);
        var text = System.Text.Encoding.UTF8.GetString(metrics.ToArray());
        Assert.Contains("transcendence_alert_reconciliation_failures_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"transcendence_alert_last_reconciliation_timestamp_seconds {s_start.ToUnixTimeSeconds()}", text, StringComparison.Ordinal);

        // When it is back, it is believed at once.
        _alertmanager.Instead = _ => null;
        _alertmanager.Alerts.Clear();
        await RoundAsync();
        Assert.Null(_link.Fault);
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task WhatHadExpiredBeforeTheInboxWasStartedDoesNotFlareUp()
    {
        await NotifyAsync(firing: true);
        _clock.Advance(2 * _options.ExpireAfter);
        await using var context = NewContext();
        var inbox = new AlertInbox(context, _options, new AlertmanagerLink(isAsked: true, _clock.GetUtcNow()), _clock, NullLogger<AlertInbox>.Instance);
        Assert.Empty(await inbox.Active().ToListAsync());

        _alertmanager.List(Fingerprint, s_start);
        await RoundAsync();
        Assert.Single(await inbox.Active().ToListAsync());
    }

    [Fact]
    public async Task ItIsAskedAtTheStartAndThenEveryQuarterOfAMinute()
    {
        await _reconciler.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(_link.Fault is null && _alertmanager.Asked == 1), "it has been asked at the start");
        for (var i = 2; i < 5; i++)
        {
            // The wait may begin a moment after the answer: time passes until it is over, and then it has been a round at least.
            var before = _clock.GetUtcNow();
            await Eventually.TrueAsync(
                () =>
                {
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    return Task.FromResult(_alertmanager.Asked == i);
                },
                "it has been asked again");
            Assert.True(_clock.GetUtcNow() - before >= s_round);
        }

        await _reconciler.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task WhatCameAndWentWhileNothingWasHeardIsFilledInFromPrometheus()
    {
        // A real Prometheus that has evaluated its rules every 15 s.
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddMilliseconds(123);
        var text = new StringBuilder("# TYPE ALERTS gauge\n");
        Fire("BackendDown", "firing", now.AddHours(-2), TimeSpan.FromMinutes(5));
        Fire("BackendDown", "firing", now.AddHours(-1), TimeSpan.FromMinutes(5));
        Fire("BackendDown", "firing", now.AddMinutes(-40), TimeSpan.FromMinutes(1));
        Fire("Twice", "firing", now.AddMinutes(-30), TimeSpan.Zero);
        Fire("Twice", "firing", now.AddMinutes(-20), TimeSpan.Zero);
        Fire("StillFires", "firing", now.AddMinutes(-10), TimeSpan.FromMinutes(10));
        Fire("NeverFired", "pending", now.AddHours(-1), TimeSpan.FromMinutes(5));
        Fire("LongAgo", "firing", now.AddDays(-3), TimeSpan.FromMinutes(5));
        await File.WriteAllTextAsync(_directory["alerts.txt"], text.Append("# EOF\n").ToString());
        var (exitCode, output) = await RealTools.RunAsync("promtool", "tsdb", "create-blocks-from", "openmetrics", _directory["alerts.txt"], _directory["data"]);
        Assert.True(exitCode == 0, output);
        await File.WriteAllTextAsync(_directory["prometheus.yml"], "global: {}");
        await using var prometheus = await ToolProcess.StartAsync("prometheus", $"--config.file={_directory["prometheus.yml"]}", $"--storage.tsdb.path={_directory["data"]}");

        // The first episode is known: it had begun before, and its end was announced.
        var fingerprint = new PastAlert(new Dictionary<string, string> { ["alertname"] = "BackendDown", ["severity"] = "critical" }, default, default).Fingerprint;
        await NotifyAsync(firing: false, now.AddHours(-2).AddTicks(4_567), now.AddHours(-2).AddMinutes(6), fingerprint);

        // Whatever fires is listed within a minute. Before that, and while Prometheus cannot be asked, nothing is added, and nothing is given up.
        _prometheus = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1") };
        await RoundAsync();
        _clock.Advance(PrometheusClient.Silence);
        await RoundAsync();
        Assert.Single(await AllAsync());
        _prometheus = prometheus.Client;
        for (var round = 0; round < 2; round++)
        {
            _clock.Advance(s_round);
            await RoundAsync();
            Assert.Null(_link.Fault);
            Assert.Equal(
                [("Twice", now.AddMinutes(-20), now.AddMinutes(-20), true), ("Twice", now.AddMinutes(-30), now.AddMinutes(-30), true), ("BackendDown", now.AddMinutes(-40), now.AddMinutes(-39), true), ("BackendDown", now.AddHours(-1), now.AddMinutes(-55), true), ("BackendDown", now.AddHours(-2).AddTicks(4_567), now.AddHours(-2).AddMinutes(6), false)],
                (await AllAsync()).Select(alert => (alert.Name, alert.StartsAt, alert.EndsAt!.Value, alert.EndIsInferred)));
        }

        // It is asked again after an outage and not without one: what was removed meanwhile comes back then.
        await InScopeAsync(services => services.GetRequiredService<AlertsDbContext>().Alerts.ExecuteDeleteAsync());
        await RoundAsync();
        Assert.Empty(await AllAsync());
        _alertmanager.Instead = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        await RoundAsync();
        _clock.Advance(TimeSpan.FromMinutes(50));
        _alertmanager.Instead = _ => null;
        await RoundAsync();
        _clock.Advance(PrometheusClient.Silence);
        await RoundAsync();
        Assert.Equal([now.AddMinutes(-20), now.AddMinutes(-30), now.AddMinutes(-40)], (await AllAsync()).Select(alert => alert.StartsAt));

        void Fire(string name, string state, DateTimeOffset start, TimeSpan duration)
        {
            for (var at = start; at <= start + duration; at += TimeSpan.FromSeconds(15))
            {
                text.Append(CultureInfo.InvariantCulture, $"ALERTS{{alertname=\"{name}\",alertstate=\"{state}\",severity=\"critical\"}} 1 {at.ToUnixTimeMilliseconds() / 1000m}\n");
            }
        }
    }

    [Fact]
    public void AFingerprintIsAsAlertmanagerComputesIt() => Assert.Equal(
        "4af0824683d2a187", // As Alertmanager 0.35 notified it.
        new PastAlert(
            new Dictionary<string, string> { ["severity"] = "critical", ["alertname"] = "BackendDown", ["instance"] = "backend:8000", ["job"] = "backend", ["service"] = "backend" }, default, default).Fingerprint);

    private Task<TimeSpan> RoundAsync() => _reconciler.TryReconcileAsync(CancellationToken.None);

    private AlertsDbContext NewContext() => new(
        new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite($"Data Source={_directory["alerts.db"]};Pooling=False").Options);

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    private Task<int> NotifyAsync(bool firing, DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null, string fingerprint = Fingerprint) => InScopeAsync(async services =>
    {
        var status = firing ? WebhookStatus.Firing : WebhookStatus.Resolved;
        var labels = new Dictionary<string, string?> { ["alertname"] = "BackendDown", ["severity"] = "critical" };
        var alert = new WebhookAlert(status, labels, new Dictionary<string, string?>(), startsAt ?? s_start, endsAt ?? default(DateTimeOffset), null, fingerprint);
        var notification = new WebhookNotification("4", "{}", 0, status, "inbox", [alert]);
        return (await services.GetRequiredService<AlertInbox>().ReceiveAsync(notification, CancellationToken.None)).Count;
    });

    // The last one first.
    private Task<List<AlertSummary>> AllAsync() => InScopeAsync(async services =>
    {
        var seenAfter = services.GetRequiredService<AlertInbox>().SeenAfter;
        var all = await services.GetRequiredService<AlertsDbContext>().Alerts.AsNoTracking()
            .OrderByDescending(alert => alert.StartsAt).ThenByDescending(alert => alert.Id).ToListAsync();
        return all.ConvertAll(alert => AlertSummary.Of(alert, _clock.GetUtcNow(), seenAfter));
    });

    private async Task<AlertSummary> SingleAsync() => Assert.Single(await AllAsync());
}
