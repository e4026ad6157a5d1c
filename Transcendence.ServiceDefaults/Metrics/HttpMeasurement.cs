using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;

namespace Transcendence.ServiceDefaults;

/// <summary>The measurement of one request; pooled.</summary>
/// <remarks>
/// It stands in for the request's <see cref="IEndpointFeature"/>, because only at the moment of the match can be told which
/// route the client asked for: afterwards, an error page that was executed in its stead may have taken its place.
/// </remarks>
internal sealed class HttpMeasurement : IEndpointFeature
{
    private static readonly ObjectPool<HttpMeasurement> s_pool = ObjectPool.Create<HttpMeasurement>();
    private static readonly Func<object, Task> s_record = measurement => ((HttpMeasurement)measurement).RecordAsync();

    private HttpContext _context = null!;
    private HttpMetrics _metrics = null!;
    private IEndpointFeature? _replaced;
    private Endpoint? _endpoint;
    private RouteSeries? _route;
    private int _method;
    private long _startedAt;

    /// <summary>What the rest of the pipeline does.</summary>
    public Task? Pipeline { get; set; }

    Endpoint? IEndpointFeature.Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;
            if (value is not null && _route is null && !IsErrorPage)
            {
                _route = _metrics.For(value);
                if (!_route.IsMeasured)
                {
                    // Before the endpoint runs: a scrape must not see itself in progress.
                    _metrics.End(_method);
                }
            }
        }
    }

    // The pipeline runs a second time, for the error page of a request that had matched no route.
    private bool IsErrorPage =>
        _context.Features.Get<IExceptionHandlerFeature>() is not null || _context.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    /// <summary>Measures a request until its response is complete.</summary>
    public static HttpMeasurement Start(HttpContext context, HttpMetrics metrics)
    {
        var measurement = s_pool.Get();
        measurement.Begin(context, metrics);
        context.Response.OnCompleted(s_record, measurement);
        return measurement;
    }

    private void Begin(HttpContext context, HttpMetrics metrics)
    {
        (_context, _metrics) = (context, metrics);
        _replaced = _context.Features.Get<IEndpointFeature>();
        _endpoint = _replaced?.Endpoint;
        _context.Features.Set<IEndpointFeature>(this);
        _method = HttpMethodLabel.IndexOf(_context.Request.Method);
        _metrics.Begin(_method);
        _startedAt = Stopwatch.GetTimestamp();
    }

    // And makes the measurement ready for another request.
    private Task RecordAsync()
    {
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        _route ??= _metrics.For(null);
        if (_route.IsMeasured)
        {
            // The client ends it, and that is no failure; how long it took says nothing of how fast the service is.
            var longLived = _route.IsLongLived || IsUpgraded || IsEventStream;
            var series = _route.Get(_method, longLived ? _context.Response.StatusCode : StatusSeenByClient, !longLived);
            series.Record(elapsed, _context.Features.Get<IHttpActivityFeature>()?.Activity);
            _metrics.End(_method);
        }

        _context.Features.Set(_replaced);
        _context.SetEndpoint(_endpoint);
        (_context, _metrics, _replaced, _endpoint, _route, Pipeline) = (null!, null!, null, null, null, null);
        s_pool.Return(this);
        return Task.CompletedTask;
    }

    private bool IsEventStream => _context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) ?? false;

    // A WebSocket: by Upgrade in HTTP/1.1 (RFC 6455), by CONNECT in HTTP/2 and 3 (RFC 8441, RFC 9220).
    private bool IsUpgraded => _context.Response.StatusCode switch
    {
        StatusCodes.Status101SwitchingProtocols => true,
        StatusCodes.Status200OK when HttpMethods.IsConnect(_context.Request.Method) =>
            _context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true },
        _ => false,
    };

    // An exception has left the pipeline, and the response had begun: its status does not tell. One that had not begun is the server's, with an error.
    private bool IsCutOff => Pipeline is { IsCompleted: true, IsCompletedSuccessfully: false } && _context.Response.StatusCode < StatusCodes.Status400BadRequest;

    // The server itself says 499 where the response had not begun. It tells of an abort on a thread of its own, so that now and then
    // a handler that swallows the failed read is done before.
    private int StatusSeenByClient =>
        _context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest
        : IsCutOff ? StatusCodes.Status500InternalServerError
        : _context.Response.StatusCode;
}
