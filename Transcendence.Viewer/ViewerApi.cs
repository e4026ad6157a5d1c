using Transcendence.Viewer.Queries;

namespace Transcendence.Viewer;

/// <summary>What the pages ask for: dashboards, data sources, limits.</summary>
internal static class ViewerApi
{
    public static void MapViewerApi(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/health", () => new { Database = "ok", Product = "Transcendence.Viewer" }).AllowAnonymous().DisableHttpMetrics(); // Grafana's own path.
        app.MapGet("/api/search", (ProvisioningFiles files) => files.Dashboards().Items.Select(d => new { d.Uid, d.Title, d.Url, d.Tags, d.FolderTitle }));
        app.MapGet("/api/dashboards/uid/{uid}", IResult (string uid, ProvisioningFiles files) => files.FindDashboard(uid) is { } dashboard
            ? TypedResults.Ok(new { Dashboard = dashboard.Model, Meta = new { dashboard.FolderTitle, ProvisionedFile = Path.GetFileName(dashboard.File) } })
            : TypedResults.Problem(
                $"No dashboard has the uid '{uid}'. There are: {string.Join(", ", files.Dashboards().Items.Select(d => d.Uid).DefaultIfEmpty("none"))}.",
                statusCode: StatusCodes.Status404NotFound,
                title: "Dashboard not found"));
        // Without the addresses: they are for the server only.
        app.MapGet("/api/datasources", (ProvisioningFiles files) => files.DataSources().Items.Select(s => new { s.Uid, s.Name, s.Type, s.IsDefault, s.JsonData }));
        app.MapGet("/api/viewer", (ViewerOptions options, LoginOptions login, ProvisioningFiles files) => new
        {
            Remedy = options.Remedy.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            login.User,
            RangeQuery.MaxPoints,
            TimeoutSeconds = options.QueryTimeout.TotalSeconds,
            Problems = files.DataSources().Problems.Concat(files.Dashboards().Problems),
        });
    }
}
