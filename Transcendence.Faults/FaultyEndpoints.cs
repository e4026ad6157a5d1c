using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Matching;

namespace Transcendence.Faults;

/// <summary>Has endpoints fail or wait, in the place where they would work: routes, metrics, logs and traces see it as they see the service's own faults.</summary>
internal sealed class FaultyEndpoints(FaultPoint point) : MatcherPolicy, IEndpointSelectorPolicy
{
    // One for each endpoint, as metrics are kept by endpoint.
    private readonly ConditionalWeakTable<Endpoint, Endpoint> _faulty = [];

    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsForUsers);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        if (point.Now is { Errors: > 0 } or { LatencyMilliseconds: > 0 })
        {
            for (var i = 0; i < candidates.Count; i++)
            {
                if (candidates.IsValidCandidate(i) && IsForUsers(candidates[i].Endpoint))
                {
                    candidates.ReplaceEndpoint(i, _faulty.GetValue(candidates[i].Endpoint, Spoil), candidates[i].Values);
                }
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsForUsers(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RequestDelegate: not null } && endpoint.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is null;

    private RouteEndpoint Spoil(Endpoint endpoint)
    {
        var route = (RouteEndpoint)endpoint;
        return new(ServeAsync, route.RoutePattern, route.Order, route.Metadata, route.DisplayName);

        async Task ServeAsync(HttpContext context)
        {
            if (point.Now.LatencyMilliseconds is > 0 and var latency)
            {
                await Task.Delay(latency, context.RequestAborted);
            }

            await (point.TakesError()
                ? TypedResults.Problem("A drill makes this request fail. It ends by itself.", statusCode: StatusCodes.Status500InternalServerError).ExecuteAsync(context)
                : route.RequestDelegate!(context));
        }
    }
}
