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

    private readonly Login _login = new(token);

    public void Use(WebApplication app)
    {
        app.UsePageSecurity(new PageSecurityOptions
        {
            Name = "The dashboard",
            AllowedHostsSetting = AllowedHostsKey,
            AllowedHosts = PageSecurityOptions.ParseHosts(configuration[AllowedHostsKey]),
        });
        app.UsePageAssets(typeof(DashboardSecurity).Assembly); // They hold nothing of the application, and the login page needs them.
        app.Use((context, next) => Login.Handles(context.Request.Path) ? _login.HandleAsync(context) : CheckTokenAsync(context, next));
    }

    private Task CheckTokenAsync(HttpContext context, RequestDelegate next)
    {
        var check = token.Check(context.Request);
        return check == TokenCheck.Right ? next(context)
            : check == TokenCheck.Missing && IsForPage(context.Request) ? Login.InviteAsync(context)
            : Login.RejectAsync(context, check);
    }

    /// <summary>Whether a person waits for a page, and not a program for data.</summary>
    private static bool IsForPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && Login.IsBrowser(request) && !request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
