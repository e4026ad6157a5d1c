namespace Transcendence.ServiceDefaults;

/// <summary>Durations of one series, which threads record without waiting for each other; a scrape has them handed to the library's histogram.</summary>
/// <param name="histogram">Where they go; its buckets are <see cref="Latency.Buckets"/>, and it takes no exemplar of its own accord.</param>
internal sealed class StripedHistogram(Histogram.Child histogram)
{
    private static readonly double[] s_bounds = [.. Latency.Buckets, double.PositiveInfinity];
    private static readonly long[] s_ticks = [.. Latency.Buckets.Select(bound => TimeSpan.FromSeconds(bound).Ticks)];

    // A scrape takes one exemplar of each bucket.
    private static readonly long s_exemplarInterval = Stopwatch.Frequency / 10;

    // Of each bucket the ticks and then the count.
    private readonly Stripes _recorded = new(2 * s_bounds.Length);
    private readonly long[] _collected = new long[2 * s_bounds.Length];
    private readonly long[] _nextExemplar = new long[s_bounds.Length];

    /// <summary>Records a duration, with the activity as an exemplar if it is recorded and the bucket has had none for a tenth of a second.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="activity">What took so long.</param>
    public void Observe(TimeSpan duration, Activity? activity)
    {
        var bucket = BucketOf(duration.Ticks);
        if (activity is { Recorded: true } && Stopwatch.GetTimestamp() is var now && now >= Volatile.Read(ref _nextExemplar[bucket]))
        {
            Volatile.Write(ref _nextExemplar[bucket], now + s_exemplarInterval);
            histogram.Observe(duration.TotalSeconds, Latency.ExemplarOf(activity));
            return;
        }

        var own = _recorded.Own;
        Interlocked.Add(ref own[2 * bucket], duration.Ticks);
        Interlocked.Increment(ref own[(2 * bucket) + 1]);
    }

    /// <summary>
    /// Hands on what was recorded since the last time: of each bucket the mean, as often as it was counted. Not for two threads at once.
    /// </summary>
    public void Collect()
    {
        for (var bucket = 0; bucket < s_bounds.Length; bucket++)
        {
            // The count first, as it is written last: the ticks of each that is counted are there. Those of one that is not yet counted come a scrape early.
            var (ticks, counted) = (2 * bucket, (2 * bucket) + 1);
            var count = _recorded.Sum(counted) - _collected[counted];
            if (count == 0)
            {
                continue;
            }

            // It has to fall into its bucket, whatever floating point and the moment of the reading make of it. What that adds or takes is made good the next time.
            var seconds = (double)(_recorded.Sum(ticks) - _collected[ticks]) / TimeSpan.TicksPerSecond;
            var mean = Math.Clamp(seconds / count, bucket == 0 ? 0 : Math.BitIncrement(s_bounds[bucket - 1]), s_bounds[bucket]);
            histogram.Observe(mean, count);
            _collected[counted] += count;
            _collected[ticks] += (long)Math.Round(mean * count * TimeSpan.TicksPerSecond);
        }
    }

    private static int BucketOf(long ticks)
    {
        var bucket = 0;
        while (bucket < s_ticks.Length && ticks > s_ticks[bucket])
        {
            bucket++;
        }

        return bucket;
    }
}
