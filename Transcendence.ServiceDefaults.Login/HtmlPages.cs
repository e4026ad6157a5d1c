using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.StaticFiles;

namespace Transcendence.ServiceDefaults.Login;

/// <summary>The pages in <c>wwwroot/</c>; a word in double braces in them is filled in as text.</summary>
/// <param name="environment">Where they are.</param>
/// <param name="antiforgery">What shows that a form is ours.</param>
public sealed class HtmlPages(IWebHostEnvironment environment, IAntiforgery antiforgery)
{
    /// <summary>Answers with a page, e.g. <c>login.html</c>. <c>{{token}}</c> in it becomes what its forms have to send, other words what is said here.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The page's file.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="words">The words, and the texts in their place.</param>
    public ContentHttpResult Answer(HttpContext context, string name, int status = StatusCodes.Status200OK, params (string Word, string? Text)[] words)
    {
        using var reader = new StreamReader(environment.WebRootFileProvider.GetFileInfo(name).CreateReadStream());
        var page = words.Prepend(("token", antiforgery.GetAndStoreTokens(context).RequestToken))
            .Aggregate(reader.ReadToEnd(), (html, word) => html.Replace($$$"""{{{{{word.Item1}}}}}""", WebUtility.HtmlEncode(word.Item2), StringComparison.Ordinal));
        return TypedResults.Text(page, "text/html; charset=utf-8", statusCode: status);
    }
}

/// <summary>Serves the files of pages.</summary>
public static class PagesExtensions
{
    private const string PublicPath = "/public";

    /// <summary>
    /// Confines the pages, and serves scripts, styles and pictures, which hold nothing of anybody: the login needs them. Not HTML:
    /// that is behind the login.
    /// </summary>
    /// <param name="app">The service.</param>
    public static void UsePages(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
            headers["Referrer-Policy"] = "same-origin"; // Not no-referrer: with that a browser says `Origin: null` even for our own forms.
            headers["Cross-Origin-Opener-Policy"] = headers["Cross-Origin-Resource-Policy"] = "same-origin";
            return next(context);
        });
        var types = new FileExtensionContentTypeProvider();
        types.Mappings.Remove(".html");
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = PublicPath,
            ContentTypeProvider = types,
            // Asked for each time and answered with 304: a new version of the program shows its own pages at once.
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = "no-cache",
        });
    }

    // A browser asks for it by itself where a page, such as an answer in JSON, names none.
    internal static void MapIcon(this IEndpointRouteBuilder app) =>
        app.MapGet("/favicon.ico", () => TypedResults.Redirect(PublicPath + "/icon.svg")).AllowAnonymous().ExcludeFromDescription();
}
