using Microsoft.EntityFrameworkCore;
using Transcendence.Alerts.Api;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Inbox;
using Transcendence.Alerts.Webhook;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>How notifications become a history, minute by minute, on a real SQLite file.</summary>
public sealed class InboxTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory directory = new();
    private readonly ManualClock clock = new(Start);
    private readonly AlertsOptions options = new();

    public async Task InitializeAsync()
    {
        await using var context = NewContext();
        await context.Database.MigrateAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task An_alert_that_fired_and_ended_is_history_with_its_duration()
    {
        await ReceiveAsync(Firing());
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Active, alert.State);
        Assert.Equal(Start, alert.StartsAt);
        Assert.Null(alert.EndsAt);

        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(240, (await SingleAsync()).DurationSeconds);

        await ReceiveAsync(Resolved(Start.AddSeconds(195)));
        alert = await SingleAsync();
        Assert.Equal(AlertState.Resolved, alert.State);
        Assert.Equal(Start.AddSeconds(195), alert.EndsAt);
        Assert.Equal(195, alert.DurationSeconds);
    }

    [Fact]
    public async Task The_same_notification_twice_is_one_alert_and_two_notifications()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Firing());
        await SingleAsync();
        await using var context = NewContext();
        Assert.Equal(2, await context.Notifications.CountAsync());
        Assert.Equal(2, await context.Events.CountAsync());
    }

    [Fact]
    public async Task Only_a_beginning_and_an_end_are_news()
    {
        Assert.Equal(1, await ReceiveAsync(Firing()));
        Assert.Equal(0, await ReceiveAsync(Firing()));
        Assert.Equal(1, await ReceiveAsync(Resolved(Start.AddMinutes(1))));
        Assert.Equal(0, await ReceiveAsync(Resolved(Start.AddMinutes(1))));
        Assert.Equal(0, await ReceiveAsync(Firing()));
    }

    [Fact]
    public async Task The_same_alert_twice_in_one_notification_is_one_alert()
    {
        var firing = Firing();
        await ReceiveAsync(firing with { Alerts = [firing.Alerts![0], firing.Alerts[0]] });
        await SingleAsync();
    }

    [Fact]
    public async Task The_next_episode_is_another_alert()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(Start.AddMinutes(1)));
        clock.Advance(TimeSpan.FromMinutes(5));
        await ReceiveAsync(Firing(startsAt: Start.AddMinutes(5)));

        Assert.Equal([AlertState.Active, AlertState.Resolved], (await AllAsync()).Select(alert => alert.State));
    }

    [Fact]
    public async Task Another_fingerprint_is_another_alert()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Firing(fingerprint: "other"));
        Assert.Equal(2, (await AllAsync()).Count);
    }

    [Fact]
    public async Task An_end_that_arrives_first_stands_against_the_late_start()
    {
        await ReceiveAsync(Resolved(Start.AddMinutes(1)));
        clock.Advance(AlertInbox.LateAfterEnd);
        await ReceiveAsync(Firing());

        var alert = await SingleAsync();
        Assert.Equal(AlertState.Resolved, alert.State);
        Assert.Equal(60, alert.DurationSeconds);
    }

    [Fact]
    public async Task A_late_repetition_after_the_end_does_not_bring_the_alert_back()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(Start.AddMinutes(1)));
        clock.Advance(AlertInbox.LateAfterEnd);
        await ReceiveAsync(Firing());
        Assert.Equal(AlertState.Resolved, (await SingleAsync()).State);
    }

    [Fact]
    public async Task A_repetition_long_after_the_end_means_that_it_fires_after_all()
    {
        // As when Prometheus was cut off from Alertmanager, which then took the alert for ended.
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(Start.AddMinutes(4)));
        clock.Advance(AlertInbox.LateAfterEnd + TimeSpan.FromSeconds(1));
        await ReceiveAsync(Firing());
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Active, alert.State);
        Assert.Null(alert.EndsAt);

        await ReceiveAsync(Resolved(Start.AddMinutes(9)));
        Assert.Equal(Start.AddMinutes(9), (await SingleAsync()).EndsAt);
    }

    [Fact]
    public async Task Of_two_ends_the_later_one_stands()
    {
        await ReceiveAsync(Resolved(Start.AddMinutes(5)));
        await ReceiveAsync(Resolved(Start.AddMinutes(3)));
        Assert.Equal(Start.AddMinutes(5), (await SingleAsync()).EndsAt);
        await ReceiveAsync(Resolved(Start.AddMinutes(6)));
        Assert.Equal(Start.AddMinutes(6), (await SingleAsync()).EndsAt);
    }

    [Fact]
    public async Task An_alert_that_is_not_repeated_expires_and_one_that_is_does_not()
    {
        await ReceiveAsync(Firing());
        clock.Advance(options.ExpireAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
        await ReceiveAsync(Firing());
        var lastSeen = clock.Now;

        clock.Advance(options.ExpireAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        clock.Advance(TimeSpan.FromSeconds(1));
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Expired, alert.State);
        Assert.Equal(lastSeen, alert.EndsAt);
        Assert.Equal((lastSeen - Start).TotalSeconds, alert.DurationSeconds);
    }

    [Fact]
    public async Task An_expired_alert_comes_back_with_its_repetition_and_ends_with_its_end()
    {
        await ReceiveAsync(Firing());
        clock.Advance(2 * options.ExpireAfter);
        Assert.Equal(AlertState.Expired, (await SingleAsync()).State);
        await ReceiveAsync(Firing());
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);

        clock.Advance(2 * options.ExpireAfter);
        await ReceiveAsync(Resolved(Start.AddHours(3)));
        var alert = await SingleAsync();
        Assert.Equal(AlertState.Resolved, alert.State);
        Assert.Equal(Start.AddHours(3), alert.EndsAt);
    }

    [Fact]
    public async Task An_episode_whose_end_was_never_told_has_ended_when_the_next_begins()
    {
        // As when Prometheus and Alertmanager are restarted while it fires.
        await ReceiveAsync(Firing());
        clock.Advance(TimeSpan.FromMinutes(10));
        await ReceiveAsync(Firing(startsAt: Start.AddMinutes(9)));
        Assert.Equal([AlertState.Active, AlertState.Expired], (await AllAsync()).Select(alert => alert.State));

        // Nor does a late repetition of the former one bring it back.
        await ReceiveAsync(Firing());
        Assert.Equal([AlertState.Active, AlertState.Expired], (await AllAsync()).Select(alert => alert.State));
    }

    [Fact]
    public async Task A_start_that_moves_back_is_that_of_the_same_alert()
    {
        // As when a second Prometheus, which has seen it for longer, tells the same Alertmanager.
        await ReceiveAsync(Firing());
        await ReceiveAsync(Firing(startsAt: Start.AddSeconds(-10)));
        var moved = await SingleAsync();
        Assert.Equal((AlertState.Active, Start.AddSeconds(-10)), (moved.State, moved.StartsAt));

        await ReceiveAsync(Resolved(Start.AddSeconds(50), startsAt: Start.AddSeconds(-20)));
        var ended = await SingleAsync();
        Assert.Equal((AlertState.Resolved, 70), (ended.State, ended.DurationSeconds));
    }

    [Fact]
    public async Task A_late_word_of_an_episode_that_ended_before_does_not_end_the_one_that_fires()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(Start.AddSeconds(-1), startsAt: Start.AddMinutes(-5)));
        Assert.Equal([AlertState.Active, AlertState.Resolved], (await AllAsync()).Select(alert => alert.State));
    }

    [Fact]
    public async Task An_end_without_a_time_is_the_time_of_its_arrival()
    {
        await ReceiveAsync(Firing());
        clock.Advance(TimeSpan.FromMinutes(2));
        await ReceiveAsync(Resolved(default(DateTimeOffset)));
        Assert.Equal(Start.AddMinutes(2), (await SingleAsync()).EndsAt);
    }

    [Fact]
    public async Task A_clock_that_is_ahead_or_goes_back_gives_no_negative_duration()
    {
        await ReceiveAsync(Firing(startsAt: Start.AddMinutes(10)));
        Assert.Equal(0, (await SingleAsync()).DurationSeconds);
        await ReceiveAsync(Resolved(Start, startsAt: Start.AddMinutes(10)));
        var alert = await SingleAsync();
        Assert.Equal(0, alert.DurationSeconds);
        Assert.Equal(Start.AddMinutes(10), alert.EndsAt);
    }

    [Fact]
    public async Task Annotations_are_the_last_ones_and_labels_are_kept()
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
    public async Task An_alert_without_name_and_severity_is_kept()
    {
        var firing = Firing();
        await ReceiveAsync(firing with { Alerts = [firing.Alerts![0]! with { Labels = new Dictionary<string, string?>(), Annotations = null, GeneratorURL = null }] });
        var alert = await SingleAsync();
        Assert.Equal(("", "none"), (alert.Name, alert.Severity));
    }

    [Fact]
    public async Task History_is_kept_for_as_long_as_it_is_set_and_not_longer()
    {
        await ReceiveAsync(Firing());
        await ReceiveAsync(Resolved(Start.AddMinutes(1)));
        clock.Advance(options.HistoryRetention);
        await ReceiveAsync(Firing(fingerprint: "fresh", startsAt: clock.Now));
        Assert.Equal(0, await ForgetAsync());
        Assert.Equal(2, (await AllAsync()).Count);

        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(3, await ForgetAsync()); // One alert and its two notifications.
        Assert.Equal("fresh", (await SingleAsync()).Fingerprint);
        await using var context = NewContext();
        Assert.Equal(1, await context.Events.CountAsync());
    }

    [Fact]
    public async Task An_alert_that_has_fired_for_longer_than_history_is_kept_stays()
    {
        options.HistoryRetention = TimeSpan.FromHours(2);
        for (var i = 0; i < 10; i++)
        {
            await ReceiveAsync(Firing());
            clock.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.Equal(6, await ForgetAsync());
        Assert.Equal(AlertState.Active, (await SingleAsync()).State);
    }

    [Fact]
    public async Task Two_notifications_about_one_alert_at_once_are_one_alert()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ReceiveAsync(Firing()))));
        await SingleAsync();
        await using var context = NewContext();
        Assert.Equal(20, await context.Events.CountAsync());
    }

    [Fact]
    public async Task Many_alerts_in_one_notification_are_all_kept()
    {
        var firing = Firing();
        var alerts = Enumerable.Range(0, 500).Select(i => firing.Alerts![0]! with { Fingerprint = $"{i:x16}" }).ToArray();
        await ReceiveAsync(firing with { Alerts = alerts });
        await ReceiveAsync(firing with { Alerts = alerts });
        Assert.Equal(500, (await AllAsync()).Count);
    }

    private static WebhookNotification Firing(string fingerprint = "1a30ba71cca2921f", DateTimeOffset? startsAt = null) =>
        Notification(WebhookStatus.Firing, fingerprint, startsAt ?? Start, default(DateTimeOffset));

    private static WebhookNotification Resolved(DateTimeOffset? endsAt, DateTimeOffset? startsAt = null) =>
        Notification(WebhookStatus.Resolved, "1a30ba71cca2921f", startsAt ?? Start, endsAt);

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
        new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite($"Data Source={directory["alerts.db"]};Pooling=False").Options);

    private async Task<int> ReceiveAsync(WebhookNotification notification)
    {
        Assert.Empty(WebhookValidation.FaultsOf(notification));
        await using var context = NewContext();
        return (await new AlertInbox(context, options, clock).ReceiveAsync(notification, CancellationToken.None)).Count;
    }

    private async Task<int> ForgetAsync()
    {
        await using var context = NewContext();
        return await new AlertInbox(context, options, clock).ForgetAsync(CancellationToken.None);
    }

    // The last one first. What the queries say is active must be what is shown as active.
    private async Task<List<AlertSummary>> AllAsync()
    {
        await using var context = NewContext();
        var inbox = new AlertInbox(context, options, clock);
        var all = await context.Alerts.AsNoTracking().OrderByDescending(alert => alert.StartsAt).ThenByDescending(alert => alert.Id).ToListAsync();
        var summaries = all.Select(alert => AlertSummary.Of(alert, clock.Now, inbox.SeenAfter)).ToList();
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
