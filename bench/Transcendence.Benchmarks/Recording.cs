using Prometheus;
using Transcendence.ServiceDefaults;

namespace Transcendence.Benchmarks;

/// <summary>What an answered request records, by two threads into the same series, and by one.</summary>
internal static class Recording
{
    private const int Rounds = 21;
    private const int Recordings = 2_000_000;
    private static readonly TimeSpan s_elapsed = TimeSpan.FromMilliseconds(3);

    /// <summary>Compares what a recording takes the thread that does it: ours, ours of requests that are traced, and the library's own.</summary>
    public static async Task<int> TwoThreadsAgainstOneAsync()
    {
        var registry = Metrics.NewCustomRegistry();
        var factory = Metrics.WithCustomRegistry(registry);
        var metrics = new HttpMetrics(factory, registry);
        var series = metrics.Resolve("GET", "/", "200", timed: true);
        var duration = factory.CreateHistogram("duration", "", ["route"]).WithLabels("/");
        var total = factory.CreateCounter("total", "", ["route"]).WithLabels("/");
        var inProgress = factory.CreateGauge("in_progress", "", ["method"]).WithLabels("GET");
        using var activity = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

        Comparison.Begin();
        await CompareAsync("recording", () => Ours(null));
        await CompareAsync("recording, traced", () => Ours(activity));
        await CompareAsync("recording, the library's", Library);
        return Comparison.End();

        void Ours(Activity? traced)
        {
            metrics.Begin(0);
            series.Record(s_elapsed, traced);
            metrics.End(0);
        }

        void Library()
        {
            inProgress.Inc();
            duration.Observe(s_elapsed.TotalSeconds, Exemplar.None);
            total.Inc(Exemplar.None);
            inProgress.Dec();
        }
    }

    private static async Task CompareAsync(string what, Action record)
    {
        await Task.WhenAll(RecordAsync(2), RecordAsync(2));
        await Comparison.RunAsync(what, "ns", Rounds, ("two threads", () => RecordAsync(2)), ("one thread", () => RecordAsync(1)));

        async Task<double> RecordAsync(int threads)
        {
            var startedAt = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(Record)));
            return Stopwatch.GetElapsedTime(startedAt).TotalNanoseconds / Recordings;
        }

        void Record()
        {
            for (var i = 0; i < Recordings; i++)
            {
                record();
            }
        }
    }
}
