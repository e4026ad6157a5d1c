using Prometheus;

namespace Transcendence.Benchmarks;

/// <summary>What an answered request records, by two threads into the same series, and by one.</summary>
internal static class Recording
{
    private const int Rounds = 21;
    private const int Recordings = 2_000_000;

    /// <summary>Compares what a recording takes the thread that does it.</summary>
    public static async Task<int> TwoThreadsAgainstOneAsync()
    {
        var factory = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
        var duration = factory.CreateHistogram("duration", "", ["route"]).WithLabels("/");
        var total = factory.CreateCounter("total", "", ["route"]).WithLabels("/");
        await Task.WhenAll(RecordAsync(2), RecordAsync(2));
        Comparison.Begin();
        await Comparison.RunAsync("recording", "ns", Rounds, ("two threads", () => RecordAsync(2)), ("one thread", () => RecordAsync(1)));
        return Comparison.End();

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
                duration.Observe(0.003, Exemplar.None);
                total.Inc(Exemplar.None);
            }
        }
    }
}
