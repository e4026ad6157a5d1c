namespace Transcendence.Viewer.Pages;

/// <summary>Lets a browser ask for our own pages only. Under which names it may ask is host filtering's part (<c>AllowedHosts</c>).</summary>
internal static class PageSecurity
{
    /// <summary>Adds headers that confine the pages, and refuses requests of foreign pages (403).</summary>
    public static void UsePageSecurity(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
        // Not no-referrer: with that a browser says `Origin: null` even for our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return IsForeign(context.Request)
            ? TypedResults.Problem("A page of another site may not use it.", statusCode: StatusCodes.Status403Forbidden, title: "Foreign origin").ExecuteAsync(context)
            : next(context);
    });

    /// <summary>
    /// Whether a foreign page sends the request with the browser's cookies: SameSite does not keep away those of this host's other
    /// ports. Not every request of a page has an origin, so what the browser says of its own counts too; a link may be followed.
    /// </summary>
    private static bool IsForeign(HttpRequest request) => request.Headers.Origin.ToString() is { Length: > 0 } origin
        ? !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        : request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site" && request.Headers["Sec-Fetch-Mode"] != "navigate";
}
