using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Prometheus;

namespace Transcendence.ServiceDefaults;

/// <summary>The measurement of one request; pooled.</summary>
/// <remarks>
/// It stands in for the request's <see cref="IEndpointFeature"/>, because only at the moment of the match can be told which
/// route the client asked for: afterwards, an error page that was executed in its stead may have taken its place.
/// </remarks>
internal sealed class HttpMeasurement : IEndpointFeature
{
    private HttpContext context = null!;
    private HttpMetrics metrics = null!;
    private IEndpointFeature? replaced;
    private Endpoint? endpoint;
    private RouteSeries? route;
    private int method;
    private long startedAt;

    /// <inheritdoc/>
    Endpoint? IEndpointFeature.Endpoint
    {
        get => endpoint;
        set
        {
            endpoint = value;
            if (value is not null && route is null && !IsErrorPage)
            {
                route = metrics.For(value);
                if (!route.IsMeasured)
                {
                    // Before the endpoint runs: a scrape must not see itself in progress.
                    metrics.InProgress(method).Dec();
                }
            }
        }
    }

    // The pipeline runs a second time, after an exception or an error status that had matched no route.
    private bool IsErrorPage =>
        context.Features.Get<IExceptionHandlerFeature>() is not null || context.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    public void Start(HttpContext context, HttpMetrics metrics)
    {
        this.context = context;
        this.metrics = metrics;
        replaced = context.Features.Get<IEndpointFeature>();
        endpoint = replaced?.Endpoint;
        context.Features.Set<IEndpointFeature>(this);
        method = HttpMethodLabel.IndexOf(context.Request.Method);
        metrics.InProgress(method).Inc();
        startedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Records the request and makes the measurement ready for another one.</summary>
    /// <param name="exception">What came out of the pipeline, if anything did.</param>
    public void Complete(Exception? exception)
    {
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        route ??= metrics.For(null);
        if (route.IsMeasured)
        {
            var upgraded = IsUpgraded;
            var series = route.Get(method, upgraded ? context.Response.StatusCode : StatusSeenByClient(exception), upgraded);
            series.Total.Inc(Exemplar.None);
            series.Duration?.Observe(elapsed.TotalSeconds, Latency.ExemplarOf(context.Features.Get<IHttpActivityFeature>()?.Activity));
            metrics.InProgress(method).Dec();
        }

        context.Features.Set(replaced);
        context.SetEndpoint(endpoint);
        context = null!;
        metrics = null!;
        replaced = null;
        endpoint = null;
        route = null;
    }

    // A WebSocket: by Upgrade in HTTP/1.1 (RFC 6455), by CONNECT in HTTP/2 and 3 (RFC 8441, RFC 9220).
    private bool IsUpgraded => context.Response.StatusCode switch
    {
        StatusCodes.Status101SwitchingProtocols => true,
        StatusCodes.Status200OK when HttpMethods.IsConnect(context.Request.Method) =>
            context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true },
        _ => false,
    };

    // What the server makes of an exception that leaves the pipeline. A response that had begun is cut off, which its
    // status does not tell: it is a failure all the same.
    private int StatusSeenByClient(Exception? exception) => exception switch
    {
        _ when context.RequestAborted.IsCancellationRequested => StatusCodes.Status499ClientClosedRequest,
        null => context.Response.StatusCode,
        ConnectionResetException or ConnectionAbortedException => StatusCodes.Status499ClientClosedRequest,
        BadHttpRequestException bad when !context.Response.HasStarted => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };
}
