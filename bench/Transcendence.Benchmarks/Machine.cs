namespace Transcendence.Benchmarks;

/// <summary>Whether anybody else uses the machine: then nothing that is measured counts.</summary>
internal static class Machine
{
    private const int TicksPerSecond = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>How much of one processor all others may use, before and during a measurement.</summary>
    public static double Limit { get; } = double.Parse(Environment.GetEnvironmentVariable("BENCH_OTHERS") ?? "0.25", CultureInfo.InvariantCulture);

    /// <summary>How many measurements were thrown away.</summary>
    public static int ThrownAway { get; private set; }

    /// <summary>How much of one processor others used during each measurement that counts.</summary>
    public static List<double> Others { get; } = [];

    /// <summary>Measures while nobody else uses the machine: looks for a second before, and measures again when somebody came.</summary>
    /// <exception cref="TimeoutException">The machine was not quiet for minutes.</exception>
    public static async Task<T> QuietlyAsync<T>(Func<Task<T>> measure)
    {
        for (var until = DateTime.UtcNow + s_patience; DateTime.UtcNow < until;)
        {
            if (await OthersAsync(async () => { await Task.Delay(TimeSpan.FromSeconds(1)); return 0; }) is (_, var before) && before > Limit)
            {
                continue;
            }

            var (result, during) = await OthersAsync(measure);
            if (during <= Limit)
            {
                Others.Add(during);
                return result;
            }

            ThrownAway++;
        }

        throw new TimeoutException($"Others have used more than {Limit} of a processor for {s_patience.TotalMinutes} minutes. BENCH_OTHERS sets another limit.");
    }

    // What all use, less what we use.
    private static async Task<(T Result, double Others)> OthersAsync<T>(Func<Task<T>> work)
    {
        var (startedAt, all, ours) = (Stopwatch.GetTimestamp(), BusySeconds(), Peer.AllCpuSeconds);
        var result = await work();
        return (result, (BusySeconds() - all - (Peer.AllCpuSeconds - ours)) / Stopwatch.GetElapsedTime(startedAt).TotalSeconds);
    }

    // user, nice, system, then idle and iowait that do not count, irq, softirq, steal.
    private static double BusySeconds()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(long.Parse).ToArray();
        return (double)(ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }
}
