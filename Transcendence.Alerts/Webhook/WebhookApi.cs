namespace Transcendence.Alerts.Webhook;

/// <summary>Where Alertmanager sends its notifications.</summary>
internal static partial class WebhookApi
{
    /// <summary>Maps <c>POST /api/alerts/webhook</c>.</summary>
    public static void MapWebhookApi(this IEndpointRouteBuilder api) =>
        api.MapPost("/alerts/webhook", ReceiveAsync).WithTags("Webhook").WithName("ReceiveNotification")
            .WithSummary("Receive a notification from Alertmanager (webhook, version 4)")
            .WithDescription("Answered after it has been stored, whole. Alertmanager repeats a notification that was answered with 5xx.")
            .HasCommonErrors().TakesBody();

    private static async Task<Results<NoContent, ValidationProblem>> ReceiveAsync(
        WebhookNotification message, AlertInbox inbox, AlertMetrics metrics, ILogger<AlertInbox> logger, CancellationToken cancellationToken)
    {
        if (WebhookValidation.FaultsOf(message) is { Count: > 0 } faults)
        {
            LogRefused(logger, string.Join(", ", faults.Keys));
            return TypedResults.ValidationProblem(faults);
        }

        var news = await inbox.ReceiveAsync(message, cancellationToken);
        metrics.Notifications.WithLabels(message.Status!).Inc();
        inbox.Announce(news);
        if (message.TruncatedAlerts > 0)
        {
            LogTruncated(logger, message.TruncatedAlerts.Value, message.Receiver);
        }

        return TypedResults.NoContent();
    }

    [LoggerMessage(LogLevel.Warning, "A notification was refused because of: {Fields}")]
    private static partial void LogRefused(ILogger logger, string fields);

    [LoggerMessage(LogLevel.Warning, "Alertmanager left {Count} alerts out of a notification (max_alerts of its receiver {Receiver})")]
    private static partial void LogTruncated(ILogger logger, long count, string? receiver);
}
