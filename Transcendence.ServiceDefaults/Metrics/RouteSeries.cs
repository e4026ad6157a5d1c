using System.Collections.Concurrent;

namespace Transcendence.ServiceDefaults;

/// <summary>The children of one combination of method, route and status; without a duration for upgrades, which are not timed.</summary>
internal sealed record HttpSeries(Counter.Child Total, Histogram.Child? Duration);

/// <summary>The series of one route, found without allocating.</summary>
internal sealed class RouteSeries(HttpMetrics metrics, string route, bool isMeasured)
{
    private const int StatusCodes = 1_000;
    private readonly ConcurrentDictionary<int, HttpSeries> _series = new();

    public bool IsMeasured => isMeasured;

    public HttpSeries Get(int method, int status, bool upgraded)
    {
        var key = (((method * StatusCodes) + status) * 2) + (upgraded ? 1 : 0);
        return _series.TryGetValue(key, out var found) ? found : Add(key, method, status, upgraded);
    }

    // Apart, because the closure would be allocated on the way to the series that are already there.
    private HttpSeries Add(int key, int method, int status, bool upgraded) => _series.GetOrAdd(
        key, _ => metrics.Resolve(HttpMethodLabel.All[method], route, status.ToString(CultureInfo.InvariantCulture), upgraded));
}
