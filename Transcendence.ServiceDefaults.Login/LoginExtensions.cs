using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Http.Extensions;

namespace Transcendence.ServiceDefaults.Login;

/// <summary>Lets in who knows user and password; nobody else sees more than the login, the health and the metrics.</summary>
public static class LoginExtensions
{
    private const string LoginPath = "/login";
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    /// <summary>Adds the login, its page, and what else is needed to answer with pages.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="login">Whose login it is.</param>
    /// <exception cref="ServiceStartException">User or password are not set.</exception>
    public static void AddLogin(this WebApplicationBuilder builder, LoginOptions login)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(login);
        login.Read(builder.Configuration);
        builder.Services.AddSingleton(login);
        builder.Services.AddSingleton<HtmlPages>();

        // Cookies know no ports, and two services of a kind may run side by side.
        var port = BindingAddress.Parse((builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? "http://localhost:5000").Split(';')[0]).Port;
        var cookie = $"transcendence_{login.Service}_session_{port}";

        // Sessions end with the process, so the keys do too: in a file, as is the default, they would be of no use to anybody but a thief.
        builder.Services.Configure<KeyManagementOptions>(keys => (keys.XmlRepository, keys.XmlEncryptor) = (new KeysInMemory(), new NullXmlEncryptor()));
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = $"transcendence_{login.Service}_form_{port}";
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

    /// <summary>Lets nobody further who is not logged in, but to what is open to all (<c>AllowAnonymous</c>).</summary>
    /// <param name="app">The service.</param>
    public static void UseLogin(this IApplicationBuilder app) => app.UseRouting().UseAuthentication().UseAuthorization();

    /// <summary>Maps <c>/login</c>, <c>/logout</c> and the icon of all pages.</summary>
    /// <param name="app">The service.</param>
    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        app.MapIcon();
        app.MapGet(LoginPath, IResult (HttpContext context, HtmlPages pages, LoginOptions options, string? redirectTo, bool expired = false) => IsLoggedIn(context)
            ? Redirect(redirectTo)
            : Page(context, pages, options, StatusCodes.Status200OK, expired ? "The session has ended. Log in again." : "", "", redirectTo)).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(LoginPath, LogInAsync).AddEndpointFilter(RequestForm.SayFaultsAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/logout", LogOutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> LogInAsync(HttpContext context, AdminLogin login, IAntiforgery antiforgery, HtmlPages pages, LoginOptions options)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var (user, redirectTo) = (form["user"].ToString(), form["redirectTo"].ToString());
        if (IsLoggedIn(context)) // In another tab: this form is of the time before, and not valid any more.
        {
            return Redirect(redirectTo);
        }

        if (!await antiforgery.IsRequestValidAsync(context))
        {
            const string Message = "This form was no longer valid: the service was started anew, or the browser keeps no cookies. Try again.";
            return Page(context, pages, options, StatusCodes.Status400BadRequest, Message, user, redirectTo);
        }

        if (await login.CheckAsync(user, form["password"].ToString(), Scheme, context.RequestAborted) is not { } principal)
        {
            return Page(context, pages, options, StatusCodes.Status401Unauthorized, "The user or the password is wrong.", user, redirectTo);
        }

        await context.SignInAsync(Scheme, principal);
        login.LogLogin(options.User);
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

    private static ContentHttpResult Page(HttpContext context, HtmlPages pages, LoginOptions options, int status, string message, string user, string? redirectTo) =>
        pages.Answer(context, "login.html", status, ("title", options.Title), ("note", options.Note), ("message", message), ("hint", options.Hint), ("user", user), ("redirectTo", redirectTo));

    /// <summary>Leads on, but to no other site; the path must be one that can stand in a header.</summary>
    private static RedirectHttpResult Redirect(string? path) =>
        TypedResults.LocalRedirect(path is ['/', ..] && RedirectHttpResult.IsLocalUrl(path) && Ascii.IsValid(path) ? path : "/");
}
