using Microsoft.AspNetCore.Http.Metadata;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Transcendence.ServiceDefaults;

/// <summary>What OpenTelemetry carries: all that the metrics contract does not.</summary>
internal static class OpenTelemetryDefaults
{
    private const int FlushMilliseconds = 2_000;

    public static void AddOpenTelemetryDefaults(this IHostApplicationBuilder builder)
    {
        var exports = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var httpInstruments = builder.Configuration.GetValue<bool?>("OpenTelemetry:HttpInstruments") ?? exports;

        var telemetry = builder.Services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource
            .AddService(builder.Environment.ApplicationName, autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector()); // OTEL_SERVICE_NAME, which an AppHost sets, has the last word.
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddRuntimeInstrumentation().AddMeter("Microsoft.AspNetCore.Server.Kestrel").AddPrometheusExporter();
            if (httpInstruments)
            {
                metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation();
            }
        });

        // A trace or log record that nobody receives is only cost: none is made unless it is sent somewhere.
        if (!exports)
        {
            return;
        }

        telemetry.WithTracing(tracing => tracing
            .AddSource(builder.Environment.ApplicationName)
            .AddAspNetCoreInstrumentation(options =>
            {
                options.Filter = context => !IsProbe(context.Request.Path);
                options.EnrichWithHttpResponse = DropUnmeasured;
            })
            .AddHttpClientInstrumentation());
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        telemetry.UseOtlpExporter();
    }

    /// <summary>Sends the last telemetry at the end, of all three kinds at the same time: nobody may be there any more to take it.</summary>
    public static void FlushTelemetryAtEnd(this WebApplication app) => app.Lifetime.ApplicationStopped.Register(() => Parallel.Invoke(
        () => app.Services.GetService<TracerProvider>()?.Shutdown(FlushMilliseconds),
        () => app.Services.GetService<MeterProvider>()?.Shutdown(FlushMilliseconds),
        () => app.Services.GetService<LoggerProvider>()?.Shutdown(FlushMilliseconds)));

    // What is not measured is a probe too, by a path of the service's own: only at the end can be told which endpoint it was.
    private static void DropUnmeasured(Activity activity, HttpResponse response)
    {
        if (response.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is not null)
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    // Scrapes and probes come every few seconds for ever, and would bury the users' traces. Not asked for the endpoint: of these, nothing inside is recorded either.
    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments(EndpointPaths.Metrics, StringComparison.Ordinal)
        || path.StartsWithSegments(EndpointPaths.Health, StringComparison.Ordinal)
        || path.StartsWithSegments(EndpointPaths.Alive, StringComparison.Ordinal);
}
