using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Refuses what a browser sends for a page of another origin: on loopback every page that the user opens, wherever it comes
/// from, reaches the service. Who is no browser (Prometheus, curl, another service) says nothing of an origin and passes.
/// </summary>
internal static class OriginGuard
{
    private const string Setting = "AllowedOrigins";

    /// <summary>Guards every request to the service, before anything that the service itself adds.</summary>
    /// <exception cref="ServiceStartException">The setting names what is no origin.</exception>
    public static void AddOriginGuard(this IHostApplicationBuilder builder)
    {
        var origins = builder.Configuration[Setting]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (Array.Find(origins, origin => !IsOrigin(origin)) is { } wrong)
        {
            throw new ServiceStartException(
                $"The setting {Setting} has '{wrong}', which is no origin. Write scheme, host and port only, e.g. http://localhost:5173, and a semicolon between two.");
        }

        var policy = new CorsPolicyBuilder([.. origins.Select(origin => new Uri(origin).GetLeftPart(UriPartial.Authority))])
            .AllowAnyHeader().AllowAnyMethod().AllowCredentials().Build();
        builder.Services.AddCors(options => options.AddDefaultPolicy(policy));
        builder.Services.AddSingleton<IStartupFilter>(new StartupFilter(app =>
        {
            app.Use((context, next) => IsForeign(context.Request, policy) ? RefuseAsync(context) : next(context));
            if (policy.Origins.Count > 0)
            {
                app.UseCors(); // Tells the browser that a page of an allowed origin may read the answer.
            }
        }));
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" };

    private static bool IsForeign(HttpRequest request, CorsPolicy allowed)
    {
        // A browser's word, which no page can write. It also knows of a proxy that hands requests on under another host's name.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is "same-origin" or "none")
        {
            return false;
        }

        // Without an origin: an older browser's plain request, or a link, which leads here and shows the other page nothing.
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            ? !allowed.IsOriginAllowed(origin) && !IsOwn(origin, request.Host)
            : site.Length > 0 && !IsTopLevelNavigation(request);
    }

    // Without the scheme: behind a proxy that ends TLS the service does not know by which it was called.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsTopLevelNavigation(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";

    private static Task RefuseAsync(HttpContext context)
    {
        var page = context.Request.Headers.Origin.ToString() is { Length: > 0 } origin ? $"A page of {origin}" : "A page of another site";
        return TypedResults.Problem(
            $"{page} has asked, and only pages of this service's own origin are answered. Whoever runs the service can let it in with the setting {Setting}.",
            statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }
}
