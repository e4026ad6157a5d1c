using System.ComponentModel.DataAnnotations;

namespace Transcendence.Alerts.Api;

/// <summary>What fired, when, and how long.</summary>
internal static class AlertsApi
{
    private const int MaxNotifications = 100;
    private const string Active = "active";
    private const string History = "history";
    private const string Resolved = "resolved";
    private const string Expired = "expired";

    /// <summary>Maps <c>/api/alerts</c>.</summary>
    public static void MapAlertsApi(this IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts").HasCommonErrors();
        alerts.MapGet("/", ListAsync).WithName("ListAlerts").WithSummary("List alerts, the one that began last first")
            .WithDescription(
                $"state is {Active}, {Resolved} (Alertmanager said that it ended, or did not list it any more when it was asked), {Expired} (it was not " +
                $"repeated for too long or began anew, so it counts as ended) or {History} ({Resolved} and {Expired}); all when it is left out. " +
                "severity and name are labels to match exactly. With after, the id of an alert, the list begins behind that: so a long list is read to its end, with the last item of each page.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        alerts.MapGet("/{id}", GetAsync).WithName("GetAlert").WithSummary("Get an alert with the notifications that told of it")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Page<AlertSummary>>, ProblemHttpResult>> ListAsync(
        AlertsDbContext db,
        AlertInbox inbox,
        TimeProvider time,
        CancellationToken cancellationToken,
        [AllowedValues(null, Active, History, Resolved, Expired, ErrorMessage = "This value is to be one of active, history, resolved, expired.")]
        string? state = null,
        [StringLength(100, ErrorMessage = "This value has at most {1} characters.")] string? severity = null,
        [StringLength(1000, ErrorMessage = "This value has at most {1} characters.")] string? name = null,
        long? after = null,
        [PageNumber] int page = 1,
        [PageSize] int pageSize = Paging.DefaultSize)
    {
        var (now, seenAfter) = (time.GetUtcNow(), inbox.SeenAfter);
        var alerts = db.Alerts.AsNoTracking();
        alerts = state switch
        {
            Active => alerts.Active(seenAfter),
            History => alerts.Ended(seenAfter),
            Resolved => alerts.Resolved(),
            Expired => alerts.Expired(seenAfter),
            _ => alerts,
        };
        alerts = severity?.ToLowerInvariant() is { } wanted ? alerts.Where(alert => alert.Severity == wanted) : alerts;
        alerts = name is null ? alerts : alerts.Where(alert => alert.Name == name);
        if (after is { } id)
        {
            if (await db.Alerts.Where(alert => alert.Id == id).Select(alert => (DateTimeOffset?)alert.StartsAt).FirstOrDefaultAsync(cancellationToken) is not { } start)
            {
                return NoAlert(id);
            }

            alerts = alerts.Where(alert => alert.StartsAt <= start && (alert.StartsAt < start || alert.Id < id));
        }

        var found = await alerts.OrderByDescending(alert => alert.StartsAt).ThenByDescending(alert => alert.Id)
            .ToPageAsync(page, pageSize, cancellationToken);
        var told = await db.ToldAsync([.. found.Items.Select(alert => alert.Id)], cancellationToken);
        return TypedResults.Ok(new Page<AlertSummary>(
            [.. found.Items.Select(alert => AlertSummary.Of(alert, now, seenAfter, told[alert.Id]))], page, pageSize, found.TotalCount));
    }

    private static async Task<Results<Ok<AlertDetails>, ProblemHttpResult>> GetAsync(
        long id, AlertsDbContext db, AlertInbox inbox, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await db.Alerts.AsNoTracking().FirstOrDefaultAsync(alert => alert.Id == id, cancellationToken) is not { } alert)
        {
            return NoAlert(id);
        }

        var events = db.Events.AsNoTracking().Where(said => said.AlertId == id);
        var notifications = await events.OrderByDescending(said => said.Id)
            .Select(said => new AlertNotification(said.Notification.ReceivedAt, said.Status, said.Notification.Receiver, said.Notification.IsToPeople, said.Notification.GroupKey))
            .Take(MaxNotifications)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new AlertDetails(
            AlertSummary.Of(alert, time.GetUtcNow(), inbox.SeenAfter, (await db.ToldAsync([id], cancellationToken))[id]), notifications, await events.CountAsync(cancellationToken)));
    }

    /// <summary>There is no alert of this number.</summary>
    internal static ProblemHttpResult NoAlert(long id) => TypedResults.Problem($"There is no alert {id}.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>Who was told of alerts, by their numbers.</summary>
    internal static async Task<ILookup<long, ToldReceiver>> ToldAsync(this AlertsDbContext db, IReadOnlyCollection<long> alerts, CancellationToken cancellationToken)
    {
        var told = await db.Events.AsNoTracking().Where(said => EF.Parameter(alerts).Contains(said.AlertId))
            .GroupBy(said => new { said.AlertId, said.Notification.Receiver, said.Notification.IsToPeople })
            .Select(said => new { said.Key, First = said.Min(each => each.Notification.ReceivedAt), Last = said.Max(each => each.Notification.ReceivedAt), Count = said.Count() })
            .ToListAsync(cancellationToken);
        return told.OrderBy(each => each.First).ToLookup(each => each.Key.AlertId, each => new ToldReceiver(each.Key.Receiver, each.Key.IsToPeople, each.First, each.Last, each.Count));
    }
}
