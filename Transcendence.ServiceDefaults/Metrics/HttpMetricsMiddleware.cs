namespace Transcendence.ServiceDefaults;

/// <summary>
/// Measures each request around all other middleware. The server says when the response is complete, and by then with which
/// status: only it knows what the client sees of an exception, or whether the client is still there. Not <c>async</c>, so that
/// a request whose pipeline completes synchronously allocates nothing here.
/// </summary>
internal sealed class HttpMetricsMiddleware(RequestDelegate next, HttpMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        var measurement = HttpMeasurement.Start(context, metrics);
        try
        {
            var pipeline = next(context);
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
}
