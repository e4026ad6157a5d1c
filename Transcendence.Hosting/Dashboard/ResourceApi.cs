using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>The control API: lists resources, streams their changes and logs, gives them commands.</summary>
internal sealed class ResourceApi(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var resources = routes.MapGroup("/api/resources");
        resources.MapGet("", GetAll);
        resources.MapGet("/{name}", Get);
        resources.MapGet("/{name}/logs", GetLogs);
        resources.MapPost("/{name}/commands/{command}", ExecuteAsync);
        routes.MapGet("/api/events", WatchAll);
    }

    private IReadOnlyList<ResourceView> GetAll() =>
        [.. model.Resources.Select(Find).OfType<ResourceEvent>().Where(e => !e.Snapshot.IsHidden).Select(e => ResourceView.Of(e))];

    private Results<Ok<ResourceView>, ProblemHttpResult> Get(string name, string? reveal)
    {
        if (!TryParse(reveal, out bool revealSecrets))
        {
            return BadParameter(nameof(reveal), reveal, "true or false");
        }

        return Find(name) is { } resource ? TypedResults.Ok(ResourceView.Of(resource, revealSecrets)) : Unknown(name);
    }

    /// <summary>All resources as they are, then each as it changes.</summary>
    private EventStream<ResourceView> WatchAll()
    {
        return new(Changes(), lifetime.ApplicationStopping);

        async IAsyncEnumerable<SseItem<ResourceView>> Changes([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var resource in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return new SseItem<ResourceView>(ResourceView.Of(resource), "resource");
            }
        }
    }

    /// <summary>
    /// The last <paramref name="tail"/> lines, or all that are kept: as an array, or with <paramref name="follow"/> as
    /// server-sent events that go on with each new line. Their ids are the lines' numbers, so a browser that reconnects
    /// goes on where it was.
    /// </summary>
    private IResult GetLogs(string name, string? follow, string? tail, HttpRequest request)
    {
        if (!TryParse(follow, out bool isFollowing))
        {
            return BadParameter(nameof(follow), follow, "true or false");
        }

        var count = int.MaxValue;
        if (tail is not null && !int.TryParse(tail, NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return BadParameter(nameof(tail), tail, "a number of lines");
        }

        if (Find(name) is null)
        {
            return Unknown(name);
        }

        var lines = loggers.GetLines(name);
        if (!isFollowing)
        {
            return TypedResults.Ok(lines.TakeLast(count).Select(LogLineView.Of));
        }

        var end = lines.Count == 0 ? 0 : lines[^1].LineNumber;
        var after = Math.Max(0, end - (long)count);
        if (int.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last <= end)
        {
            after = last;
        }

        return new EventStream<LogLineView>(Lines(), lifetime.ApplicationStopping);

        async IAsyncEnumerable<SseItem<LogLineView>> Lines([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var batch in loggers.WatchAsync(name).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (var line in batch.Where(line => line.LineNumber > after))
                {
                    yield return new SseItem<LogLineView>(LogLineView.Of(line))
                    {
                        EventId = line.LineNumber.ToString(CultureInfo.InvariantCulture),
                    };
                }
            }
        }
    }

    // Not ended with the request: a restart that was asked for is not to be left half done.
    private async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(string name, string command)
    {
        if (Find(name) is not { } resource)
        {
            return Unknown(name);
        }

        if (resource.Snapshot.Commands.FirstOrDefault(c => c.Name == command) is not { } known)
        {
            var names = string.Join(", ", resource.Snapshot.Commands.Select(c => c.Name));
            return Problem(
                StatusCodes.Status404NotFound,
                "No such command",
                $"Resource '{resource.Resource.Name}' has no command '{command}'. {(names.Length == 0 ? "It has none." : $"It has: {names}.")}");
        }

        if (known.State != ResourceCommandState.Enabled)
        {
            return Problem(
                StatusCodes.Status409Conflict,
                "Not now",
                $"'{command}' cannot be done with '{resource.Resource.Name}' in its state '{resource.Snapshot.State?.Text}'.");
        }

        var result = await commands.ExecuteCommandAsync(resource.Resource, command, lifetime.ApplicationStopping).ConfigureAwait(false);
        return result.Success
            ? TypedResults.NoContent()
            : Problem(
                StatusCodes.Status422UnprocessableEntity,
                result.Canceled ? "Canceled" : "The command failed",
                result.ErrorMessage ?? $"'{command}' of '{resource.Resource.Name}' {(result.Canceled ? "was canceled" : "failed without saying why; see its log")}.");
    }

    private ResourceEvent? Find(IResource resource) => Find(resource.Name);

    private ResourceEvent? Find(string name) => notifications.TryGetCurrentState(name, out var resource) ? resource : null;

    private ProblemHttpResult Unknown(string name) => Problem(
        StatusCodes.Status404NotFound,
        "No such resource",
        $"There is no resource '{name}'. There are: {string.Join(", ", model.Resources.Select(r => r.Name))}.");

    private static bool TryParse(string? text, out bool value)
    {
        value = false;
        return text is null || bool.TryParse(text, out value);
    }

    private static ProblemHttpResult BadParameter(string name, string? value, string expected) =>
        Problem(StatusCodes.Status400BadRequest, "Bad parameter", $"'{name}' is '{value}'; it has to be {expected}.");

    private static ProblemHttpResult Problem(int status, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title);
}
