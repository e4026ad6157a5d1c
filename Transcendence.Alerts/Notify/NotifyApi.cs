using System.Data.Common;
using Microsoft.AspNetCore.Mvc;

namespace Transcendence.Alerts.Notify;

/// <summary>Where Alertmanager sends what people are to be told; the inbox passes it on in the words of each channel.</summary>
/// <remarks>
/// Alertmanager groups, repeats, and tries again what was answered with 5xx. Each channel is an integration of its own there, so what one of them refuses is not
/// sent again to the others. The secrets are here alone: in no file that Alertmanager reads, and in nothing that it shows.
/// </remarks>
internal static partial class NotifyApi
{
    /// <summary>The channels that there can be.</summary>
    public static readonly string[] Names = ["slack", "discord", "email", "webhook"];

    /// <summary>Adds those that are set.</summary>
    public static void AddChannels(this WebApplicationBuilder builder)
    {
        var options = NotifyOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        // No redirects: a POST would become a GET, which a page answers with 200, and nobody was told.
        builder.Services.AddHttpClient(WebChannel.Client, http => http.Timeout = TimeSpan.FromSeconds(10))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }).AsksOnce();
        Add(options.Slack, (url, services) => WebChannel.Slack(url, services.GetRequiredService<IHttpClientFactory>()));
        Add(options.Discord, (url, services) => WebChannel.Discord(url, services.GetRequiredService<IHttpClientFactory>()));
        Add(options.Webhook, (url, services) => WebChannel.Webhook(url, services.GetRequiredService<IHttpClientFactory>()));
        Add(options.Email, (url, _) => new MailChannel(MailChannel.TryParse(url, out var server) ? server : throw new InvalidOperationException("It was looked at before.")));

        void Add(string? setting, Func<string, IServiceProvider, Channel> make)
        {
            if (!string.IsNullOrEmpty(setting))
            {
                builder.Services.AddSingleton(services => make(setting, services));
            }
        }
    }

    /// <summary>Maps <c>POST /api/notify/CHANNEL</c>.</summary>
    public static void MapNotifyApi(this IEndpointRouteBuilder api) =>
        api.MapPost("/notify/{channel}", SendAsync).WithTags("Webhook").WithName("Notify")
            .WithSummary("Pass a notification from Alertmanager (webhook, version 4) on to people")
            .WithDescription($"channel is one of {string.Join(", ", Names)}. Answered with 204 after it was taken there, or where the channel is not set or somebody takes care of all that fires (it is acknowledged); with 502 when it was not, so that Alertmanager tries again.")
            .WithMetadata(new RequestSizeLimitAttribute(WebhookApi.MaxBodyBytes))
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status502BadGateway)
            .HasCommonErrors().TakesBody().AllowAnonymous();

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> SendAsync(
        string channel, JsonElement body, IEnumerable<Channel> channels, AlertInbox inbox, ILogger<Channel> logger, CancellationToken cancellationToken)
    {
        if (!Names.Contains(channel))
        {
            return TypedResults.Problem($"There is no channel {channel}: it is one of {string.Join(", ", Names)}.", statusCode: StatusCodes.Status404NotFound);
        }

        var message = Read(body);
        if (WebhookValidation.FaultsOf(message) is { Count: > 0 } faults)
        {
            return TypedResults.ValidationProblem(faults);
        }

        if (channels.FirstOrDefault(each => each.Name == channel) is not { } way || await IsAcknowledgedAsync(inbox, message, logger, cancellationToken))
        {
            return TypedResults.NoContent();
        }

        try
        {
            await way.SendAsync(Notice.Of(message), body, cancellationToken);
            await KeepAsync(inbox, message, channel, logger, cancellationToken);
            return TypedResults.NoContent();
        }
        catch (NotSentException e)
        {
            LogNotSent(logger, channel, e.Message);
            return TypedResults.Problem($"{channel} was not told: {e.Message}. Alertmanager tries again.", statusCode: StatusCodes.Status502BadGateway);
        }
    }

    // Whatever becomes of the database, people are told, and not twice.
    private static async Task<bool> IsAcknowledgedAsync(AlertInbox inbox, WebhookNotification message, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            return await inbox.IsAcknowledgedAsync(message, cancellationToken);
        }
        catch (DbException e)
        {
            LogNotLookedUp(logger, e.Message);
            return false;
        }
    }

    private static async Task KeepAsync(AlertInbox inbox, WebhookNotification message, string channel, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await inbox.ToldAsync(message, channel, cancellationToken);
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            LogNotKept(logger, channel, e.GetBaseException().Message);
        }
    }

    // As the framework would: with what goes beyond our type kept, for who gets it as it is.
    private static WebhookNotification Read(JsonElement body)
    {
        try
        {
            return body.Deserialize<WebhookNotification>(JsonSerializerOptions.Web) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is no notification.", StatusCodes.Status400BadRequest, e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Whether somebody takes care of alerts cannot be read, so people are told of them: {Reason}")]
    private static partial void LogNotLookedUp(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "{Channel} was told, but that cannot be stored, so the inbox does not show it: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string channel, string reason);

    [LoggerMessage(LogLevel.Warning, "{Channel} was not told: {Reason}. Alertmanager tries again (the setting is Notify:{Channel})")]
    private static partial void LogNotSent(ILogger logger, string channel, string reason);
}
