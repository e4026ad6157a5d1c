using System.Text.RegularExpressions;

namespace Transcendence.AppHost.Drills;

/// <summary>Durations as Prometheus writes them: <c>1h30m</c>, <c>15s</c>, <c>500ms</c>. See its documentation, Querying, Time durations.</summary>
internal static partial class PromDuration
{
    /// <summary>What one looks like, as a regular expression.</summary>
    public const string Pattern = @"(?:\d+(?:ms|[smhdwy]))+";

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Parse(string text)
    {
        var parts = Parts().Matches(text);
        return parts.Count > 0 && parts.Sum(part => part.Length) == text.Length
            ? parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + (double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Unit(part.Groups[2].Value)))
            : throw new FormatException($"'{text}' is no duration of Prometheus.");
    }

    /// <summary>Writes one, exact to a millisecond.</summary>
    public static string Format(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(duration.TotalMilliseconds)):0}ms");

    private static TimeSpan Unit(string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        "d" => TimeSpan.FromDays(1),
        "w" => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(365),
    };

    [GeneratedRegex(@"(\d+)(ms|[smhdwy])", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
