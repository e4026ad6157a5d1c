using Microsoft.EntityFrameworkCore;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Webhook;

namespace Transcendence.Alerts.Inbox;

/// <summary>Turns notifications into a history of alerts.</summary>
internal sealed class AlertInbox(AlertsDbContext database, AlertsOptions options, TimeProvider clock)
{
    /// <summary>
    /// A firing notification that arrives so soon after the word that the alert has ended is a late one (a retry, another
    /// member of an Alertmanager cluster); one that arrives later means that the alert fires after all. Alertmanager's
    /// <c>--cluster.peer-timeout</c> is 15 s for each member that is waited for.
    /// </summary>
    internal static readonly TimeSpan LateAfterEnd = TimeSpan.FromSeconds(30);

    /// <summary>Stores a notification, whole or not at all.</summary>
    /// <param name="message">A notification without faults (<see cref="WebhookValidation"/>).</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>After the commit, the alerts that began or ended with it: what it only repeated is not news.</returns>
    public Task<List<Alert>> ReceiveAsync(WebhookNotification message, CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            var now = clock.GetUtcNow();
            var known = await EpisodesAsync(message.Alerts!, cancellationToken);
            var notification = new Notification
            {
                ReceivedAt = now,
                Receiver = message.Receiver ?? "",
                Status = message.Status!,
                GroupKey = message.GroupKey ?? "",
                TruncatedAlerts = message.TruncatedAlerts ?? 0,
            };
            var news = new List<Alert>();
            database.Events.AddRange(message.Alerts!
                .Select(said => new AlertEvent { Alert = Apply(said!, known[said!.Fingerprint!], now, news), Notification = notification, Status = said.Status! })
                .ToList());

            foreach (var episodes in known.Values)
            {
                var latest = episodes.Max(episode => episode.StartsAt);
                episodes.ForEach(episode => episode.Superseded = episode.StartsAt < latest);
            }

            await database.SaveChangesAsync(cancellationToken);
            return news;
        },
        cancellationToken);

    /// <summary>The alerts that fire now.</summary>
    public IQueryable<Alert> Active() => database.Alerts.AsNoTracking().Active(SeenAfter);

    /// <summary>An alert that was last heard of before this moment is expired.</summary>
    public DateTimeOffset SeenAfter => clock.GetUtcNow() - options.ExpireAfter;

    /// <summary>Removes what is older than <see cref="AlertsOptions.HistoryRetention"/>.</summary>
    /// <returns>How many alerts and notifications were removed.</returns>
    public Task<int> ForgetAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            // None of the alerts is active, because HistoryRetention is not less than ExpireAfter. Their events go with them.
            var before = clock.GetUtcNow() - options.HistoryRetention;
            return await database.Alerts.Where(alert => alert.LastSeenAt < before).ExecuteDeleteAsync(cancellationToken)
                + await database.Notifications.Where(notification => notification.ReceivedAt < before).ExecuteDeleteAsync(cancellationToken);
        },
        cancellationToken);

    // Of each fingerprint, the episodes that a notification can change: the ones it names, later ones, and open ones.
    private async Task<Dictionary<string, List<Alert>>> EpisodesAsync(IReadOnlyList<WebhookAlert?> alerts, CancellationToken cancellationToken)
    {
        var fingerprints = alerts.Select(alert => alert!.Fingerprint!).Distinct().ToList();
        var earliest = alerts.Min(alert => alert!.StartsAt!.Value);
        var episodes = await database.Alerts
            .Where(alert => EF.Parameter(fingerprints).Contains(alert.Fingerprint)
                && (alert.StartsAt >= earliest || (alert.ResolvedAt == null && !alert.Superseded)))
            .ToListAsync(cancellationToken);
        var known = fingerprints.ToDictionary(fingerprint => fingerprint, _ => new List<Alert>());
        foreach (var episode in episodes)
        {
            known[episode.Fingerprint].Add(episode);
        }

        return known;
    }

    private static Alert Apply(WebhookAlert said, List<Alert> episodes, DateTimeOffset now, List<Alert> news)
    {
        if (EpisodeOf(said, episodes, now) is { } known)
        {
            var wasResolved = known.ResolvedAt is not null;
            known.StartsAt = said.StartsAt!.Value;
            Update(known, said, now);
            if (known.ResolvedAt is not null != wasResolved)
            {
                news.Add(known);
            }

            return known;
        }

        var alert = NewEpisode(said, now);
        episodes.Add(alert);
        news.Add(alert);
        return alert;
    }

    // Alertmanager has one alert of a fingerprint at a time, and of two that overlap it makes one with the earlier start: so an
    // earlier start of which we have not heard, while the alert is open, is that of the open one, unless it had ended before.
    private static Alert? EpisodeOf(WebhookAlert said, List<Alert> episodes, DateTimeOffset now) =>
        episodes.Find(episode => episode.StartsAt == said.StartsAt)
        ?? episodes.Find(episode => episode is { ResolvedAt: null, Superseded: false } && episode.StartsAt > said.StartsAt
            && (said.Status == WebhookStatus.Firing || EndOf(said, now) >= episode.StartsAt));

    private static Alert NewEpisode(WebhookAlert said, DateTimeOffset now) => new()
    {
        Fingerprint = said.Fingerprint!,
        StartsAt = said.StartsAt!.Value,
        Name = said.Labels!.GetValueOrDefault("alertname") ?? "",
        Severity = said.Labels!.GetValueOrDefault("severity") is { Length: > 0 } severity ? severity.ToLowerInvariant() : "none",
        Labels = Known(said.Labels),
        Annotations = Known(said.Annotations),
        GeneratorUrl = said.GeneratorURL,
        ResolvedAt = said.Status == WebhookStatus.Resolved ? EndOf(said, now) : null,
        LastSeenAt = now,
    };

    private static void Update(Alert alert, WebhookAlert said, DateTimeOffset now)
    {
        if (said.Status == WebhookStatus.Resolved)
        {
            var end = EndOf(said, now);
            alert.ResolvedAt = alert.ResolvedAt > end ? alert.ResolvedAt : end;
        }
        else if (alert.ResolvedAt is null || now - alert.LastSeenAt > LateAfterEnd)
        {
            alert.ResolvedAt = null;
        }
        else
        {
            return;
        }

        alert.Annotations = Known(said.Annotations);
        alert.GeneratorUrl = said.GeneratorURL;
        alert.LastSeenAt = now;
    }

    // By the sender's clock, which may differ from ours; a missing end (0001-01-01T00:00:00Z) is now, and none is before the start.
    private static DateTimeOffset EndOf(WebhookAlert said, DateTimeOffset now)
    {
        var end = said.EndsAt is { } endsAt && endsAt != default ? endsAt : now;
        return end > said.StartsAt!.Value ? end : said.StartsAt.Value;
    }

    private static Dictionary<string, string> Known(IReadOnlyDictionary<string, string?>? pairs) =>
        (pairs ?? new Dictionary<string, string?>()).ToDictionary(pair => pair.Key, pair => pair.Value ?? "");
}
