using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Transcendence.Alerts.Api;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Inbox;
using Transcendence.Alerts.Reconciliation;
using Transcendence.Alerts.Webhook;

namespace Transcendence.Tests.Alerts;

/// <summary>How notifications become a history, minute by minute, on a real SQLite file.</summary>
public sealed class InboxTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new(s_start);
    private readonly AlertsOptions _options = new();

    public async Task InitializeAsync()
    {
        await using var context = NewContext();
        await context.Database.MigrateAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AnAlertThatFiredAndEndedIsHistoryWithItsDuration()
    {
        await ReceiveAsync(Firing());
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Active, alert.State);
        Assert.Equal(s_start, alert.StartsAt);
        Assert.Null(alert.EndsAt);

        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(240, (await SingleAsync()).DurationSeconds);

        await ReceiveAsync(Resolved(s_start.AddSeconds(195)));
        alert = await SingleAsync();
        Assert.Equal(AlertState.Resolved, alert.State);
        Assert.Equal(s_start.AddSeconds(195), alert.EndsAt);
        Assert.Equal(195, alert.DurationSeconds);
    }

    [Fact]
    public async Task TheSameNotificationTwiceIsOneAlertAndTwoNotifications()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Firing());
        await SingleAsync();
        await using var context = NewContext();
        Assert.Equal(2, await context.Notifications.CountAsync());
        Assert.Equal(2, await context.Events.CountAsync());
    }

    [Fact]
    public async Task OnlyABeginningAndAnEndAreNews()
    {
        Assert.Equal(1, await ReceiveAsync(Firing()));
        Assert.Equal(0, await ReceiveAsync(Firing()));
        Assert.Equal(1, await ReceiveAsync(Resolved(s_start.AddMinutes(1))));
        Assert.Equal(0, await ReceiveAsync(Resolved(s_start.AddMinutes(1))));
        Assert.Equal(0, await ReceiveAsync(Firing()));
    }

    [Fact]
    public async Task TheSameAlertTwiceInOneNotificationIsOneAlert()
    {
        var firing = Firing();
        await ReceiveAsync(firing with { Alerts = [firing.Alerts![0], firing.Alerts[0]] });
        await SingleAsync();
    }

    [Fact]
    public async Task TheNextEpisodeIsAnotherAlert()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(s_start.AddMinutes(1)));
        _clock.Advance(TimeSpan.FromMinutes(5));
        await ReceiveAsync(Firing(startsAt: s_start.AddMinutes(5)));

        Assert.Equal([AlertState.Active, AlertState.Resolved], (await AllAsync()).Select(alert => alert.State));
    }

    [Fact]
    public async Task AnotherFingerprintIsAnotherAlert()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Firing(fingerprint: "other"));
        Assert.Equal(2, (await AllAsync()).Count);
    }

    [Fact]
    public async Task AnEndThatArrivesFirstStandsAgainstTheLateStart()
    {
        await ReceiveAsync(Resolved(s_start.AddMinutes(1)));
        _clock.Advance(AlertInbox.LateAfterEnd);
        await ReceiveAsync(Firing());

        var alert = await SingleAsync();
        Assert.Equal(AlertState.Resolved, alert.State);
        Assert.Equal(60, alert.DurationSeconds);
    }

    [Fact]
    public async Task ALateRepetitionAfterTheEndDoesNotBringTheAlertBack()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(s_start.AddMinutes(1)));
        _clock.Advance(AlertInbox.LateAfterEnd);
        await ReceiveAsync(Firing());
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task ARepetitionLongAfterTheEndMeansThatItFiresAfterAll()
    {
        // As when Prometheus was cut off from Alertmanager, which then took the alert for ended.
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(s_start.AddMinutes(4)));
        _clock.Advance(AlertInbox.LateAfterEnd + TimeSpan.FromSeconds(1));
        await ReceiveAsync(Firing());
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Active, alert.State);
        Assert.Null(alert.EndsAt);

        await ReceiveAsync(Resolved(s_start.AddMinutes(9)));
        Assert.Equal(s_start.AddMinutes(9), (await SingleAsync()).EndsAt);
    }

    [Fact]
    public async Task OfTwoEndsTheLaterOneStands()
    {
        await ReceiveAsync(Resolved(s_start.AddMinutes(5)));
        await ReceiveAsync(Resolved(s_start.AddMinutes(3)));
        Assert.Equal(s_start.AddMinutes(5), (await SingleAsync()).EndsAt);
        await ReceiveAsync(Resolved(s_start.AddMinutes(6)));
        Assert.Equal(s_start.AddMinutes(6), (await SingleAsync()).EndsAt);
    }

    [Fact]
    public async Task AnAlertThatIsNotRepeatedExpiresAndOneThatIsDoesNot()
    {
        await ReceiveAsync(Firing());
        _clock.Advance(_options.ExpireAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
        await ReceiveAsync(Firing());
        var lastSeen = _clock.GetUtcNow();

        _clock.Advance(_options.ExpireAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        _clock.Advance(TimeSpan.FromSeconds(1));
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Expired, alert.State);
        Assert.Equal(lastSeen, alert.EndsAt);
        Assert.Equal((lastSeen - s_start).TotalSeconds, alert.DurationSeconds);
    }

    [Fact]
    public async Task AnExpiredAlertComesBackWithItsRepetitionAndEndsWithItsEnd()
    {
        await ReceiveAsync(Firing());
        _clock.Advance(2 * _options.ExpireAfter);
        Assert.Equal(AlertState.Expired, (await SingleAsync()).State);
        await ReceiveAsync(Firing());
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        _clock.Advance(2 * _options.ExpireAfter);
        await ReceiveAsync(Resolved(s_start.AddHours(3)));
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Resolved, alert.State);
        Assert.Equal(s_start.AddHours(3), alert.EndsAt);
    }

    [Fact]
    public async Task AnEpisodeWhoseEndWasNeverToldHasEndedWhenTheNextBegins()
    {
        // As when Prometheus and Alertmanager are restarted while it fires.
        await ReceiveAsync(Firing());
        _clock.Advance(TimeSpan.FromMinutes(10));
        await ReceiveAsync(Firing(startsAt: s_start.AddMinutes(9)));
        Assert.Equal([AlertState.Active, AlertState.Expired], (await AllAsync()).Select(alert => alert.State));

        // Nor does a late repetition of the former one bring it back.
        await ReceiveAsync(Firing());
        Assert.Equal([AlertState.Active, AlertState.Expired], (await AllAsync()).Select(alert => alert.State));
    }

    [Fact]
    public async Task AStartThatMovesBackIsThatOfTheSameAlert()
    {
        // As when a second Prometheus, which has seen it for longer, tells the same Alertmanager.
        await ReceiveAsync(Firing());
        await ReceiveAsync(Firing(startsAt: s_start.AddSeconds(-10)));
        var moved = await SingleAsync();
        Assert.Equal((AlertState.Active, s_start.AddSeconds(-10)), (moved.State, moved.StartsAt));

        await ReceiveAsync(Resolved(s_start.AddSeconds(50), startsAt: s_start.AddSeconds(-20)));
        var ended = await SingleAsync();
        Assert.Equal((AlertState.Resolved, 70), (ended.State, ended.DurationSeconds));
    }

    [Fact]
    public async Task ALateWordOfAnEpisodeThatEndedBeforeDoesNotEndTheOneThatFires()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(s_start.AddSeconds(-1), startsAt: s_start.AddMinutes(-5)));
        Assert.Equal([AlertState.Active, AlertState.Resolved], (await AllAsync()).Select(alert => alert.State));
    }

    [Fact]
    public async Task AnEndWithoutATimeIsTheTimeOfItsArrival()
    {
        await ReceiveAsync(Firing());
        _clock.Advance(TimeSpan.FromMinutes(2));
        await ReceiveAsync(Resolved(default(DateTimeOffset)));
        Assert.Equal(s_start.AddMinutes(2), (await SingleAsync()).EndsAt);
    }

    [Fact]
    public async Task AClockThatIsAheadOrGoesBackGivesNoNegativeDuration()
    {
        await ReceiveAsync(Firing(startsAt: s_start.AddMinutes(10)));
        Assert.Equal(0, (await SingleAsync()).DurationSeconds);
        await ReceiveAsync(Resolved(s_start, startsAt: s_start.AddMinutes(10)));
        var alert = await SingleAsync();
        Assert.Equal(0, alert.DurationSeconds);
        Assert.Equal(s_start.AddMinutes(10), alert.EndsAt);
    }

    [Fact]
    public async Task AnnotationsAreTheLastOnesAndLabelsAreKept()
    {
        await ReceiveAsync(Firing());
        var firing = Firing();
        await ReceiveAsync(firing with
        {
            Alerts = [firing.Alerts![0]! with { Annotations = new Dictionary<string, string?> { ["description"] = "6 % \u2028 <b>\"é🎾" } }],
        });
        var alert = await SingleAsync();
        Assert.Equal("6 % \u2028 <b>\"é🎾", alert.Annotations["description"]);
        Assert.Equal("backend", alert.Labels["service"]);
        Assert.Equal("critical", alert.Severity);
    }

    [Fact]
    public async Task AnAlertWithoutNameAndSeverityIsKept()
    {
        var firing = Firing();
        await ReceiveAsync(firing with { Alerts = [firing.Alerts![0]! with { Labels = new Dictionary<string, string?>(), Annotations = null, GeneratorURL = null }] });
        var alert = await SingleAsync();
        Assert.Equal(("", "none"), (alert.Name, alert.Severity));
    }

    [Fact]
    public async Task HistoryIsKeptForAsLongAsItIsSetAndNotLonger()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(s_start.AddMinutes(1)));
        _clock.Advance(_options.HistoryRetention);
        await ReceiveAsync(Firing(fingerprint: "fresh", startsAt: _clock.GetUtcNow()));
        Assert.Equal(0, await ForgetAsync());
        Assert.Equal(2, (await AllAsync()).Count);

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(3, await ForgetAsync()); // One alert and its two notifications.
        Assert.Equal("fresh", (await SingleAsync()).Fingerprint);
        await using var context = NewContext();
        Assert.Equal(1, await context.Events.CountAsync());
    }

    [Fact]
    public async Task AnAlertThatHasFiredForLongerThanHistoryIsKeptStays()
    {
        _options.HistoryRetention = TimeSpan.FromHours(2);
        for (var i = 0; i < 10; i++)
        {
            await ReceiveAsync(Firing());
            _clock.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.Equal(6, await ForgetAsync());
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
    }

    [Fact]
    public async Task TwoNotificationsAboutOneAlertAtOnceAreOneAlert()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ReceiveAsync(Firing()))));
        await SingleAsync();
        await using var context = NewContext();
        Assert.Equal(20, await context.Events.CountAsync());
    }

    [Fact]
    public async Task ManyAlertsInOneNotificationAreAllKept()
    {
        var firing = Firing();
        var alerts = Enumerable.Range(0, 500).Select(i => firing.Alerts![0]! with { Fingerprint = $"{i:x16}" }).ToArray();
        await ReceiveAsync(firing with { Alerts = alerts });
        await ReceiveAsync(firing with { Alerts = alerts });
        Assert.Equal(500, (await AllAsync()).Count);
    }

    private static WebhookNotification Firing(string fingerprint = "1a30ba71cca2921f", DateTimeOffset? startsAt = null) =>
        Notification(WebhookStatus.Firing, fingerprint, startsAt ?? s_start, default(DateTimeOffset));

    private static WebhookNotification Resolved(DateTimeOffset? endsAt, DateTimeOffset? startsAt = null) =>
        Notification(WebhookStatus.Resolved, "1a30ba71cca2921f", startsAt ?? s_start, endsAt);

    private static WebhookNotification Notification(string status, string fingerprint, DateTimeOffset startsAt, DateTimeOffset? endsAt) =>
        new("4", "{}:{alertname=\"BackendDown\"}", 0, status, "inbox",
        [
            new WebhookAlert(
                status,
                new Dictionary<string, string?> { ["alertname"] = "BackendDown", ["severity"] = "critical", ["service"] = "backend" },
                new Dictionary<string, string?> { ["summary"] = "The backend is down" },
                startsAt,
                endsAt,
                "http://prometheus:9090/graph",
                fingerprint),
        ]);

    private AlertsDbContext NewContext() => new(
        new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite($"Data Source={_directory["alerts.db"]};Pooling=False").Options);

    private AlertInbox NewInbox(AlertsDbContext context) =>
        new(context, _options, new AlertmanagerLink(isAsked: false, s_start), _clock, NullLogger<AlertInbox>.Instance);

    private async Task<int> ReceiveAsync(WebhookNotification notification)
    {
        Assert.Empty(WebhookValidation.FaultsOf(notification));
        await using var context = NewContext();
        return (await NewInbox(context).ReceiveAsync(notification, CancellationToken.None)).Count;
    }

    private async Task<int> ForgetAsync()
    {
        await using var context = NewContext();
        return await NewInbox(context).ForgetAsync(CancellationToken.None);
    }

    // The last one first. What the queries say is active must be what is shown as active.
    private async Task<List<AlertSummary>> AllAsync()
    {
        await using var context = NewContext();
        var inbox = NewInbox(context);
        var all = await context.Alerts.AsNoTracking().OrderByDescending(alert => alert.StartsAt).ThenByDescending(alert => alert.Id).ToListAsync();
        var summaries = all.Select(alert => AlertSummary.Of(alert, _clock.GetUtcNow(), inbox.SeenAfter)).ToList();
        foreach (var (state, query) in new[]
        {
            (AlertState.Active, inbox.Active()),
            (AlertState.Resolved, context.Alerts.Resolved()),
            (AlertState.Expired, context.Alerts.Expired(inbox.SeenAfter)),
        })
        {
            Assert.Equal(summaries.Count(summary => summary.State == state), await query.CountAsync());
        }

        Assert.Equal(summaries.Count(summary => summary.State != AlertState.Active), await context.Alerts.Ended(inbox.SeenAfter).CountAsync());
        return summaries;
    }

    private async Task<AlertSummary> SingleAsync() => Assert.Single(await AllAsync());
}
