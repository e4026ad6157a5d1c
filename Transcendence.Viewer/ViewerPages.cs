using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Transcendence.Pages;
using Transcendence.Viewer.Provisioning;

namespace Transcendence.Viewer;

/// <summary>The pages, at the paths that Grafana has them at.</summary>
internal sealed class ViewerPages(ProvisioningFiles files, Assembly assembly)
{
    private const string ListPage = "dashboards.html";
    private const string DashboardPage = "dashboard.html";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => TypedResults.Redirect(files.Dashboards().Items is [var first, ..] ? first.Url : "/dashboards"));
        app.MapGet("/dashboards", () => PageAssets.Html(assembly, ListPage));
        app.MapGet("/d/{uid}/{slug?}", (string uid) => files.FindDashboard(uid) is null
            // The list says what there is; its address says what is missing.
            ? PageAssets.Html(assembly, ListPage, StatusCodes.Status404NotFound)
            : PageAssets.Html(assembly, DashboardPage));
    }
}
