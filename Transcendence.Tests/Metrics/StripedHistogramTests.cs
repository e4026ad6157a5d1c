using Prometheus;
using Transcendence.ServiceDefaults;

namespace Transcendence.Tests.Metrics;

/// <summary>A histogram that is recorded in stripes says what the library's own would.</summary>
public class StripedHistogramTests
{
    private static readonly (string, string) s_route = ("route", "/");
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly Histogram.Child _histogram;
    private readonly StripedHistogram _striped;

    public StripedHistogramTests()
    {
        _histogram = Prometheus.Metrics.WithCustomRegistry(_registry).CreateHistogram("test_seconds", "Durations.", ["route"], Latency.Striped).WithLabels("/");
        _striped = new StripedHistogram(_histogram);
        _registry.AddBeforeCollectCallback(_striped.Collect);
    }

    [Fact]
    public async Task EveryBucketAndTheSumAreThoseOfTheLibrary()
    {
        var plain = Prometheus.Metrics.WithCustomRegistry(_registry)
            .CreateHistogram("plain_seconds", "Durations.", ["route"], new HistogramConfiguration { Buckets = Latency.Buckets }).WithLabels("/");
        var random = new Random(1);
        foreach (var bound in Latency.Buckets)
        {
            // On the bound, which belongs to the bucket, and next to it; a multiple of it too, which floating point does not divide back to the bound.
            var ticks = TimeSpan.FromSeconds(bound).Ticks;
            foreach (var duration in (long[])[ticks, ticks, ticks, ticks - 1, ticks + 1, random.NextInt64(20 * TimeSpan.TicksPerSecond), 0])
            {
                plain.Observe(TimeSpan.FromTicks(duration).TotalSeconds);
                _striped.Observe(TimeSpan.FromTicks(duration), null);
            }

            var metrics = await Exposition.OfAsync(_registry);
            Assert.Equal(Buckets(metrics, "plain_seconds"), Buckets(metrics, "test_seconds"));
            Assert.Equal(metrics.Value("plain_seconds_sum", s_route)!.Value, metrics.Value("test_seconds_sum", s_route)!.Value, 9);
        }

        static IEnumerable<(string, double)> Buckets(Exposition metrics, string name) => metrics.Named(name + "_bucket").Select(bucket => (bucket.Labels["le"], bucket.Value));
    }

    [Fact]
    public async Task NothingIsLostOrCountedTwiceBetweenThreadsAndScrapes()
    {
        const int Threads = 4;
        const int Recordings = 200_000;
        var recording = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Recordings; i++)
            {
                _striped.Observe(TimeSpan.FromMilliseconds((i % 3) + 4), null); // On both sides of the bound of 5 ms, and on it.
            }
        })));

        var last = 0.0;
        while (!recording.IsCompleted)
        {
            var metrics = await Exposition.OfAsync(_registry);
            var count = metrics.Value("test_seconds_count", s_route)!.Value;
            Assert.InRange(count, last, Threads * Recordings);
            Assert.InRange(metrics.Value("test_seconds_sum", s_route)!.Value, 0, 0.01 * count);
            last = count;
        }

        await recording;
        var after = await Exposition.OfAsync(_registry);
        Assert.Equal(Threads * Recordings, after.Value("test_seconds_count", s_route));
        Assert.Equal(Threads * Recordings, after.Value("test_seconds_bucket", s_route, ("le", "0.01")));
        Assert.Equal(Threads * Enumerable.Range(0, Recordings).Count(i => i % 3 <= 1), after.Value("test_seconds_bucket", s_route, ("le", "0.005")));
        // Of a thread that was between its two numbers at the last scrape but one, a bucket's width may have been added.
        Assert.Equal(Threads * Enumerable.Range(0, Recordings).Sum(i => (i % 3) + 4) / 1000.0, after.Value("test_seconds_sum", s_route)!.Value, tolerance: 0.05);
    }

    [Fact]
    public async Task ARecordedActivityIsTheExemplarOfItsBucketAndTheNextOnesAreCounted()
    {
        using var recorded = new Activity("recorded") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        using var unrecorded = new Activity("unrecorded") { ActivityTraceFlags = ActivityTraceFlags.None }.Start();

        _striped.Observe(TimeSpan.FromMilliseconds(20), unrecorded);
        _striped.Observe(TimeSpan.FromMilliseconds(20), recorded);
        using var soonAfter = new Activity("soon after") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        for (var i = 0; i < 1_000; i++)
        {
            _striped.Observe(TimeSpan.FromMilliseconds(20), soonAfter);
        }

        var metrics = await Exposition.OfAsync(_registry, ExpositionFormat.OpenMetricsText);
        var bucket = Assert.Single(metrics.Named("test_seconds_bucket"), bucket => bucket.Exemplar.Count > 0);
        Assert.Equal("0.025", bucket.Labels["le"]);
        Assert.Equal(recorded.TraceId.ToHexString(), bucket.Exemplar["trace_id"]);
        Assert.Equal(recorded.SpanId.ToHexString(), bucket.Exemplar["span_id"]);
        Assert.Equal(1_002, metrics.Value("test_seconds_count", s_route));
        Assert.Equal(1_002 * 0.02, metrics.Value("test_seconds_sum", s_route)!.Value, 9);
    }

    [Fact]
    public async Task TheTraceOfAScrapeIsNoExemplarOfWhatItReads()
    {
        var factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        factory.ExemplarBehavior = Latency.RecordedActivityOnly;
        var metrics = new HttpMetrics(factory, _registry);
        metrics.Resolve("GET", "/", "200", timed: true).Record(TimeSpan.FromMilliseconds(20), null);
        using var scrape = new Activity("scrape") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

        var exposition = await Exposition.OfAsync(_registry, ExpositionFormat.OpenMetricsText);

        Assert.Equal(1, exposition.Value("http_requests_total", ("method", "GET"), ("route", "/"), ("status_code", "200")));
        Assert.All(exposition.Samples, sample => Assert.Empty(sample.Exemplar));
    }
}
