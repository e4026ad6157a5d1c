using System.Diagnostics;
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
    private bool cutOff;

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

    // The pipeline runs a second time, for the error page of a request that had matched no route.
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

    /// <summary>An exception has left the pipeline. A response that had begun is cut off, which its status does not tell.</summary>
    public void Fail() => cutOff = context.Response.HasStarted;

    /// <summary>Records the request and makes the measurement ready for another one.</summary>
    public void Record()
    {
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        route ??= metrics.For(null);
        if (route.IsMeasured)
        {
            var upgraded = IsUpgraded;
            var series = route.Get(method, upgraded ? context.Response.StatusCode : StatusSeenByClient, upgraded);
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
        cutOff = false;
    }

    // A WebSocket: by Upgrade in HTTP/1.1 (RFC 6455), by CONNECT in HTTP/2 and 3 (RFC 8441, RFC 9220).
    private bool IsUpgraded => context.Response.StatusCode switch
    {
        StatusCodes.Status101SwitchingProtocols => true,
        StatusCodes.Status200OK when HttpMethods.IsConnect(context.Request.Method) =>
            context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true },
        _ => false,
    };

    // The server itself says 499 where the response had not begun.
    private int StatusSeenByClient =>
        context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest
        : cutOff ? StatusCodes.Status500InternalServerError
        : context.Response.StatusCode;
}
