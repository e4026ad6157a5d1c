using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// The metrics that every service exposes at <c>/metrics</c>, under the names and labels of a Node service with prom-client:
/// <see cref="HttpMetrics"/>, <see cref="ProcessMetrics"/> and <see cref="DatabaseMetrics"/>.
/// </summary>
internal static class MetricsContract
{
    public static void AddMetricsContract(this IServiceCollection services)
    {
        // The library's defaults listen to every meter and event counter of the process, which costs more than all the rest.
        Prometheus.Metrics.SuppressDefaultMetrics();
        Prometheus.Metrics.DefaultFactory.ExemplarBehavior = Latency.RecordedActivityOnly;

        // What Prometheus.Metrics creates anywhere in the process is in this registry; a test puts one of its own here.
        services.TryAddSingleton(Prometheus.Metrics.DefaultRegistry);
        services.AddSingleton<IMetricFactory>(provider =>
        {
            var factory = Prometheus.Metrics.WithCustomRegistry(provider.GetRequiredService<CollectorRegistry>());
            factory.ExemplarBehavior = Latency.RecordedActivityOnly;
            return factory;
        });
        services.AddSingleton<HttpMetrics>();

        // The first filter is the outermost: what the framework's own filters answer is measured, too.
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(provider => new StartupFilter(app =>
            app.Use(next => new HttpMetricsMiddleware(next, provider.GetRequiredService<HttpMetrics>()).InvokeAsync))));
    }

    public static void MapMetricsContract(this WebApplication endpoints)
    {
        endpoints.Lifetime.ApplicationStarted.Register(
            () => endpoints.Services.GetRequiredService<HttpMetrics>().Expect(endpoints.Services.GetRequiredService<EndpointDataSource>().Endpoints));
        var registry = endpoints.Services.GetRequiredService<CollectorRegistry>();
        ProcessMetrics.Register(registry);
        var scrape = ((IEndpointRouteBuilder)endpoints).CreateApplicationBuilder()
            .UseMiddleware<ResponseCompressionMiddleware>(Compression(endpoints.Services))
            .UseMiddleware<MetricServerMiddleware>(new MetricServerMiddleware.Settings { Registry = registry })
            .Build();
        endpoints.Map(EndpointPaths.Metrics, scrape).WithDisplayName("Prometheus metrics").DisableHttpMetrics().AllowAnonymous();
    }

    // A twentieth of the bytes for no more CPU (measured: bench/README.md), as sending them costs too. Of this endpoint alone, whatever the service does with its own.
    private static ResponseCompressionProvider Compression(IServiceProvider services)
    {
        var options = new ResponseCompressionOptions { MimeTypes = ["text/plain", "application/openmetrics-text"] };
        options.Providers.Add<GzipCompressionProvider>();
        return new ResponseCompressionProvider(services, Options.Create(options));
    }
}
