namespace Transcendence.ServiceDefaults;

/// <summary>What the latency histograms share.</summary>
internal static class Latency
{
    private static readonly Exemplar.LabelKey s_traceId = Exemplar.Key("trace_id");
    private static readonly Exemplar.LabelKey s_spanId = Exemplar.Key("span_id");

    /// <summary>Exemplars by default only from an activity that is recorded: any other trace id leads nowhere.</summary>
    public static ExemplarBehavior RecordedActivityOnly { get; } = new() { DefaultExemplarProvider = (_, _) => ExemplarOf(Activity.Current) };

    /// <summary>The upper bounds in seconds, as prom-client has them by default.</summary>
    public static double[] Buckets => [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>A histogram that a <see cref="StripedHistogram"/> records into.</summary>
    public static HistogramConfiguration Striped => new() { Buckets = Buckets, ExemplarBehavior = ExemplarBehavior.NoExemplars() };

    public static Exemplar ExemplarOf(Activity? activity) => activity is { Recorded: true }
        ? Exemplar.From(s_traceId.WithValue(activity.TraceId.ToHexString()), s_spanId.WithValue(activity.SpanId.ToHexString()))
        : Exemplar.None;
}
