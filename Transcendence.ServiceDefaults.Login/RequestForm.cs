namespace Transcendence.ServiceDefaults.Login;

/// <summary>Forms, and what is wrong with them.</summary>
public static class RequestForm
{
    /// <summary>Reads the form of a request.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="BadHttpRequestException">It is too large, or no form; the status says which.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return request.HasFormContentType
                ? await request.ReadFormAsync(request.HttpContext.RequestAborted)
                : throw new BadHttpRequestException("Send a form (application/x-www-form-urlencoded).", StatusCodes.Status415UnsupportedMediaType);
        }
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }

    /// <summary>A filter that says what was wrong with a request; that it is too large, every service says in the same words.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What answers it.</param>
    public static async ValueTask<object?> SayFaultsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        ArgumentNullException.ThrowIfNull(next);
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException e) when (e.StatusCode != StatusCodes.Status413PayloadTooLarge)
        {
            return TypedResults.Problem(e.Message, statusCode: e.StatusCode);
        }
    }
}
