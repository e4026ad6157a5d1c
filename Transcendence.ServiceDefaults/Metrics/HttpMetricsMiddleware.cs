namespace Transcendence.ServiceDefaults;

/// <summary>
/// Measures each request around all other middleware. The server says when the response is complete, and by then with which
/// status: only it knows what the client sees of an exception, or whether the client is still there. Not <c>async</c>: nothing is
/// allocated here, and nothing waits for what the server waits for anyway.
/// </summary>
internal sealed class HttpMetricsMiddleware(RequestDelegate next, HttpMetrics metrics)
{
    private static readonly Task s_thrown = Task.FromCanceled(new CancellationToken(canceled: true));

    public Task InvokeAsync(HttpContext context)
    {
        var measurement = HttpMeasurement.Start(context, metrics);
        try
        {
            return measurement.Pipeline = next(context);
        }
        catch (Exception)
        {
            measurement.Pipeline = s_thrown;
            throw;
        }
    }
}
