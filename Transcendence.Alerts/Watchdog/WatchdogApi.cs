namespace Transcendence.Alerts.Watchdog;

/// <summary>Where Alertmanager sends the alert <c>Watchdog</c>, and where one reads whether the monitoring works.</summary>
internal static class WatchdogApi
{
    /// <summary>Maps <c>/api/watchdog</c>.</summary>
    public static void MapWatchdogApi(this IEndpointRouteBuilder api)
    {
        var watchdog = api.MapGroup("/watchdog").WithTags("Watchdog");
        watchdog.MapGet("/", (Pipeline pipeline) => TypedResults.Ok(pipeline.State)).WithName("GetPipeline")
            .WithSummary("Say whether the monitoring itself works: whether samples are recorded, judged, and told");
        watchdog.MapPost("/", ReceiveAsync).WithName("ReceiveWatchdog")
            .WithSummary("Receive the alert Watchdog from Alertmanager (webhook, version 4)")
            .WithDescription($"Its annotation {WatchdogWord.Annotation} is the time of Prometheus' newest sample, in seconds since 1970. Each word overwrites the one before; none is in the history.")
            .HasCommonErrors().TakesBody().AllowAnonymous();
    }

    private static async Task<Results<NoContent, ValidationProblem>> ReceiveAsync(
        WebhookNotification message, AlertsDbContext database, Pipeline pipeline, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = WebhookValidation.FaultsOf(message);
        var words = (message.Alerts ?? []).Where(alert => alert?.Status == WebhookStatus.Firing).Select(alert => WatchdogWord.TimeIn(alert!.Annotations)).ToList();
        if (words.Contains(null))
        {
            faults[$"alerts.annotations.{WatchdogWord.Annotation}"] = ["Is to be the time of the newest sample in seconds since 1970."];
        }

        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        // That it has ended is no word of life.
        if (words.Max() is { } time)
        {
            var now = clock.GetUtcNow();
            pipeline.Hear(time, now); // Whatever becomes of the database, it has come.
            await database.WriteAsync(
                async () =>
                {
                    var word = await database.Watchdog.SingleOrDefaultAsync(cancellationToken)
                        ?? database.Add(new WatchdogWord { LastSampleAt = time, ReceivedAt = now }).Entity;
                    (word.LastSampleAt, word.ReceivedAt) = (time, now);
                    return await database.SaveChangesAsync(cancellationToken);
                },
                cancellationToken);
        }

        return TypedResults.NoContent();
    }
}
