using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Measures each request around all other middleware. Not <c>async</c>, so that a request whose pipeline completes
/// synchronously allocates nothing here.
/// </summary>
internal sealed class HttpMetricsMiddleware(RequestDelegate next, HttpMetrics metrics)
{
    private readonly ObjectPool<HttpMeasurement> measurements = ObjectPool.Create<HttpMeasurement>();

    public Task InvokeAsync(HttpContext context)
    {
        var measurement = measurements.Get();
        measurement.Start(context, metrics);

        Task pipeline;
        try
        {
            pipeline = next(context);
        }
        catch (Exception e)
        {
            Complete(measurement, e);
            throw;
        }

        if (!pipeline.IsCompletedSuccessfully)
        {
            return CompleteAsync(pipeline, measurement);
        }

        Complete(measurement, null);
        return Task.CompletedTask;
    }

    private async Task CompleteAsync(Task pipeline, HttpMeasurement measurement)
    {
        try
        {
            await pipeline;
        }
        catch (Exception e)
        {
            Complete(measurement, e);
            throw;
        }

        Complete(measurement, null);
    }

    private void Complete(HttpMeasurement measurement, Exception? exception)
    {
        measurement.Complete(exception);
        measurements.Return(measurement);
    }

    /// <summary>Puts the middleware before everything that the service itself adds.</summary>
    internal sealed class StartupFilter(HttpMetrics metrics) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(pipeline => new HttpMetricsMiddleware(pipeline, metrics).InvokeAsync);
            next(app);
        };
    }
}
