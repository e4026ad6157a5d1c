using System.Globalization;
using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Transcendence.Pages;

namespace Transcendence.Viewer.Login;

/// <summary>Lets in who knows user and password; nobody else sees more than the login, the health and the metrics.</summary>
internal sealed partial class LoginApi(ViewerOptions options, AdminPassword password, Assembly assembly)
{
    private const string LoginPath = "/login";
    private const string LoginPage = "login.html";

    private readonly Sessions _sessions = new();
    private readonly ILogger _log = options.Loggers.CreateLogger<LoginApi>();

    public void Map(IEndpointRouteBuilder app)
    {
        var open = new AllowAnonymousAttribute();
        app.MapGet(LoginPath, IResult (HttpContext context, string? redirectTo) => _sessions.Has(context.Request) ? Redirect(redirectTo) : Page(StatusCodes.Status200OK, "", "", redirectTo)).WithMetadata(open);
        app.MapPost(LoginPath, (Delegate)LogInAsync).WithMetadata(open);
        app.MapPost("/logout", (HttpContext context) =>
        {
            _sessions.End(context);
            return TypedResults.Redirect(LoginPath);
        }).WithMetadata(open);
    }

    /// <summary>Lets only those through who have logged in, unless the endpoint is open to all.</summary>
    public Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || _sessions.Has(context.Request))
        {
            return next(context);
        }

        switch (password.CheckBasic(context.Request))
        {
            case PasswordCheck.Right:
                return next(context);

            case PasswordCheck.TooMany:
                SetRetryAfter(context);
                return TypedResults.Problem(TooMany, statusCode: StatusCodes.Status429TooManyRequests, title: "Too many wrong passwords").ExecuteAsync(context);

            case null when HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase):
                var target = context.Request.GetEncodedPathAndQuery();
                context.Response.Redirect(target == "/" ? LoginPath : $"{LoginPath}?redirectTo={Uri.EscapeDataString(target)}");
                return Task.CompletedTask;

            default:
                // No WWW-Authenticate: a browser would open a dialogue of its own over the page.
                return TypedResults.Problem("Log in at /login, or send user and password by basic authentication.", statusCode: StatusCodes.Status401Unauthorized, title: "Not logged in").ExecuteAsync(context);
        }
    }

    private static string TooMany => string.Create(CultureInfo.InvariantCulture, $"More than {AdminPassword.WrongOnes} wrong ones in a minute. Try again in a minute.");

    private async Task<IResult> LogInAsync(HttpContext context)
    {
        IFormCollection form;
        try
        {
            form = await RequestForm.ReadAsync(context.Request).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            return RequestForm.Refusal(e);
        }

        var (user, redirectTo) = (form["user"].ToString(), form["redirectTo"].ToString());
        switch (password.Check(user, form["password"].ToString()))
        {
            case PasswordCheck.Right:
                _sessions.Begin(context);
                LogLogin(_log, options.AdminUser);
                return Redirect(redirectTo);

            case PasswordCheck.TooMany:
                SetRetryAfter(context);
                return Page(StatusCodes.Status429TooManyRequests, TooMany, user, redirectTo);

            default:
                LogWrongPassword(_log);
                return Page(StatusCodes.Status401Unauthorized, "The user or the password is wrong.", user, redirectTo);
        }
    }

    private ContentHttpResult Page(int statusCode, string message, string user, string? redirectTo)
    {
        var page = PageAssets.ReadHtml(assembly, LoginPage)
            .Replace("{{message}}", WebUtility.HtmlEncode(message), StringComparison.Ordinal)
            .Replace("{{hint}}", WebUtility.HtmlEncode(options.LoginHint), StringComparison.Ordinal)
            .Replace("{{user}}", WebUtility.HtmlEncode(user), StringComparison.Ordinal)
            .Replace("{{redirectTo}}", WebUtility.HtmlEncode(redirectTo), StringComparison.Ordinal);
        return TypedResults.Text(page, "text/html; charset=utf-8", statusCode: statusCode);
    }

    /// <summary>Leads on, but to no other site.</summary>
    private static RedirectHttpResult Redirect(string? path) => TypedResults.LocalRedirect(Logins.IsLocal(path) ? path! : "/");

    private static void SetRetryAfter(HttpContext context) =>
        context.Response.Headers.RetryAfter = AdminPassword.Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "{User} logged in.")]
    private static partial void LogLogin(ILogger logger, string user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A login failed: wrong user or password.")]
    private static partial void LogWrongPassword(ILogger logger);
}
