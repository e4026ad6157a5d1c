using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Transcendence.Hosting.Dashboard;

/// <summary>Gives and streams what the resources print.</summary>
internal sealed class LogsApi(KnownResources resources, LogFeed feed, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/logs", (string? follow, string? tail, string? after, HttpRequest request) =>
            GetLogs(null, follow, tail, after, request));
        routes.MapGet("/api/resources/{name}/logs", GetLogs);
    }

    /// <summary>The lines of one resource, or of all, as events: each has an array of lines, and as its id where to go on.</summary>
    /// <param name="name">The resource; null means all.</param>
    /// <param name="after">Where to go on.</param>
    /// <param name="tail">How many of the lines that are kept are wanted.</param>
    public IAsyncEnumerable<SseItem<object>> Follow(string? name, LogPosition after, int tail)
    {
        return Events();

        async IAsyncEnumerable<SseItem<object>> Events([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var batch in feed.FollowAsync(Names(name), after, tail, cancellationToken).ConfigureAwait(false))
            {
                yield return new SseItem<object>(batch.Lines, "lines") { EventId = batch.Position.ToString() };
            }
        }
    }

    /// <summary>
    /// The last <paramref name="tail"/> lines, or all that are kept: as an array, or with <paramref name="follow"/> as
    /// server-sent events that go on with each new line. Who comes back with the id of the last event goes on where it was.
    /// </summary>
    private IResult GetLogs(string? name, string? follow, string? tail, string? after, HttpRequest request)
    {
        if (!Problems.TryParse(follow, out bool isFollowing))
        {
            return Problems.BadParameter(nameof(follow), follow, "true or false");
        }

        if (!Problems.TryParse(tail, int.MaxValue, out int count))
        {
            return Problems.BadParameter(nameof(tail), tail, "a number of lines");
        }

        if (CheckPosition(after, request, out var position) is { } problem)
        {
            return problem;
        }

        if (name is not null && resources.Find(name) is null)
        {
            return resources.Unknown(name);
        }

        return isFollowing
            ? new EventStream(lifetime.ApplicationStopping, Follow(name, position, count))
            : TypedResults.Ok(feed.Read(Names(name)).Where(line => line.Number > position[line.Resource]).TakeLast(count));
    }

    /// <summary>Reads where to go on: from <c>after</c>, or from what a browser sends when it takes up a stream again.</summary>
    public static ProblemHttpResult? CheckPosition(string? after, HttpRequest request, out LogPosition position)
    {
        after ??= request.Headers["Last-Event-ID"];
        var isValid = LogPosition.TryParse(after, out var parsed);
        position = parsed ?? LogPosition.Start;
        return isValid ? null : Problems.BadParameter(nameof(after), after, "the id of an event of this stream, such as 'backend:12,gateway:3'");
    }

    private List<string> Names(string? name) => name is null ? [.. resources.All.Where(r => !r.Snapshot.IsHidden).Select(r => r.Resource.Name)] : [resources.Find(name)!.Resource.Name];
}
