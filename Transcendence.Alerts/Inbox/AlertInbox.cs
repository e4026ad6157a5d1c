namespace Transcendence.Alerts.Inbox;

/// <summary>Turns notifications, and what Alertmanager says when it is asked, into a history of alerts.</summary>
internal sealed partial class AlertInbox(
    AlertsDbContext database, AlertsOptions options, AlertmanagerLink alertmanager, TimeProvider clock, ILogger<AlertInbox> logger)
{
    /// <summary>
    /// A firing notification that arrives so soon after the word that the alert has ended is a late one (a retry, another
    /// member of an Alertmanager cluster); one that arrives later means that the alert fires after all. Alertmanager's
    /// <c>--cluster.peer-timeout</c> is 15 s for each member that is waited for.
    /// </summary>
    internal static readonly TimeSpan LateAfterEnd = TimeSpan.FromSeconds(30);

    /// <summary>Stores a notification without faults (<see cref="WebhookValidation"/>), whole or not at all.</summary>
    /// <returns>After the commit, the alerts that began or ended with it: what it only repeated is not news.</returns>
    public Task<List<Alert>> ReceiveAsync(WebhookNotification message, CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            var now = clock.GetUtcNow();
            var known = await EpisodesAsync(message.Alerts!.Select(said => (said!.Fingerprint!, said.StartsAt!.Value)), cancellationToken);
            var notification = Record(message, message.Receiver ?? "", now, isToPeople: false);
            var news = new List<Alert>();
            database.Events.AddRange(message.Alerts!
                .Select(said => new AlertEvent { Alert = Apply(said!, known[said!.Fingerprint!], now, news), Notification = notification, Status = said.Status! })
                .ToList());
            Supersede(known);
            await database.SaveChangesAsync(cancellationToken);
            return news;
        },
        cancellationToken);

    /// <summary>What has been heard so far: every notification after this one is newer than an answer that is asked for now.</summary>
    public async Task<long> LastHeardAsync(CancellationToken cancellationToken) =>
        await database.Events.MaxAsync(said => (long?)said.Id, cancellationToken) ?? 0;

    /// <summary>Makes the alerts what Alertmanager says they are; <see cref="Reconciler"/> says with which limits.</summary>
    /// <remarks>What was last heard is as <see cref="LastHeardAsync"/> said before it was asked.</remarks>
    public Task<List<Alert>> ReconcileAsync(AlertmanagerAnswer answer, long lastHeard, CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            var newer = (await database.Events.Where(said => said.Id > lastHeard && !said.Notification.IsToPeople).Select(said => said.Alert.Fingerprint)
                .ToListAsync(cancellationToken)).ToHashSet();
            var firing = answer.Firing.Where(listed => !newer.Contains(listed.Fingerprint)).ToList();
            var known = await EpisodesAsync(firing.Select(listed => (listed.Fingerprint, listed.StartsAt)), cancellationToken);
            var news = new List<Alert>();
            var seen = firing.Select(listed => Apply(listed, known[listed.Fingerprint], answer.AskedAt, news)).ToHashSet();
            if (answer.IsSettled)
            {
                var open = await database.Alerts.Where(alert => alert.ResolvedAt == null).ToListAsync(cancellationToken);
                foreach (var alert in open.Where(alert => !seen.Contains(alert) && !newer.Contains(alert.Fingerprint)))
                {
                    alert.ResolvedAt = Later(alert.LastSeenAt, alert.StartsAt);
                    (alert.EndIsInferred, alert.LastSeenAt) = (true, answer.AskedAt);
                    news.Add(alert);
                }
            }

            Supersede(known);
            await database.SaveChangesAsync(cancellationToken);
            return news;
        },
        cancellationToken);

    /// <summary>Whether somebody takes care of each alert that a notification names, and all of them fire: then nobody need be told again.</summary>
    public async Task<bool> IsAcknowledgedAsync(WebhookNotification message, CancellationToken cancellationToken) =>
        message is { Status: WebhookStatus.Firing, TruncatedAlerts: null or 0 } && message.Alerts!.All(said => said!.Status == WebhookStatus.Firing)
        && (await FindAsync(message, cancellationToken)).TrueForAll(alert => alert?.AcknowledgedAt is not null);

    /// <summary>Keeps that people were told, without a change of what they were told of.</summary>
    /// <param name="message">What they were told. Of an alert that is not known here nothing is kept.</param>
    /// <param name="channel">By what.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task ToldAsync(WebhookNotification message, string channel, CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            var notification = Record(message, channel, clock.GetUtcNow(), isToPeople: true);
            database.Events.AddRange((await FindAsync(message, cancellationToken))
                .Zip(message.Alerts!, (alert, said) => (Alert: alert, said!.Status))
                .Where(told => told.Alert is not null).DistinctBy(told => told.Alert)
                .Select(told => new AlertEvent { Alert = told.Alert!, Notification = notification, Status = told.Status! }));
            return await database.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Adds the alerts that came and went while nothing was heard: those of which no episode is known at that time. An end that was inferred too early is put right.</summary>
    public Task<List<Alert>> FillInAsync(IReadOnlyList<PastAlert> past, CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            var fingerprints = past.Select(alert => alert.Fingerprint).ToHashSet();
            var known = (await database.Alerts.Where(alert => EF.Parameter(fingerprints).Contains(alert.Fingerprint)).ToListAsync(cancellationToken))
                .ToLookup(alert => alert.Fingerprint);
            var news = new List<Alert>();
            foreach (var alert in past)
            {
                if (known[alert.Fingerprint].FirstOrDefault(episode => ToMilliseconds(episode.StartsAt) <= alert.EndsAt && alert.StartsAt <= LastOf(episode)) is { } episode)
                {
                    // Its end was a guess, of the last time at which it was heard of.
                    episode.ResolvedAt = episode.EndIsInferred && episode.ResolvedAt < alert.EndsAt ? alert.EndsAt : episode.ResolvedAt;
                    continue;
                }

                var said = new WebhookAlert(WebhookStatus.Resolved, alert.Labels!, null, alert.StartsAt, alert.EndsAt, null, alert.Fingerprint);
                Begin(said, alert.EndsAt, clock.GetUtcNow(), [], news).EndIsInferred = true;
            }

            await database.SaveChangesAsync(cancellationToken);
            return news;
        },
        cancellationToken);

    /// <summary>Says in the log what began or ended.</summary>
    public void Announce(List<Alert> news)
    {
        foreach (var alert in news)
        {
            if (alert.ResolvedAt is { } end)
            {
                LogEnd(alert.Name, alert.Severity, end - alert.StartsAt);
            }
            else
            {
                LogStart(alert.Name, alert.Severity, alert.StartsAt);
            }
        }
    }

    /// <summary>The alerts that fire now.</summary>
    public IQueryable<Alert> Active() => database.Alerts.AsNoTracking().Active(SeenAfter);

    /// <summary>
    /// An alert that was last heard of before this moment is expired. With an Alertmanager to ask, none expires any more: only
    /// what had done so when this process began.
    /// </summary>
    public DateTimeOffset SeenAfter => (alertmanager.IsAsked ? alertmanager.StartedAt : clock.GetUtcNow()) - options.ExpireAfter;

    /// <summary>Removes what is older than <see cref="AlertsOptions.HistoryRetention"/>.</summary>
    /// <returns>How many alerts and notifications were removed.</returns>
    public Task<int> ForgetAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async () =>
        {
            // Their events go with them.
            var before = clock.GetUtcNow() - options.HistoryRetention;
            return await database.Alerts.Ended(SeenAfter).Where(alert => alert.LastSeenAt < before).ExecuteDeleteAsync(cancellationToken)
                + await database.Notifications.Where(notification => notification.ReceivedAt < before).ExecuteDeleteAsync(cancellationToken);
        },
        cancellationToken);

    // Of each fingerprint, the episodes that can change by what is said of it: the ones that are named, later ones, and open ones.
    private async Task<Dictionary<string, List<Alert>>> EpisodesAsync(
        IEnumerable<(string Fingerprint, DateTimeOffset StartsAt)> named, CancellationToken cancellationToken)
    {
        var starts = named.ToLookup(alert => alert.Fingerprint, alert => ToMilliseconds(alert.StartsAt));
        var known = starts.ToDictionary(alert => alert.Key, _ => new List<Alert>());
        if (known.Count > 0)
        {
            var fingerprints = known.Keys.ToList();
            var earliest = starts.Min(alert => alert.Min());
            var episodes = await database.Alerts
                // Said twice, so that each part has its index: of the same alert there may be very many episodes.
                .Where(alert => (EF.Parameter(fingerprints).Contains(alert.Fingerprint) && alert.StartsAt >= earliest)
                    || (EF.Parameter(fingerprints).Contains(alert.Fingerprint) && alert.ResolvedAt == null && !alert.Superseded))
                .ToListAsync(cancellationToken);
            episodes.ForEach(episode => known[episode.Fingerprint].Add(episode));
        }

        return known;
    }

    private async Task<List<Alert?>> FindAsync(WebhookNotification message, CancellationToken cancellationToken)
    {
        var known = await EpisodesAsync(message.Alerts!.Select(said => (said!.Fingerprint!, said.StartsAt!.Value)), cancellationToken);
        return [.. message.Alerts!.Select(said => EpisodeOf(said!, said!.Status == WebhookStatus.Resolved ? said.EndsAt : null, known[said.Fingerprint!]))];
    }

    private static Notification Record(WebhookNotification message, string receiver, DateTimeOffset now, bool isToPeople) => new()
    {
        ReceivedAt = now,
        Receiver = receiver,
        IsToPeople = isToPeople,
        Status = message.Status!,
        GroupKey = message.GroupKey ?? "",
        TruncatedAlerts = message.TruncatedAlerts ?? 0,
    };

    private static DateTimeOffset LastOf(Alert episode) => episode.ResolvedAt ?? (episode.Superseded ? episode.LastSeenAt : DateTimeOffset.MaxValue);

    // What Alertmanager lists is told to millisecond; what it notifies, exactly.
    private static DateTimeOffset ToMilliseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    private static void Supersede(Dictionary<string, List<Alert>> known)
    {
        foreach (var episodes in known.Values.Where(episodes => episodes.Count > 0))
        {
            var latest = episodes.Max(episode => episode.StartsAt);
            episodes.ForEach(episode => episode.Superseded = episode.StartsAt < latest);
        }
    }

    // The alert that is listed; none when it is new and not for us. Alertmanager has one of a fingerprint: an episode that we
    // think began later is the same.
    private Alert? Apply(ListedAlert listed, List<Alert> episodes, DateTimeOffset askedAt, List<Alert> news)
    {
        if ((episodes.Where(episode => ToMilliseconds(episode.StartsAt) >= listed.StartsAt).MaxBy(episode => episode.StartsAt)
            ?? episodes.Find(episode => GoesOn(episode, listed.StartsAt))) is not { } alert)
        {
            return listed.Receivers.Any(receiver => receiver.Name == options.Receiver) ? Begin(listed.AsNotified, null, askedAt, episodes, news) : null;
        }

        if (listed.StartsAt < alert.StartsAt && !episodes.Exists(episode => ToMilliseconds(episode.StartsAt) == listed.StartsAt))
        {
            alert.StartsAt = listed.StartsAt;
        }

        Update(alert, listed.AsNotified, null, askedAt, news);
        return alert;
    }

    private Alert Apply(WebhookAlert said, List<Alert> episodes, DateTimeOffset now, List<Alert> news)
    {
        DateTimeOffset? end = said.Status == WebhookStatus.Resolved ? EndOf(said, now) : null;
        if (EpisodeOf(said, end, episodes) is not { } alert)
        {
            return Begin(said, end, now, episodes, news);
        }

        if (!GoesOn(alert, said.StartsAt!.Value))
        {
            alert.StartsAt = said.StartsAt.Value;
        }

        if (end is not null || alert.ResolvedAt is null || now - alert.LastSeenAt > LateAfterEnd)
        {
            Update(alert, said, end, now, news);
        }

        return alert;
    }

    // Alertmanager has one alert of a fingerprint at a time, and of two that overlap it makes one with the earlier start: so an
    // earlier start of which we have not heard, while the alert is open, is that of the open one, unless it had ended before.
    private static Alert? EpisodeOf(WebhookAlert said, DateTimeOffset? end, List<Alert> episodes) =>
        episodes.Find(episode => episode.StartsAt == said.StartsAt)
        ?? episodes.Find(episode => ToMilliseconds(episode.StartsAt) == ToMilliseconds(said.StartsAt!.Value))
        ?? episodes.Find(episode => episode is { ResolvedAt: null, Superseded: false } && episode.StartsAt > said.StartsAt && !(end < episode.StartsAt))
        ?? episodes.Find(episode => GoesOn(episode, said.StartsAt!.Value));

    // A Prometheus that was restarted gives a later start to what went on; Alertmanager joins the two, but not one that has been restarted since.
    // We joined them when it still did: the episode was heard of after that start.
    private static bool GoesOn(Alert episode, DateTimeOffset laterStart) =>
        episode is { ResolvedAt: null, Superseded: false } && episode.StartsAt < laterStart && laterStart < episode.LastSeenAt;

    private Alert Begin(WebhookAlert said, DateTimeOffset? end, DateTimeOffset heardAt, List<Alert> episodes, List<Alert> news)
    {
        var alert = new Alert
        {
            Fingerprint = said.Fingerprint!,
            StartsAt = said.StartsAt!.Value,
            Name = said.Labels!.GetValueOrDefault("alertname") ?? "",
            Severity = said.Labels!.GetValueOrDefault("severity") is { Length: > 0 } severity ? severity.ToLowerInvariant() : "none",
            Labels = Known(said.Labels),
            Annotations = Known(said.Annotations),
            GeneratorUrl = said.GeneratorURL,
            ResolvedAt = end,
            LastSeenAt = heardAt,
        };
        database.Add(alert);
        episodes.Add(alert);
        news.Add(alert);
        return alert;
    }

    private static void Update(Alert alert, WebhookAlert said, DateTimeOffset? end, DateTimeOffset heardAt, List<Alert> news)
    {
        if (alert.ResolvedAt is null != end is null)
        {
            news.Add(alert);
        }

        // Of two announced ends the later one counts.
        alert.ResolvedAt = alert.ResolvedAt > end && !alert.EndIsInferred ? alert.ResolvedAt : end;
        alert.EndIsInferred = false;
        alert.Annotations = Known(said.Annotations);
        alert.GeneratorUrl = said.GeneratorURL;
        alert.LastSeenAt = heardAt;
    }

    // By the sender's clock, which may differ from ours; a missing end (0001-01-01T00:00:00Z) is now, and none is before the start.
    private static DateTimeOffset EndOf(WebhookAlert said, DateTimeOffset now) =>
        Later(said.EndsAt is { } end && end != default ? end : now, said.StartsAt!.Value);

    /// <summary>The later one: the sender's clock may be ahead of ours.</summary>
    internal static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset other) => time > other ? time : other;

    private static Dictionary<string, string> Known(IReadOnlyDictionary<string, string?>? pairs) =>
        (pairs ?? new Dictionary<string, string?>()).ToDictionary(pair => pair.Key, pair => pair.Value ?? "");

    [LoggerMessage(LogLevel.Information, "{Alert} ({Severity}) fires since {StartsAt:u}")]
    private partial void LogStart(string alert, string severity, DateTimeOffset startsAt);

    [LoggerMessage(LogLevel.Information, "{Alert} ({Severity}) ended after {Duration}")]
    private partial void LogEnd(string alert, string severity, TimeSpan duration);
}
