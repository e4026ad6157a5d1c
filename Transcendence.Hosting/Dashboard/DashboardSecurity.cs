using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Transcendence.Pages;

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

    public void Use(WebApplication app)
    {
        app.UsePageSecurity(new PageSecurityOptions
        {
            Name = "The dashboard",
            AllowedHostsSetting = AllowedHostsKey,
            AllowedHosts = PageSecurityOptions.ParseHosts(configuration[AllowedHostsKey]),
        });
        app.Use(CheckToken);
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
