using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Transcendence.Pages;

namespace Transcendence.Hosting.Dashboard;

/// <summary>
/// Exchanges the token for a session: by the printed link <c>/login?t=TOKEN</c>, or by the form at <c>/login</c>, which needs
/// no script. Ends the session at <c>/logout</c>.
/// </summary>
internal sealed class Login(BrowserToken token)
{
    public const string Path = "/login";

    private const string LogoutPath = "/logout";
    private const string TokenParameter = "t";
    private const string ReturnUrlParameter = "returnUrl";
    private const string ReasonParameter = "reason";

    private const string WrongTitle = "The token is missing or wrong";
    private const string TooManyTitle = "Too many wrong tokens";
    private const string TooManyDetail = "Try again in a minute.";

    public static bool Handles(PathString path) => path == Path || path == LogoutPath;

    public Task HandleAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (context.Request.Path == LogoutPath)
        {
            return HttpMethods.IsPost(method) ? LogOutAsync(context) : NotAllowedAsync(context, HttpMethods.Post);
        }

        return HttpMethods.IsGet(method) ? HandleLinkAsync(context)
            : HttpMethods.IsPost(method) ? HandleFormAsync(context)
            : NotAllowedAsync(context, $"{HttpMethods.Get}, {HttpMethods.Post}");
    }

    /// <summary>Leads a person without a session to the form, and from there to where they wanted to go.</summary>
    public static Task InviteAsync(HttpContext context)
    {
        context.Response.Redirect(QueryHelpers.AddQueryString(Path, ReturnUrlParameter, context.Request.Path + context.Request.QueryString.ToString()));
        return Task.CompletedTask;
    }

    /// <summary>Tells a program that it needs the token.</summary>
    public static Task RejectAsync(HttpContext context, TokenCheck check)
    {
        var status = Prepare(context, check);
        return (check == TokenCheck.TooMany
            ? Problems.Of(status, TooManyTitle, TooManyDetail)
            : Problems.Of(status, WrongTitle, "Open the link that the application prints when it starts, or send its token as 'Authorization: Bearer TOKEN'.")).ExecuteAsync(context);
    }

    public static bool IsBrowser(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private Task HandleLinkAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var check = token.Check(query[TokenParameter]);
        return check == TokenCheck.Missing && IsBrowser(context.Request)
            ? ShowAsync(context, query[ReturnUrlParameter], StatusCodes.Status200OK, query[ReasonParameter].ToString() switch
            {
                "ended" => "The session has ended. If the application was started anew, it has a new token, which is in the link that it printed.",
                "logout" => "You are logged out.",
                _ => null,
            })
            : AnswerAsync(context, check, query[ReturnUrlParameter]);
    }

    private async Task HandleFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            await Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Not a form", "The login wants a form with the field 'token'.").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        var check = token.Check(TokenIn(form["token"].ToString().Trim()));

        // An empty form is a wrong one.
        await AnswerAsync(context, check == TokenCheck.Missing ? TokenCheck.Wrong : check, form[ReturnUrlParameter]).ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpContext context, TokenCheck check, string? returnUrl)
    {
        if (check == TokenCheck.Right)
        {
            token.BeginSession(context);
            context.Response.Redirect(Logins.IsLocal(returnUrl) ? returnUrl! : "/");
            return Task.CompletedTask;
        }

        return !IsBrowser(context.Request) ? RejectAsync(context, check)
            : ShowAsync(context, returnUrl, Prepare(context, check), check == TokenCheck.TooMany
                ? $"{TooManyTitle}. {TooManyDetail}"
                : "That is not the token of this run. It is in the link that the application printed when it was started.");
    }

    private static Task LogOutAsync(HttpContext context)
    {
        BrowserToken.EndSession(context);
        context.Response.Redirect($"{Path}?{ReasonParameter}=logout");
        return Task.CompletedTask;
    }

    private static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return Problems.Of(StatusCodes.Status405MethodNotAllowed, "Method not allowed", $"Here one may only: {allowed}.").ExecuteAsync(context);
    }

    private static int Prepare(HttpContext context, TokenCheck check)
    {
        if (check == TokenCheck.TooMany)
        {
            context.Response.Headers.RetryAfter = "60";
            return StatusCodes.Status429TooManyRequests;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return StatusCodes.Status401Unauthorized;
    }

    private static Task ShowAsync(HttpContext context, string? returnUrl, int status, string? message)
    {
        var html = PageAssets.ReadHtml(typeof(Login).Assembly, "login.html")
            .Replace("{{returnUrl}}", HtmlEncoder.Default.Encode(Logins.IsLocal(returnUrl) ? returnUrl! : "/"), StringComparison.Ordinal)
            .Replace("{{message}}", message is null ? "" : $"<p role=\"{(status == StatusCodes.Status200OK ? "status" : "alert")}\">{HtmlEncoder.Default.Encode(message)}</p>", StringComparison.Ordinal);
        return TypedResults.Text(html, "text/html; charset=utf-8", statusCode: status).ExecuteAsync(context);
    }

    /// <summary>Who has the whole link at hand may paste it.</summary>
    private static string TokenIn(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var link) && link.AbsolutePath == Path && QueryHelpers.ParseQuery(link.Query).TryGetValue(TokenParameter, out var value)
            ? value.ToString()
            : text;
}
