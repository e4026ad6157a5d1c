namespace Transcendence.Hosting.Prometheus;

/// <summary>How long a Prometheus keeps its samples.</summary>
/// <param name="Time">A duration as Prometheus writes it; nothing for its default.</param>
internal sealed partial record RetentionAnnotation(string? Time) : IResourceAnnotation
{
    /// <summary>Prometheus' own default: 15 days.</summary>
    private const int Default = 15;

    /// <summary>The whole days of it; at least one.</summary>
    public static int DaysOf(IResource prometheus)
    {
        if (prometheus.Annotations.OfType<RetentionAnnotation>().LastOrDefault()?.Time is not { Length: > 0 } time)
        {
            return Default;
        }

        var days = Part().Matches(time).Sum(part => int.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
        {
            "y" => 365, "w" => 7, "d" => 1, "h" => 1 / 24.0, "m" => 1 / 1440.0, _ => 0,
        });
        return Math.Max(1, (int)Math.Min(days, int.MaxValue));
    }

    [GeneratedRegex("([0-9]+)(ms|y|w|d|h|m|s)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
