namespace Transcendence.Viewer.Queries;

/// <summary>Times and durations as Prometheus' HTTP API takes them, and how many points they ask for.</summary>
internal static partial class RangeQuery
{
    /// <summary>The points that Prometheus gives for a series at most.</summary>
    public const int MaxPoints = 11_000;

    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // In the order of the groups in Duration.
    private static readonly double[] s_units = [365 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1, 0.001];

    /// <summary>A time, in seconds since 1970: a number, or RFC 3339.</summary>
    public static double? ParseTime(string text) => ParseNumber(text)
        ?? (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time.ToUnixTimeMilliseconds() / 1000.0 : null);

    /// <summary>A duration in seconds: a number, or such as <c>1h30m</c>.</summary>
    public static double? ParseDuration(string text) => ParseNumber(text) ?? (Duration().Match(text) is { Success: true, Length: > 0 } match
        ? s_units.Select((unit, i) => match.Groups[i + 1] is { Success: true } group ? unit * double.Parse(group.Value, CultureInfo.InvariantCulture) : 0).Sum()
        : null);

    /// <summary>What is wrong with a range; <see langword="null"/> when nothing is.</summary>
    public static string? Fault(string start, string end, string step)
    {
        var (range, each) = (ParseTime(end)!.Value - ParseTime(start)!.Value, ParseDuration(step)!.Value);
        return range < 0 ? "`end` is before `start`."
            : range / each <= MaxPoints ? null
            : FormattableString.Invariant($"A range of {range:0.###} s at a step of {each:0.###} s has {Math.Floor(range / each):0} points in each series, ")
                + $"and {MaxPoints} are the most. Take a longer step or a shorter range.";
    }

    private static double? ParseNumber(string text) =>
        double.TryParse(text, Number, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
