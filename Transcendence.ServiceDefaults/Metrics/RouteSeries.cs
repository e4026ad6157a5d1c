using System.Collections.Concurrent;
using System.Globalization;
using Prometheus;

namespace Transcendence.ServiceDefaults;

/// <summary>The children of one combination of method, route and status.</summary>
internal sealed record HttpSeries(Histogram.Child Duration, Counter.Child Total);

/// <summary>The series of one route, found by method and status without allocating.</summary>
/// <param name="metrics">Resolves the series that are not there yet.</param>
/// <param name="route">The label <c>route</c>.</param>
/// <param name="isMeasured">False for an endpoint that is not to be measured.</param>
internal sealed class RouteSeries(HttpMetrics metrics, string route, bool isMeasured)
{
    private const int StatusCodes = 1_000;
    private readonly ConcurrentDictionary<int, HttpSeries> series = new();

    public bool IsMeasured => isMeasured;

    public HttpSeries Get(int method, int status) =>
        series.TryGetValue((method * StatusCodes) + status, out var found) ? found : Add(method, status);

    // Apart, because the closure would be allocated on the way to the series that are already there.
    private HttpSeries Add(int method, int status) => series.GetOrAdd(
        (method * StatusCodes) + status,
        _ => metrics.Resolve(HttpMethodLabel.All[method], route, status.ToString(CultureInfo.InvariantCulture)));
}
