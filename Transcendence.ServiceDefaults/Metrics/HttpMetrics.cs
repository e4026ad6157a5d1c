using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Metadata;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// The HTTP metrics of the contract. Children are resolved once per endpoint, method and status, and held: looking one up by
/// its labels costs several times as much as recording. What is recorded is handed to the library when a scrape begins.
/// </summary>
internal sealed class HttpMetrics
{
    private static readonly int[] s_errors =
        [StatusCodes.Status500InternalServerError, StatusCodes.Status502BadGateway, StatusCodes.Status503ServiceUnavailable, StatusCodes.Status504GatewayTimeout];

    // Of an endpoint that takes any.
    private static readonly string[] s_usualMethods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    private readonly Histogram _duration;
    private readonly Counter _total;
    private readonly Gauge.Child[] _inProgress;
    private readonly Stripes _inProgressNow = new(HttpMethodLabel.All.Count);
    private readonly ConcurrentDictionary<(string Method, string Route, string Status, bool Timed), HttpSeries> _series = new();
    private readonly Lock _collecting = new();
    private readonly RouteSeries _unmatched;

    // Weak, because a gateway that reloads its configuration replaces its endpoints.
    private readonly ConditionalWeakTable<Endpoint, RouteSeries> _routes = [];

    public HttpMetrics(IMetricFactory factory, CollectorRegistry registry)
    {
        string[] labels = ["method", "route", "status_code"];
        _duration = factory.CreateHistogram(
            "http_request_duration_seconds",
            "Duration of HTTP requests in seconds.",
            labels,
            Latency.Striped);
        _total = factory.CreateCounter("http_requests_total", "HTTP requests answered.", labels);
        var gauge = factory.CreateGauge("http_requests_in_progress", "HTTP requests being answered now.", ["method"]);
        _inProgress = [.. HttpMethodLabel.All.Select(method => gauge.WithLabels(method))];
        _unmatched = new RouteSeries(this, "unmatched", isMeasured: true);
        registry.AddBeforeCollectCallback(Collect);
    }

    /// <summary>A request has come, with a method as <see cref="HttpMethodLabel"/> numbers it.</summary>
    public void Begin(int method) => Interlocked.Increment(ref _inProgressNow.Own[method]);

    /// <summary>It is answered, or is none that counts.</summary>
    public void End(int method) => Interlocked.Decrement(ref _inProgressNow.Own[method]);

    /// <summary>The series of an endpoint; null stands for a request that matched none.</summary>
    public RouteSeries For(Endpoint? endpoint) =>
        endpoint is null ? _unmatched
        : _routes.TryGetValue(endpoint, out var series) ? series
        : _routes.GetValue(endpoint, Create);

    /// <summary>
    /// Creates the series of requests to come, at 0: Prometheus' <c>rate</c> and <c>increase</c> do not see the first requests, nor the first
    /// errors, of a series that did not exist. They are those of every method and status that an endpoint documents, and of the errors that none does.
    /// </summary>
    public void Expect(IEnumerable<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            var series = For(endpoint);
            if (!series.IsMeasured || series == _unmatched)
            {
                continue;
            }

            var documented = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Select(response => response.StatusCode).ToHashSet();
            if (documented.All(status => status >= StatusCodes.Status400BadRequest))
            {
                documented.Add(StatusCodes.Status200OK);
            }

            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: { Count: > 0 } methods } ? methods : s_usualMethods)
            {
                foreach (var status in documented.Union(s_errors))
                {
                    series.Get(HttpMethodLabel.IndexOf(method), status, timed: !series.IsLongLived);
                }
            }
        }
    }

    /// <summary>Looks the series up by its labels: the slow way, once for each endpoint.</summary>
    public HttpSeries Resolve(string method, string route, string status, bool timed) => _series.GetOrAdd(
        (method, route, status, timed),
        _ => new(_total.WithLabels(method, route, status), timed ? _duration.WithLabels(method, route, status) : null));

    private void Collect()
    {
        lock (_collecting)
        {
            foreach (var (_, series) in _series)
            {
                series.Collect();
            }

            for (var method = 0; method < _inProgress.Length; method++)
            {
                _inProgress[method].Set(Math.Max(0, _inProgressNow.Sum(method))); // One that came and went while the stripes were read may be seen only to go.
            }
        }
    }

    // An endpoint without a template, such as the framework's own "405 HTTP Method Not Supported", is no route.
    private RouteSeries Create(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is not null ? new RouteSeries(this, "", isMeasured: false)
        : endpoint is RouteEndpoint { RoutePattern.RawText: { } template } ? new RouteSeries(this, "/" + template.Trim('/'), isMeasured: true, endpoint.Metadata.GetMetadata<LongLivedResponse>() is not null)
        : _unmatched;
}
