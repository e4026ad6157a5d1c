using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Transcendence.Hosting.Dashboard;

/// <summary>The alerts that fire, and those that did.</summary>
internal sealed class AlertsApi(AlertFeed feed)
{
    private const string Firing = "firing";
    private const string History = "history";
    private const int MaxPageSize = 100;
    private const int MaxPage = 1_000_000;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/alerts", GetAsync);

    /// <summary>The alerts that fire now, and again after each change; nothing in an application without alerts.</summary>
    public IAsyncEnumerable<SseItem<object>> Watch()
    {
        return Events();

        async IAsyncEnumerable<SseItem<object>> Events([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var firing in feed.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return new SseItem<object>(firing, "alerts");
            }
        }
    }

    private async Task<Results<Ok<AlertPage>, ProblemHttpResult>> GetAsync(string? state, string? page, string? pageSize, CancellationToken cancellationToken)
    {
        if (state is not (null or Firing or History))
        {
            return Problems.BadParameter(nameof(state), state, $"{Firing} or {History}");
        }

        if (!Problems.TryParse(page, 1, out var number) || number is < 1 or > MaxPage)
        {
            return Problems.BadParameter(nameof(page), page, $"a number from 1 to {MaxPage}");
        }

        if (!Problems.TryParse(pageSize, 20, out var size) || size is < 1 or > MaxPageSize)
        {
            return Problems.BadParameter(nameof(pageSize), pageSize, $"a number from 1 to {MaxPageSize}");
        }

        if (feed.Source is not { } source)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "No alerts", "No resource of this application knows of alerts.");
        }

        try
        {
            return TypedResults.Ok(await AlertFeed.GetAsync(source, new AlertQuery(state != History, number, size), cancellationToken).ConfigureAwait(false));
        }
        catch (AlertsUnknownException e)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "The alerts are not known now", e.Message);
        }
    }
}
