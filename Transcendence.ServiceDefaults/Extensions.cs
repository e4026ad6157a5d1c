using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Transcendence.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of Transcendence has in common.</summary>
public static class Extensions
{
    private const string LiveTag = "live";

    /// <summary>Adds metrics, traces, logs, health checks, service discovery and resilience.</summary>
    /// <remarks>
    /// <para>Every HTTP request that the service answers is measured from here on, around the whole pipeline and whatever
    /// the order of the service's own middleware: <c>http_request_duration_seconds</c> and <c>http_requests_total</c> by
    /// <c>method</c>, <c>route</c> and <c>status_code</c>, <c>http_requests_in_progress</c> by <c>method</c>. An endpoint with
    /// <c>DisableHttpMetrics()</c> is left out, as <c>/metrics</c>, <c>/health</c> and <c>/alive</c> are: probes are no users.</para>
    /// <para>A service makes metrics of its own with the <see cref="Prometheus.IMetricFactory"/> from the services, or with
    /// <see cref="Prometheus.Metrics"/>; they appear at <c>/metrics</c>.</para>
    /// <para>Settings: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> sends traces, logs and metrics there, and without it no trace is
    /// recorded; <c>OpenTelemetry:HttpInstruments</c> (true or false) switches OpenTelemetry's own HTTP metrics, which are on
    /// only with OTLP because they cost about 15 % CPU a request.</para>
    /// <para>Only pages of the service's own origin are answered; others get a 403. <c>AllowedOrigins</c> lets in more, by ASP.NET's
    /// CORS: a development server's, e.g. <c>http://localhost:5173</c>, with a semicolon between two. <c>AllowedHosts</c>, ASP.NET's
    /// own, has to keep the names by which the service is called and scraped (<c>backend</c>, <c>aspire.dev.internal</c>).</para>
    /// <para>Told to stop, the service gives requests in flight two seconds, or <c>shutdownTimeoutSeconds</c>.</para>
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The application's builder.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);

        OutsideProxy.Use();
        builder.AddContainerDefaults();
        builder.Services.AddMetricsContract();
        builder.AddOriginGuard();
        builder.AddOpenTelemetryDefaults();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });

        // Aspire kills what has not ended six seconds after it was told to, and the telemetry of the last moments is sent after this.
        builder.Configuration["shutdownTimeoutSeconds"] ??= "2";
        return builder;
    }

    /// <summary>Maps the endpoints that say how the service is, in every environment, and without a login where the service has one.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item><c>/metrics</c>: the metrics contract, as Prometheus text or, when asked for, OpenMetrics; compressed for who takes gzip.</item>
    /// <item><c>/metrics/otel</c>: OpenTelemetry's runtime and Kestrel instruments.</item>
    /// <item><c>/health</c>: readiness, every health check; 503 when one fails.</item>
    /// <item><c>/alive</c>: liveness, the health checks tagged <c>live</c>, whose failure asks for a restart.</item>
    /// </list>
    /// </remarks>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        app.FlushTelemetryAtEnd();
        app.MapMetricsContract();
        app.MapPrometheusScrapingEndpoint(EndpointPaths.OpenTelemetry).DisableHttpMetrics().AllowAnonymous();

        app.MapHealthChecks(EndpointPaths.Health).DisableHttpMetrics().AllowAnonymous();
        app.MapHealthChecks(EndpointPaths.Alive, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) })
            .DisableHttpMetrics().AllowAnonymous();
        return app;
    }
}
