namespace Transcendence.Viewer;

internal static class RequestForm
{
    /// <summary>Reads the form of a request.</summary>
    /// <exception cref="BadHttpRequestException">It is too large, or no form; the status says which.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
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

    /// <summary>Says what was wrong with a request.</summary>
    public static IResult Refusal(BadHttpRequestException exception) => TypedResults.Problem(exception.Message, statusCode: exception.StatusCode);
}
