namespace Transcendence.ServiceDefaults;

/// <summary>The errors that endpoints have in common: their words, and their description in OpenAPI.</summary>
public static class ApiContract
{
    /// <summary>What is said of a value that is not there.</summary>
    public const string Required = "This value is required.";

    /// <summary>What is said of a number that is too small or too great.</summary>
    public const string OutOfRange = "This value is to be between {1} and {2}.";

    /// <summary>An endpoint that reads input and asks the database.</summary>
    /// <typeparam name="TBuilder">The type of the endpoints.</typeparam>
    /// <param name="endpoints">The endpoints.</param>
    /// <returns><paramref name="endpoints"/>.</returns>
    public static TBuilder HasCommonErrors<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.ProducesValidationProblem().ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>An endpoint with a JSON body.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns><paramref name="endpoint"/>.</returns>
    public static RouteHandlerBuilder TakesBody(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
