using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Transcendence.ServiceDefaults;

/// <summary>The errors that endpoints have in common: their words, and their description in OpenAPI.</summary>
public static class ApiContract
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>What is said of a value that is not there.</summary>
    public const string Required = "This value is required.";

    /// <summary>What is said of a number that is too small or too great.</summary>
    public const string OutOfRange = "This value is to be between {1} and {2}.";

    /// <summary>An endpoint that reads input and asks the database.</summary>
    /// <typeparam name="TBuilder">The type of the endpoints.</typeparam>
    /// <param name="endpoints">The endpoints.</param>
    /// <returns><paramref name="endpoints"/>.</returns>
    public static TBuilder HasCommonErrors<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder => endpoints
        .WithMetadata(
            new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(HttpValidationProblemDetails), [ProblemJson]),
            new ProducesResponseTypeMetadata(StatusCodes.Status503ServiceUnavailable, typeof(ProblemDetails), [ProblemJson]));

    /// <summary>An endpoint for one thing, which may not exist.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns><paramref name="endpoint"/>.</returns>
    public static RouteHandlerBuilder HasId(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>An endpoint with a JSON body.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns><paramref name="endpoint"/>.</returns>
    public static RouteHandlerBuilder TakesBody(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
