using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Transcendence.Viewer.Login;

/// <summary>The browsers that have logged in. A session ends with the browser, with the server, or by logging out.</summary>
internal sealed class Sessions
{
    // Nobody has that many browsers open; who logs in again and again by a script shall not fill the memory.
    private const int MaxSessions = 1000;

    private readonly ConcurrentDictionary<string, DateTime> _sessions = new();

    public bool Has(HttpRequest request) => request.Cookies[CookieName(request)] is { } id && _sessions.ContainsKey(id);

    public void Begin(HttpContext context)
    {
        if (_sessions.Count >= MaxSessions)
        {
            _sessions.TryRemove(_sessions.MinBy(s => s.Value).Key, out _);
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _sessions[id] = DateTime.UtcNow;
        context.Response.Cookies.Append(CookieName(context.Request), id, Options(context.Request));
    }

    public void End(HttpContext context)
    {
        if (context.Request.Cookies[CookieName(context.Request)] is { } id)
        {
            _sessions.TryRemove(id, out _);
        }

        context.Response.Cookies.Delete(CookieName(context.Request), Options(context.Request));
    }

    // Cookies know no ports, and two applications may run side by side.
    private static string CookieName(HttpRequest request) => $"Transcendence.Viewer.{request.HttpContext.Connection.LocalPort}";

    // Lax, so that a link in a message leads to the dashboard and not to the login.
    private static CookieOptions Options(HttpRequest request) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.IsHttps, IsEssential = true };
}
