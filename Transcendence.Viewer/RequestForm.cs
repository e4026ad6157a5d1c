using Microsoft.AspNetCore.Http;

namespace Transcendence.Viewer;

/// <summary>Reads forms.</summary>
internal static class RequestForm
{
    /// <summary>Reads the form of a request.</summary>
    /// <exception cref="BadHttpRequestException">It is too large, or no form; the status says which.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }
}
