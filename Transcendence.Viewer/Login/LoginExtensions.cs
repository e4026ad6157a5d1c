using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Http.Extensions;
using Transcendence.Viewer.Pages;

namespace Transcendence.Viewer.Login;

/// <summary>Lets in who knows user and password; nobody else sees more than the login, the health and the metrics.</summary>
internal static class LoginExtensions
{
    private const string LoginPath = "/login";
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void AddLogin(this WebApplicationBuilder builder)
    {
        // Cookies know no ports, and two viewers may run side by side.
        var port = BindingAddress.Parse((builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? "http://localhost:5000").Split(';')[0]).Port;
        var cookie = $"transcendence_viewer_session_{port}";

        // Sessions end with the process, so the keys do too: in a file, as is the default, they would be of no use to anybody but a thief.
        builder.Services.Configure<KeyManagementOptions>(keys => (keys.XmlRepository, keys.XmlEncryptor) = (new KeysInMemory(), new NullXmlEncryptor()));
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = $"transcendence_viewer_form_{port}";
            options.FormFieldName = "token";
        });
        builder.Services.AddSingleton<AdminLogin>();
        builder.Services.AddAuthentication(Scheme)
            .AddCookie(options =>
            {
                options.Cookie.Name = cookie;
                options.SessionStore = new SessionStore();
                options.Events.OnRedirectToLogin = context => ChallengeAsync(context.HttpContext, cookie);
                options.ForwardDefaultSelector = context => BasicAuthentication.IsOf(context.Request) ? BasicAuthentication.SchemeName : null;
                options.ForwardSignIn = options.ForwardSignOut = Scheme;
            })
            .AddScheme<AuthenticationSchemeOptions, BasicAuthentication>(BasicAuthentication.SchemeName, null);
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        app.MapGet(LoginPath, IResult (HttpContext context, HtmlPages pages, ViewerOptions options, string? redirectTo, bool expired = false) => IsLoggedIn(context)
            ? Redirect(redirectTo)
            : Page(context, pages, options, StatusCodes.Status200OK, expired ? "The session has ended. Log in again." : "", "", redirectTo)).AllowAnonymous();
        app.MapPost(LoginPath, LogInAsync).AddEndpointFilter(RequestForm.SayFaultsAsync).AllowAnonymous();
        app.MapPost("/logout", LogOutAsync).AllowAnonymous();
    }

    private static async Task<IResult> LogInAsync(HttpContext context, AdminLogin login, IAntiforgery antiforgery, HtmlPages pages, ViewerOptions options)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var (user, redirectTo) = (form["user"].ToString(), form["redirectTo"].ToString());
        if (IsLoggedIn(context)) // In another tab: this form is of the time before, and not valid any more.
        {
            return Redirect(redirectTo);
        }

        if (!await antiforgery.IsRequestValidAsync(context))
        {
            const string Message = "This form was no longer valid: the viewer was started anew, or the browser keeps no cookies. Try again.";
            return Page(context, pages, options, StatusCodes.Status400BadRequest, Message, user, redirectTo);
        }

        if (await login.CheckAsync(user, form["password"].ToString(), Scheme, context.RequestAborted) is not { } principal)
        {
            return Page(context, pages, options, StatusCodes.Status401Unauthorized, "The user or the password is wrong.", user, redirectTo);
        }

        await context.SignInAsync(Scheme, principal);
        login.LogLogin(options.AdminUser);
        return Redirect(redirectTo);
    }

    private static async Task<IResult> LogOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (IsLoggedIn(context) && !await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.Problem("This form was no longer valid. Load the page again, then log out.", statusCode: StatusCodes.Status400BadRequest);
        }

        await context.SignOutAsync(Scheme);
        return TypedResults.Redirect(LoginPath);
    }

    /// <summary>Leads who wants to see a page to the login, and tells everybody else.</summary>
    private static Task ChallengeAsync(HttpContext context, string cookie)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            return BasicAuthentication.RefuseAsync(context);
        }

        var target = context.Request.GetEncodedPathAndQuery();
        var query = target == "/" ? QueryString.Empty : QueryString.Create("redirectTo", target);
        context.Response.Redirect(LoginPath + (context.Request.Cookies.ContainsKey(cookie) ? query.Add("expired", "true") : query));
        return Task.CompletedTask;
    }

    private static bool IsLoggedIn(HttpContext context) => context.User.Identity is { IsAuthenticated: true };

    private static ContentHttpResult Page(HttpContext context, HtmlPages pages, ViewerOptions options, int status, string message, string user, string? redirectTo) =>
        pages.Answer(context, "login.html", status, ("message", message), ("hint", options.LoginHint), ("user", user), ("redirectTo", redirectTo));

    /// <summary>Leads on, but to no other site; the path must be one that can stand in a header.</summary>
    private static RedirectHttpResult Redirect(string? path) =>
        TypedResults.LocalRedirect(path is ['/', ..] && RedirectHttpResult.IsLocalUrl(path) && Ascii.IsValid(path) ? path : "/");
}
