using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.Backend.Apis;

/// <summary>Whether the service can be used.</summary>
internal static class HealthApi
{
    /// <summary>Maps <c>/api/health</c>.</summary>
    public static void MapHealthApi(this IEndpointRouteBuilder api)
    {
        var health = api.MapGroup("/health").WithTags("Health");
        health.MapGet("/", ReadyAsync).WithName("GetHealth").WithSummary("Ready to serve: the database answers")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        health.MapGet("/live", () => TypedResults.Ok(new HealthResponse(nameof(HealthStatus.Healthy)))).WithName("GetLiveness").WithSummary("Alive: the process answers");
    }

    private static async Task<Results<Ok<HealthResponse>, ProblemHttpResult>> ReadyAsync(
        HealthCheckService checks, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        if (report.Status != HealthStatus.Unhealthy)
        {
            return TypedResults.Ok(new HealthResponse(report.Status.ToString()));
        }

        var faults = report.Entries
            .Where(entry => entry.Value.Status == HealthStatus.Unhealthy)
            .Select(entry => $"{entry.Key}: {entry.Value.Description}");
        return TypedResults.Problem(string.Join(" ", faults), title: "Unhealthy", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>How the service is.</summary>
/// <param name="Status"><c>Healthy</c> or <c>Degraded</c>; an unhealthy service answers with a problem.</param>
public sealed record HealthResponse(string Status);
