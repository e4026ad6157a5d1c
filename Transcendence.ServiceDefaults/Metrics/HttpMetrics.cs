using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Metadata;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// The HTTP metrics of the contract. Children are resolved once per endpoint, method and status, and held: looking one up by
/// its labels costs several times as much as recording.
/// </summary>
internal sealed class HttpMetrics
{
    private readonly Histogram _duration;
    private readonly Counter _total;
    private readonly Gauge.Child[] _inProgress;
    private readonly RouteSeries _unmatched;

    // Weak, because a gateway that reloads its configuration replaces its endpoints.
    private readonly ConditionalWeakTable<Endpoint, RouteSeries> _routes = [];

    public HttpMetrics(IMetricFactory factory)
    {
        string[] labels = ["method", "route", "status_code"];
        _duration = factory.CreateHistogram(
            "http_request_duration_seconds",
            "Duration of HTTP requests in seconds.",
            labels,
            new HistogramConfiguration { Buckets = Latency.Buckets });
        _total = factory.CreateCounter("http_requests_total", "HTTP requests answered.", labels);
        var gauge = factory.CreateGauge("http_requests_in_progress", "HTTP requests being answered now.", ["method"]);
        _inProgress = [.. HttpMethodLabel.All.Select(method => gauge.WithLabels(method))];
        _unmatched = new RouteSeries(this, "unmatched", isMeasured: true);
    }

    /// <summary>The requests in progress with a method, as <see cref="HttpMethodLabel"/> numbers it.</summary>
    public Gauge.Child InProgress(int method) => _inProgress[method];

    /// <summary>The series of an endpoint; null stands for a request that matched none.</summary>
    public RouteSeries For(Endpoint? endpoint) =>
        endpoint is null ? _unmatched
        : _routes.TryGetValue(endpoint, out var series) ? series
        : _routes.GetValue(endpoint, Create);

    /// <summary>Looks the children up by their labels: the slow way, once for each.</summary>
    public HttpSeries Resolve(string method, string route, string status, bool upgraded) =>
        new(_total.WithLabels(method, route, status), upgraded ? null : _duration.WithLabels(method, route, status));

    // An endpoint without a template, such as the framework's own "405 HTTP Method Not Supported", is no route.
    private RouteSeries Create(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is not null ? new RouteSeries(this, "", isMeasured: false)
        : endpoint is RouteEndpoint { RoutePattern.RawText: { } template } ? new RouteSeries(this, "/" + template.Trim('/'), isMeasured: true)
        : _unmatched;
}
