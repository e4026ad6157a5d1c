using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Transcendence.Pages;

namespace Transcendence.Hosting.Dashboard;

/// <summary>What a request has shown of the token.</summary>
internal enum TokenCheck
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Another one.</summary>
    Wrong,

    /// <summary>Something, but too many wrong ones came before: it was not looked at.</summary>
    TooMany,

    /// <summary>The right one.</summary>
    Right,
}

/// <summary>The secret that opens the control API, and the browser session that it is exchanged for.</summary>
internal sealed class BrowserToken(IConfiguration configuration) : IDisposable
{
    /// <summary>The setting with the token; a random one is made for each run when it is not set.</summary>
    public const string SettingKey = "AppHost:BrowserToken";

    // A chosen token may be short enough to be guessed at the speed of loopback.
    private readonly WrongGuesses _wrongTokens = new(permitted: 20, window: TimeSpan.FromMinutes(1));

    // Not the token: a browser sends its cookies to every port of localhost.
    private readonly string _session = Random();

    public string Value { get; } = configuration[SettingKey] is { Length: > 0 } configured ? configured : Random();

    public TokenCheck Check(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return TokenCheck.Missing;
        }

        if (_wrongTokens.AreTooMany)
        {
            return TokenCheck.TooMany;
        }

        if (Logins.AreEqual(token, Value))
        {
            return TokenCheck.Right;
        }

        _wrongTokens.Add();
        return TokenCheck.Wrong;
    }

    /// <summary>Checks the cookie, then the <c>Authorization</c> header.</summary>
    public TokenCheck Check(HttpRequest request)
    {
        if (request.Cookies[CookieName(request)] is { } session && Logins.AreEqual(session, _session))
        {
            return TokenCheck.Right;
        }

        const string Bearer = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? Check(authorization[Bearer.Length..].Trim()) : TokenCheck.Missing;
    }

    public void BeginSession(HttpContext context) => context.Response.Cookies.Append(CookieName(context.Request), _session, CookieOptions());

    /// <summary>Takes the session from this browser.</summary>
    public static void EndSession(HttpContext context) => context.Response.Cookies.Delete(CookieName(context.Request), CookieOptions());

    public void Dispose() => _wrongTokens.Dispose();

    // Cookies know no ports, and two applications may run side by side.
    private static string CookieName(HttpRequest request) => $"Transcendence.Dashboard.{request.HttpContext.Connection.LocalPort}";

    private static CookieOptions CookieOptions() => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true };

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
