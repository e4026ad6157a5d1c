namespace Transcendence.Alerts;

/// <summary>The page for people: what fires, what has, who was told, and what they do about it.</summary>
internal static class InboxPage
{
    /// <summary>Maps <c>/</c>.</summary>
    public static void MapInboxPage(this IEndpointRouteBuilder app) =>
        app.MapGet("/", (HttpContext context, HtmlPages pages, LoginOptions login) => pages.Answer(context, "inbox.html", words: ("user", login.User))).ExcludeFromDescription();
}
