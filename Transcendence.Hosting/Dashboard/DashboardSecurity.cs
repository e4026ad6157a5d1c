using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Transcendence.Hosting.Dashboard;

/// <summary>
/// Who may use the dashboard. It can start and stop processes, so: only from this machine, only under a name that no
/// foreign DNS server can give it, only for its own pages, only with the token.
/// </summary>
internal sealed class DashboardSecurity(IConfiguration configuration, BrowserToken token)
{
    /// <summary>The setting with further host names, separated by semicolons, under which the dashboard may be opened.</summary>
    public const string AllowedHostsKey = "Dashboard:AllowedHosts";

    public const string LoginPath = "/login";

    private readonly HashSet<string> _hosts = new(
        ["localhost", "127.0.0.1", "[::1]", .. (configuration[AllowedHostsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        StringComparer.OrdinalIgnoreCase);

    public void Use(WebApplication app)
    {
        app.Use(SetHeaders);
        app.Use(CheckHostAndOrigin);
        app.Use(CheckToken);
    }

    private static Task SetHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer"; // The token is in the login page's address.
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
    private Task CheckHostAndOrigin(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!_hosts.Contains(request.Host.Host))
        {
            return Reject(
                context,
                StatusCodes.Status400BadRequest,
                "Unknown host",
                $"The dashboard does not answer to the name '{request.Host.Host}'. Use localhost, or allow the name with {AllowedHostsKey}.");
        }

        var origin = request.Headers.Origin.ToString();
        var isForeign = origin.Length > 0
            ? !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            : request.Headers["Sec-Fetch-Site"] == "cross-site" && request.Headers["Sec-Fetch-Mode"] != "navigate";
        if (isForeign)
        {
            return Reject(context, StatusCodes.Status403Forbidden, "Foreign origin", "A page of another site may not use the dashboard.");
        }

        return next(context);
    }

    /// <summary>Lets in who shows the token; exchanges it for a session at <c>/login?t=TOKEN</c>.</summary>
    private Task CheckToken(HttpContext context, RequestDelegate next)
    {
        var isLogin = context.Request.Path == LoginPath;
        switch (isLogin ? token.Check(context.Request.Query["t"]) : token.Check(context.Request))
        {
            case TokenCheck.Right when isLogin:
                token.BeginSession(context);
                context.Response.Redirect("/");
                return Task.CompletedTask;

            case TokenCheck.Right:
                return next(context);

            case TokenCheck.TooMany:
                context.Response.Headers.RetryAfter = "60";
                return Reject(context, StatusCodes.Status429TooManyRequests, "Too many wrong tokens", "Try again in a minute.");

            default:
                context.Response.Headers.WWWAuthenticate = "Bearer";
                return Reject(
                    context,
                    StatusCodes.Status401Unauthorized,
                    "The token is missing or wrong",
                    "Open the link that the application prints when it starts, or send its token as 'Authorization: Bearer TOKEN'.");
        }
    }

    private static Task Reject(HttpContext context, int status, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title).ExecuteAsync(context);
}
