using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Transcendence.Pages;

namespace Transcendence.Hosting.Dashboard;

/// <summary>What a page asks first.</summary>
/// <param name="Name">The application's name.</param>
/// <param name="AlertSource">The resource that knows the alerts; null when there is none.</param>
internal sealed record ApplicationView(string Name, string? AlertSource);

/// <summary>The page for people: one document, whose script shows the view that the address names.</summary>
internal sealed class DashboardPages(IHostEnvironment environment, AlertFeed alerts)
{
    private const string Suffix = ".AppHost";

    private static readonly Assembly s_assembly = typeof(DashboardPages).Assembly;
    private static readonly string[] s_views = ["/", "/resources/{name}", "/logs", "/logs/{name}", "/alerts", "/graph"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/application", () => new ApplicationView(Name, alerts.Source?.Name));
        foreach (var view in s_views)
        {
            routes.MapGet(view, () => PageAssets.Html(s_assembly, "index.html"));
        }
    }

    private string Name => environment.ApplicationName.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
        ? environment.ApplicationName[..^Suffix.Length]
        : environment.ApplicationName;
}
