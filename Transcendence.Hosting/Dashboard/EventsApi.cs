using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>All that a page shows, live, in one stream: a browser has only six connections to one server, for all its tabs.</summary>
internal sealed class EventsApi(
    KnownResources resources, ResourceNotificationService notifications, LogsApi logs, AlertsApi alerts, IHostApplicationLifetime lifetime)
{
    private const string AllLogs = "*";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/events", Watch);

    /// <summary>
    /// Events <c>resource</c>: each as it is, then as it changes. <c>alerts</c>: those that fire. With <c>logs=NAME</c> or
    /// <c>logs=*</c> also <c>lines</c>, after the position <c>after</c>.
    /// </summary>
    private IResult Watch([Microsoft.AspNetCore.Mvc.FromQuery(Name = "logs")] string? logsOf, string? after, HttpRequest request)
    {
        if (logsOf is null)
        {
            return new EventStream(lifetime.ApplicationStopping, Changes(), alerts.Watch());
        }

        if (LogsApi.CheckPosition(after, request, out var position) is { } problem)
        {
            return problem;
        }

        if (logsOf != AllLogs && resources.Find(logsOf) is null)
        {
            return resources.Unknown(logsOf);
        }

        return new EventStream(lifetime.ApplicationStopping, Changes(), alerts.Watch(), logs.Follow(logsOf == AllLogs ? null : logsOf, position, int.MaxValue));
    }

    private async IAsyncEnumerable<SseItem<object>> Changes([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var resource in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new SseItem<object>(ResourceView.Of(resource), "resource");
        }
    }
}
