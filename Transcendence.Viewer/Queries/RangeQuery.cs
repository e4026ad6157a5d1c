using System.Globalization;
using System.Text.RegularExpressions;

namespace Transcendence.Viewer.Queries;

/// <summary>Times and durations as Prometheus' HTTP API takes them, and how many points they ask for.</summary>
internal static partial class RangeQuery
{
    /// <summary>The points that Prometheus gives for a series at most.</summary>
    public const int MaxPoints = 11_000;

    /// <summary>A time, in seconds since 1970: a number, or RFC 3339.</summary>
    public static bool TryParseTime(string text, out double seconds)
    {
        if (TryParseNumber(text, out seconds))
        {
            return true;
        }

        if (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
        {
            seconds = time.ToUnixTimeMilliseconds() / 1000.0;
            return true;
        }

        return false;
    }

    /// <summary>A duration in seconds: a number, or such as <c>1h30m</c>.</summary>
    public static bool TryParseDuration(string text, out double seconds)
    {
        if (TryParseNumber(text, out seconds))
        {
            return true;
        }

        var match = Duration().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return false;
        }

        // In the order of the groups.
        double[] units = [365 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1, 0.001];
        seconds = units.Select((unit, i) => match.Groups[i + 1] is { Success: true } group ? unit * double.Parse(group.Value, CultureInfo.InvariantCulture) : 0).Sum();
        return true;
    }

    /// <summary>What is wrong with a range; <see langword="null"/> when nothing is.</summary>
    public static string? Check(double start, double end, double step) =>
        end < start ? "`end` is before `start`."
        : step <= 0 ? "`step` is not more than zero."
        : (end - start) / step > MaxPoints ? string.Create(
            CultureInfo.InvariantCulture,
            $"A range of {end - start:0.###} s at a step of {step:0.###} s has {Math.Floor((end - start) / step):0} points in each series, and {MaxPoints} are the most. Take a longer step or a shorter range.")
        : null;

    private static bool TryParseNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
