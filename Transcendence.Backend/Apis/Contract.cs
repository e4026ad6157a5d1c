using Microsoft.AspNetCore.Mvc;

namespace Transcendence.Backend.Apis;

/// <summary>The errors that endpoints have in common, for their description in OpenAPI.</summary>
internal static class Contract
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>What is said of a value that is not there.</summary>
    public const string Required = "This value is required.";

    /// <summary>What is said of a number that is too small or too great.</summary>
    public const string OutOfRange = "This value is to be between {1} and {2}.";

    /// <summary>An endpoint that reads input and asks the database.</summary>
    public static TBuilder HasCommonErrors<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder => endpoints
        .WithMetadata(
            new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(HttpValidationProblemDetails), [ProblemJson]),
            new ProducesResponseTypeMetadata(StatusCodes.Status503ServiceUnavailable, typeof(ProblemDetails), [ProblemJson]));

    /// <summary>An endpoint for one thing, which may not exist.</summary>
    public static RouteHandlerBuilder HasId(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>An endpoint with a JSON body.</summary>
    public static RouteHandlerBuilder TakesBody(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
