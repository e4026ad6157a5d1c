using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Transcendence.Pages;

/// <summary>Who may ask a server of pages.</summary>
public sealed record PageSecurityOptions
{
    /// <summary>What the server calls itself in its answers, for example <c>The dashboard</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The setting by which <see cref="AllowedHosts"/> is changed, for the answer to who asks under another name.</summary>
    public required string AllowedHostsSetting { get; init; }

    /// <summary>
    /// Host names, besides those of this machine's loopback address, under which the server may be asked; an IPv6 address in brackets.
    /// <c>*</c> allows every name.
    /// </summary>
    public IReadOnlyCollection<string> AllowedHosts { get; init; } = [];

    /// <summary>Reads names that are separated by semicolons, as the settings have them.</summary>
    /// <param name="setting">The setting's value; may be missing.</param>
    /// <returns>The names.</returns>
    public static IReadOnlyCollection<string> ParseHosts(string? setting) =>
        (setting ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Lets a browser ask only for its own user: under a name that no foreign DNS server can give, and for our own pages.</summary>
public static class PageSecurity
{
    private static readonly string[] s_loopback = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Adds headers that confine the pages, and refuses requests under foreign names (400) and of foreign pages (403).</summary>
    /// <param name="app">The server.</param>
    /// <param name="options">Who may ask.</param>
    public static void UsePageSecurity(this IApplicationBuilder app, PageSecurityOptions options)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(options);
        var hosts = new HashSet<string>([.. s_loopback, .. options.AllowedHosts], StringComparer.OrdinalIgnoreCase);

        app.Use(SetHeaders);
        app.Use((context, next) => Refusal(context.Request, options, hosts) is { } refusal ? refusal.ExecuteAsync(context) : next(context));
    }

    private static Task SetHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with that a browser says `Origin: null` even for our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(context);
    }

    /// <summary>
    /// Another name in <c>Host</c> means that a page of that name was pointed at this machine (DNS rebinding); another
    /// <c>Origin</c>, that a foreign page sends the request with the browser's cookies. Not every request of such a page
    /// has an origin, so what the browser says of its own (<c>Sec-Fetch-*</c>) counts too; a link may be followed.
    /// </summary>
    private static ProblemHttpResult? Refusal(HttpRequest request, PageSecurityOptions options, HashSet<string> hosts)
    {
        if (!hosts.Contains(request.Host.Host) && !hosts.Contains("*"))
        {
            return TypedResults.Problem(
                $"{options.Name} does not answer to the name '{request.Host.Host}'. Use localhost, or allow the name with {options.AllowedHostsSetting}.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "Unknown host");
        }

        var origin = request.Headers.Origin.ToString();
        var isForeign = origin.Length > 0
            ? !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            : request.Headers["Sec-Fetch-Site"] == "cross-site" && request.Headers["Sec-Fetch-Mode"] != "navigate";
        return isForeign
            ? TypedResults.Problem("A page of another site may not use it.", statusCode: StatusCodes.Status403Forbidden, title: "Foreign origin")
            : null;
    }
}
