using System.ComponentModel.DataAnnotations;
using System.Security.Claims;

namespace Transcendence.Alerts.Api;

/// <summary>That somebody takes care of an alert: people are not told of it again while it goes on, but of its end.</summary>
internal static class AcknowledgementApi
{
    /// <summary>Maps <c>/api/alerts/ID/acknowledgement</c>.</summary>
    public static void MapAcknowledgementApi(this IEndpointRouteBuilder api)
    {
        var acknowledgement = api.MapGroup("/alerts/{id}/acknowledgement").WithTags("Alerts").HasCommonErrors()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        acknowledgement.MapPost("/", AcknowledgeAsync).WithName("Acknowledge").WithSummary("Say that one takes care of an alert that fires")
            .WithDescription("Who says it is who is logged in. People are not told of the alert again while it goes on; of its end they are. Said again, the last word counts.")
            .TakesBody();
        acknowledgement.MapDelete("/", TakeBackAsync).WithName("TakeBackAcknowledgement").WithSummary("Take that back");
    }

    private static Task<Results<Ok<AlertSummary>, ProblemHttpResult>> AcknowledgeAsync(
        long id, AlertsDbContext db, AlertInbox inbox, TimeProvider time, ClaimsPrincipal user, CancellationToken cancellationToken, NewAcknowledgement? body = null) =>
        ChangeAsync(id, db, inbox, time, alert => (alert.AcknowledgedAt, alert.AcknowledgedBy, alert.AcknowledgementNote) = (time.GetUtcNow(), user.Identity!.Name, Trimmed(body?.Note)), cancellationToken);

    private static Task<Results<Ok<AlertSummary>, ProblemHttpResult>> TakeBackAsync(
        long id, AlertsDbContext db, AlertInbox inbox, TimeProvider time, CancellationToken cancellationToken) =>
        ChangeAsync(id, db, inbox, time, alert => (alert.AcknowledgedAt, alert.AcknowledgedBy, alert.AcknowledgementNote) = (null, null, null), cancellationToken);

    private static async Task<Results<Ok<AlertSummary>, ProblemHttpResult>> ChangeAsync(
        long id, AlertsDbContext db, AlertInbox inbox, TimeProvider time, Action<Alert> change, CancellationToken cancellationToken)
    {
        var (alert, fault) = await db.WriteAsync(
            async () =>
            {
                var alert = await db.Alerts.FirstOrDefaultAsync(each => each.Id == id, cancellationToken);
                var fault = FaultOf(id, alert, inbox);
                if (fault is null)
                {
                    change(alert!);
                    await db.SaveChangesAsync(cancellationToken);
                }

                return (alert, fault);
            },
            cancellationToken);
        return fault is not null ? fault : TypedResults.Ok(AlertSummary.Of(alert!, time.GetUtcNow(), inbox.SeenAfter, (await db.ToldAsync([id], cancellationToken))[id]));
    }

    /// <summary>Why nothing can be done about an alert: it is not there, or it has ended.</summary>
    internal static ProblemHttpResult? FaultOf(long id, Alert? alert, AlertInbox inbox) =>
        alert is null ? AlertsApi.NoAlert(id)
        : AlertQueries.StateOf(alert, inbox.SeenAfter) is AlertState.Active ? null
        : TypedResults.Problem($"{alert.Name} (alert {id}) has ended, so there is nothing to take care of any more. Should it fire again, that is another alert.", statusCode: StatusCodes.Status409Conflict);

    private static string? Trimmed(string? note) => note?.Trim() is { Length: > 0 } text ? text : null;
}

/// <summary>What is said with an acknowledgement.</summary>
/// <param name="Note">Whatever others should know.</param>
public sealed record NewAcknowledgement([property: StringLength(1000, ErrorMessage = "This value has at most {1} characters.")] string? Note);
