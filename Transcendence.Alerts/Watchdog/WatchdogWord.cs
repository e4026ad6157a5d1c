namespace Transcendence.Alerts.Watchdog;

/// <summary>The last word of the alert <c>Watchdog</c>, which fires as long as the monitoring works: one row, which each word overwrites.</summary>
internal sealed class WatchdogWord
{
    /// <summary>The name of the alert.</summary>
    public const string AlertName = "Watchdog";

    /// <summary>Its annotation with the time of Prometheus' newest sample, in seconds since 1970.</summary>
    public const string Annotation = "last_sample";

    /// <summary>The number of the one row.</summary>
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    /// <summary>When Prometheus last recorded anything, as far as is known here, by its clock.</summary>
    public required DateTimeOffset LastSampleAt { get; set; }

    /// <summary>When the word of it arrived, by ours.</summary>
    public required DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Since when the monitoring is overdue, where people were told of it and not yet of its end.</summary>
    public DateTimeOffset? ToldOverdueSince { get; set; }

    /// <summary>Reads the annotation.</summary>
    /// <returns><see langword="null"/> when it is not there or no time.</returns>
    public static DateTimeOffset? TimeIn(IReadOnlyDictionary<string, string?>? annotations) =>
        double.TryParse(annotations?.GetValueOrDefault(Annotation), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
}
