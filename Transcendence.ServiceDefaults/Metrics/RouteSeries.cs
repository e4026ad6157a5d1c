using System.Collections.Concurrent;

namespace Transcendence.ServiceDefaults;

/// <summary>The children of one combination of method, route and status; without a duration for long-lived responses, which are not timed.</summary>
internal sealed class HttpSeries(Counter.Child total, Histogram.Child? duration)
{
    private readonly Stripes _answered = new(1);
    private readonly StripedHistogram? _duration = duration is null ? null : new StripedHistogram(duration);
    private long _collected;

    /// <summary>Records an answered request; the activity is that of the request.</summary>
    public void Record(TimeSpan elapsed, Activity? activity)
    {
        Interlocked.Increment(ref _answered.Own[0]);
        _duration?.Observe(elapsed, activity);
    }

    /// <summary>Hands what was recorded to the library. Not for two threads at once.</summary>
    public void Collect()
    {
        var answered = _answered.Sum(0);
        total.Inc(answered - _collected, Exemplar.None);
        _collected = answered;
        _duration?.Collect();
    }
}

/// <summary>The metadata of an endpoint whose responses last as long as the client wants.</summary>
internal sealed class LongLivedResponse;

/// <summary>The series of one route, found without allocating.</summary>
internal sealed class RouteSeries(HttpMetrics metrics, string route, bool isMeasured, bool isLongLived = false)
{
    private const int StatusCodes = 1_000;
    private readonly ConcurrentDictionary<int, HttpSeries> _series = new();

    public bool IsMeasured => isMeasured;

    /// <summary>Whether the endpoint says of its responses that they last as long as the client wants.</summary>
    public bool IsLongLived => isLongLived;

    public HttpSeries Get(int method, int status, bool timed)
    {
        var key = (((method * StatusCodes) + status) * 2) + (timed ? 1 : 0);
        return _series.TryGetValue(key, out var found) ? found : Add(key, method, status, timed);
    }

    // Apart, because the closure would be allocated on the way to the series that are already there.
    private HttpSeries Add(int key, int method, int status, bool timed) => _series.GetOrAdd(
        key, _ => metrics.Resolve(HttpMethodLabel.All[method], route, status.ToString(CultureInfo.InvariantCulture), timed));
}
