using Prometheus;

namespace Transcendence.Benchmarks;

/// <summary>What one request records, by two threads into the same series, and by one.</summary>
internal static class Recording
{
    private const int Rounds = 21;
    private const int Recordings = 2_000_000;

    /// <summary>Prints nanoseconds per recording and the median of the ratios.</summary>
    public static int TwoThreadsAgainstOne()
    {
        var factory = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
        var duration = factory.CreateHistogram("duration", "", ["route"]).WithLabels("/");
        var total = factory.CreateCounter("total", "", ["route"]).WithLabels("/");
        var rounds = Enumerable.Range(0, Rounds).Select(_ => (One: Run(1), Two: Run(2))).Skip(1).ToList();
        var ratios = rounds.Select(round => round.Two / round.One).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"One thread {rounds.Select(r => r.One).Order().ElementAt(Rounds / 2):0.0} ns, two {rounds.Select(r => r.Two).Order().ElementAt(Rounds / 2):0.0} ns per recording; ratio {ratios[ratios.Count / 2]:0.00} ({ratios[0]:0.00}–{ratios[^1]:0.00})"));
        return 0;

        // Nanoseconds that a recording takes the thread that does it.
        double Run(int threads)
        {
            var startedAt = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
            {
                for (var i = 0; i < Recordings; i++)
                {
                    duration.Observe(0.003, Exemplar.None);
                    total.Inc(Exemplar.None);
                }
            });
            return Stopwatch.GetElapsedTime(startedAt).TotalNanoseconds / Recordings;
        }
    }
}
