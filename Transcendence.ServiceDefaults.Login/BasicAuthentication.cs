using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Transcendence.ServiceDefaults.Login;

/// <summary>Basic authentication (RFC 7617), as Grafana's API has it: <c>curl -u</c>.</summary>
internal sealed class BasicAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AdminLogin login)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Basic";

    /// <summary>Whether a request has, or claims to have, user and password.</summary>
    public static bool IsOf(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var given = Request.Headers.Authorization.ToString()[SchemeName.Length..].Trim();
        var bytes = new byte[given.Length];
        var text = Convert.TryFromBase64String(given, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
        var (user, password) = text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[(colon + 1)..]) : ("", "");
        return await login.CheckAsync(user, password, SchemeName, Context.RequestAborted) is { } principal
            ? AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName))
            : AuthenticateResult.Fail("The user or the password is wrong.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => RefuseAsync(Context);

    /// <summary>Answers who is not logged in and is no page. Without WWW-Authenticate: a browser would open a dialogue of its own over the page.</summary>
    public static Task RefuseAsync(HttpContext context) => TypedResults.Problem(
        "Log in at /login, or send user and password by basic authentication.",
        statusCode: StatusCodes.Status401Unauthorized,
        title: "Not logged in").ExecuteAsync(context);
}
