using System.Security.Claims;
using Transcendence.Alerts.Api;

namespace Transcendence.Alerts.Silences;

/// <summary>Silences, which are Alertmanager's: it keeps them, and tells nobody of what they match.</summary>
internal static class SilencesApi
{
    /// <summary>Maps <c>/api/silences</c> and <c>/api/services</c>.</summary>
    public static void MapSilencesApi(this IEndpointRouteBuilder api)
    {
        var silences = api.MapGroup("/silences").WithTags("Silences").HasCommonErrors().ProducesProblem(StatusCodes.Status502BadGateway);
        silences.MapGet("/", ListAsync).WithName("ListSilences").WithSummary("List the silences that are in force or still to begin, the one that ends first first");
        silences.MapPost("/", AddAsync).WithName("Silence").WithSummary("Have Alertmanager tell nobody of one alert, of a service that is stopped deliberately, or of what some matchers match")
            .WithDescription($"What is silenced fires all the same, is in the inbox, and in its history. The alert {WatchdogWord.AlertName} cannot be silenced.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).TakesBody();
        silences.MapDelete("/{id:guid}", EndAsync).WithName("EndSilence").WithSummary("End a silence before its time").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/services", ServicesAsync).WithTags("Silences").WithName("ListServices").WithSummary("List what Prometheus watches: what can be stopped deliberately")
            .ProducesProblem(StatusCodes.Status502BadGateway).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Task<Results<Ok<IReadOnlyList<SilenceSummary>>, ProblemHttpResult>> ListAsync(
        AlertmanagerClient alertmanager, AlertmanagerLink link, AlertInbox inbox, CancellationToken cancellationToken) => link.AskAsync<Ok<IReadOnlyList<SilenceSummary>>>(
        async () =>
        {
            var (silences, alerts) = await alertmanager.SilencesAsync(cancellationToken);
            var ids = (await inbox.Active().Select(alert => new { alert.Fingerprint, alert.Id }).ToListAsync(cancellationToken)).ToLookup(alert => alert.Fingerprint, alert => alert.Id);
            return TypedResults.Ok<IReadOnlyList<SilenceSummary>>(
            [
                .. silences.Where(silence => silence.Status.State != ListedSilence.Ended).OrderBy(silence => silence.EndsAt).Select(silence => new SilenceSummary(
                    silence.Id, silence.Status.State, silence.Matchers, silence.StartsAt, silence.EndsAt, silence.CreatedBy, silence.Comment,
                    [.. alerts.Where(alert => alert.Status?.SilencedBy.Contains(silence.Id) == true).SelectMany(alert => ids[alert.Fingerprint])])),
            ]);
        },
        cancellationToken);

    private static async Task<Results<Ok<MadeSilence>, ValidationProblem, ProblemHttpResult>> AddAsync(
        NewSilence silence, AlertmanagerClient alertmanager, AlertmanagerLink link, AlertsDbContext db, AlertInbox inbox, TimeProvider clock, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var end = silence.EndsAt ?? now.AddMinutes(silence.Minutes ?? 0);
        var alert = silence.AlertId is null ? null : await db.Alerts.AsNoTracking().FirstOrDefaultAsync(each => each.Id == silence.AlertId, cancellationToken);
        if (silence.AlertId is { } id && AcknowledgementApi.FaultOf(id, alert, inbox) is { } gone)
        {
            return gone;
        }

        var matchers = alert is not null ? Silencing.Only(alert) : silence.Service is { Length: > 0 } service ? Silencing.Maintenance(service) : [.. silence.Matchers ?? []];
        (string Field, string? Fault)[] faults =
        [
            ("matchers", Silencing.FaultOf(matchers)),
            ("matchers", new object?[] { silence.AlertId, silence.Service, silence.Matchers }.Count(each => each is not null) == 1 ? null : "Say one of alertId, service and matchers."),
            ("reason", string.IsNullOrWhiteSpace(silence.Reason) ? ApiContract.Required : null),
            ("endsAt", silence.Minutes is null == silence.EndsAt is null ? "Say one of minutes and endsAt." : null),
            ("endsAt", end < now.AddSeconds(50) || end > now.AddMinutes(NewSilence.MaxMinutes + 1) ? "Is to be between one minute and 30 days from now." : null),
        ];
        if (Array.Exists(faults, fault => fault.Fault is not null))
        {
            return TypedResults.ValidationProblem(faults.Where(fault => fault.Fault is not null).GroupBy(fault => fault.Field, fault => fault.Fault!).ToDictionary(fault => fault.Key, fault => fault.ToArray()));
        }

        return (await link.AskAsync<Ok<MadeSilence>>(
            async () => TypedResults.Ok(new MadeSilence(await alertmanager.MakeSilenceAsync(new(matchers, now, end, user.Identity!.Name!, silence.Reason!.Trim()), cancellationToken), end)),
            cancellationToken)).Result switch
        {
            Ok<MadeSilence> made => made,
            var fault => (ProblemHttpResult)fault,
        };
    }

    private static Task<Results<NoContent, ProblemHttpResult>> EndAsync(Guid id, AlertmanagerClient alertmanager, AlertmanagerLink link, CancellationToken cancellationToken) => link.AskAsync<NoContent>(
        async () =>
        {
            // Where it has ended by itself, that is what is wanted.
            if ((await alertmanager.GetSilenceAsync(id, cancellationToken)).Status.State != ListedSilence.Ended)
            {
                await alertmanager.EndSilenceAsync(id, cancellationToken);
            }

            return TypedResults.NoContent();
        },
        cancellationToken);

    private static async Task<Results<Ok<IReadOnlyList<string>>, ProblemHttpResult>> ServicesAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetService<PrometheusClient>() is not { } prometheus)
        {
            return TypedResults.Problem("No Prometheus is known here. Set services:prometheus:http to its address.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var (jobs, fault) = await Looks.TryAsync(prometheus.JobsAsync, "Prometheus", cancellationToken);
        return fault is null ? TypedResults.Ok(jobs!)
            : TypedResults.Problem($"Prometheus does not answer: {fault}. See whether it runs, and its log.", statusCode: StatusCodes.Status502BadGateway);
    }

    // What it refuses is the caller's fault; that it does not answer is not.
    private static async Task<Results<T, ProblemHttpResult>> AskAsync<T>(this AlertmanagerLink link, Func<Task<T>> ask, CancellationToken cancellationToken) where T : IResult
    {
        if (!link.IsAsked)
        {
            return TypedResults.Problem("No Alertmanager is known here, and silences are its. Set services:alertmanager:http to its address.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            return await ask();
        }
        catch (AlertmanagerRefusal refusal)
        {
            return TypedResults.Problem($"Alertmanager refuses: {refusal.Message.TrimEnd('.')}.", statusCode: refusal.Status);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return TypedResults.Problem(
                $"Alertmanager does not answer: {Looks.Describe(e, "Alertmanager")}. Silences are its, so none can be read or made: see whether it runs, and its log.", statusCode: StatusCodes.Status502BadGateway);
        }
    }
}
