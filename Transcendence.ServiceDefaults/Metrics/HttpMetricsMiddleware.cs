using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Measures each request around all other middleware. The server says when the response is complete, and by then with which
/// status: only it knows what the client sees of an exception, or whether the client is still there. Not <c>async</c>, so that
/// a request whose pipeline completes synchronously allocates nothing here.
/// </summary>
internal sealed class HttpMetricsMiddleware
{
    private readonly RequestDelegate _next;
    private readonly HttpMetrics _metrics;
    private readonly ObjectPool<HttpMeasurement> _measurements = ObjectPool.Create<HttpMeasurement>();
    private readonly Func<object, Task> _record;

    public HttpMetricsMiddleware(RequestDelegate next, HttpMetrics metrics)
    {
        _next = next;
        _metrics = metrics;
        _record = measurement => Record((HttpMeasurement)measurement);
    }

    public Task InvokeAsync(HttpContext context)
    {
        var measurement = _measurements.Get();
        measurement.Start(context, _metrics);
        context.Response.OnCompleted(_record, measurement);
        try
        {
            var pipeline = _next(context);
            return pipeline.IsCompletedSuccessfully ? pipeline : WatchAsync(pipeline, measurement);
        }
        catch (Exception)
        {
            measurement.Fail();
            throw;
        }
    }

    private static async Task WatchAsync(Task pipeline, HttpMeasurement measurement)
    {
        try
        {
            await pipeline.ConfigureAwait(false);
        }
        catch (Exception)
        {
            measurement.Fail();
            throw;
        }
    }

    private Task Record(HttpMeasurement measurement)
    {
        measurement.Record();
        _measurements.Return(measurement);
        return Task.CompletedTask;
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
