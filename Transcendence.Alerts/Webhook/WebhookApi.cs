using Microsoft.AspNetCore.Mvc;

namespace Transcendence.Alerts.Webhook;

/// <summary>Where Alertmanager sends its notifications.</summary>
internal static partial class WebhookApi
{
    /// <summary>Alertmanager sends a whole group at once: 2,000 alerts are 1.5 MB. What is refused it does not send again.</summary>
    public const int MaxBodyBytes = 8 * 1024 * 1024;

    /// <summary>Maps <c>POST /api/alerts/webhook</c>.</summary>
    public static void MapWebhookApi(this IEndpointRouteBuilder api) =>
        api.MapPost("/alerts/webhook", ReceiveAsync).WithTags("Webhook").WithName("ReceiveNotification")
            .WithSummary("Receive a notification from Alertmanager (webhook, version 4)")
            .WithDescription("Answered after it has been stored, whole. Alertmanager repeats a notification that was answered with 5xx.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .HasCommonErrors().TakesBody().AllowAnonymous();

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
