using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Transcendence.Viewer.Provisioning;
using Transcendence.Viewer.Queries;

namespace Transcendence.Viewer;

/// <summary>What the pages ask for: dashboards, data sources, limits.</summary>
internal sealed class ViewerApi(ViewerOptions options, ProvisioningFiles files)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/search", () => files.Dashboards().Items.Select(d => new SearchHit(d.Uid, d.Title, d.Url, d.Tags, d.FolderTitle)));
        app.MapGet("/api/dashboards/uid/{uid}", (string uid) => files.FindDashboard(uid) is { } dashboard
            ? Results.Ok(new DashboardAnswer(dashboard.Model, new DashboardMeta(dashboard.FolderTitle, Path.GetFileName(dashboard.File))))
            : Results.Problem(
                $"No dashboard has the uid '{uid}'. There are: {string.Join(", ", files.Dashboards().Items.Select(d => d.Uid).DefaultIfEmpty("none"))}.",
                statusCode: StatusCodes.Status404NotFound,
                title: "Dashboard not found"));
        app.MapGet("/api/datasources", () => files.DataSources().Items.Select(s => new DataSourceView(s.Uid, s.Name, s.Type, s.IsDefault, s.JsonData)));
        app.MapGet("/api/viewer", () => new ViewerView(
            options.Notice,
            options.AdminUser,
            RangeQuery.MaxPoints,
            options.QueryTimeout.TotalSeconds,
            [.. files.DataSources().Problems, .. files.Dashboards().Problems]));
    }

    private sealed record SearchHit(string Uid, string Title, string Url, IReadOnlyList<string> Tags, string FolderTitle);

    private sealed record DashboardAnswer(JsonObject Dashboard, DashboardMeta Meta);

    private sealed record DashboardMeta(string FolderTitle, string ProvisionedFile);

    private sealed record DataSourceView(string Uid, string Name, string Type, bool IsDefault, JsonObject JsonData);

    private sealed record ViewerView(ViewerNotice? Notice, string User, int MaxPoints, double TimeoutSeconds, IReadOnlyList<Problem> Problems);
}
