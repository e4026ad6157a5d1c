using Transcendence.Alerts.Api;

namespace Transcendence.Alerts.Runbooks;

/// <summary>The runbooks as pages, so that the link of an alert works without any network but this machine's.</summary>
internal static class RunbooksApi
{
    /// <summary>Maps <c>/runbooks/NAME</c>.</summary>
    public static void MapRunbooksApi(this IEndpointRouteBuilder app)
    {
        var runbooks = app.MapGroup("/runbooks").WithTags("Runbooks");
        runbooks.MapGet("/", (HttpContext context, RunbookFiles files) => RunbookPage.List(files.Names).AsPage(context)).WithName("ListRunbooks").WithSummary("The list of runbooks, as a page")
            .Produces(StatusCodes.Status200OK, contentType: "text/html");
        runbooks.MapGet("/{name}", GetAsync).WithName("GetRunbook").WithSummary("What to do about an alert, as a page")
            .WithDescription("With alert, the number of an alert of the inbox, it says how that one is, and its queries open at the time of it.")
            .Produces(StatusCodes.Status200OK, contentType: "text/html").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetAsync(
        string name, HttpContext context, RunbookFiles files, AlertsDbContext database, AlertInbox inbox, AlertsOptions options, TimeProvider clock, CancellationToken cancellationToken, long? alert = null)
    {
        if (files.Read(name) is not { } text)
        {
            return TypedResults.Problem($"There is no runbook {name}. Write monitoring/runbooks/{name}.md, or see /runbooks/ for those that there are.", statusCode: StatusCodes.Status404NotFound);
        }

        var episode = alert is null ? null : await database.Alerts.AsNoTracking().FirstOrDefaultAsync(each => each.Id == alert, cancellationToken);
        return alert is not null && episode is null
            ? AlertsApi.NoAlert(alert.Value)
            : RunbookPage.Of(text, episode is null ? null : AlertSummary.Of(episode, clock.GetUtcNow(), inbox.SeenAfter), options.PrometheusUrl).AsPage(context);
    }

    private static ContentHttpResult AsPage(this string html, HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }
}
