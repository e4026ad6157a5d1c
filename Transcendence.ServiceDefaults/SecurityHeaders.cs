using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Transcendence.ServiceDefaults;

/// <summary>What a browser must not do with the answers of an API.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Adds to every answer, where it does not say otherwise itself: no guessing of content types, no framing, no scripts,
    /// no referrer, no caching.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment, because the exception handler clears what was set before.
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpResponse)state).Headers;
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            headers.TryAdd("Referrer-Policy", "no-referrer");
            headers.TryAdd("Cache-Control", "no-store");
            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    });
}
