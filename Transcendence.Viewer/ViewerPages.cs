namespace Transcendence.Viewer;

/// <summary>The pages, at the paths that Grafana has them at.</summary>
internal static class ViewerPages
{
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (ProvisioningFiles files) => TypedResults.Redirect(files.Dashboards().Items is [var first, ..] ? first.Url : "/dashboards"));
        app.MapGet("/dashboards", (HttpContext context, HtmlPages pages) => pages.Answer(context, "dashboards.html"));
        app.MapGet("/d/{uid}/{slug?}", (string uid, HttpContext context, HtmlPages pages, ProvisioningFiles files) => files.FindDashboard(uid) is null
            // The list says what there is; its address says what is missing.
            ? pages.Answer(context, "dashboards.html", StatusCodes.Status404NotFound)
            : pages.Answer(context, "dashboard.html"));
    }
}
