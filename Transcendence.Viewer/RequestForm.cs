using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Transcendence.Viewer;

/// <summary>Reads forms.</summary>
internal static class RequestForm
{
    /// <summary>Reads the form of a request.</summary>
    /// <exception cref="BadHttpRequestException">It is too large, or no form; the status says which.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            throw new BadHttpRequestException("Send a form (application/x-www-form-urlencoded).", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }

    /// <summary>Says what was wrong with a request.</summary>
    public static ProblemHttpResult Refusal(BadHttpRequestException exception) => TypedResults.Problem(
        exception.Message,
        statusCode: exception.StatusCode,
        title: exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? "Too much in one request" : "Bad request");
}
