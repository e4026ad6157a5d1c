using System.Text.RegularExpressions;

namespace Transcendence.AppHost;

/// <summary>A duration as Prometheus writes it: <c>15s</c>, <c>1h30m</c>, <c>15d</c>.</summary>
/// <remarks>See the Prometheus documentation, Configuration, <c>&lt;duration&gt;</c>.</remarks>
internal static partial class PrometheusDuration
{
    /// <summary>Reads a setting that is a duration.</summary>
    /// <exception cref="DistributedApplicationException">It is none, or zero.</exception>
    public static string Read(IConfiguration configuration, string key, string fallback)
    {
        var value = configuration[key];
        if (string.IsNullOrEmpty(value))
        {
            return fallback;
        }

        return Duration().IsMatch(value) && value.Any(c => c is >= '1' and <= '9')
            ? value
            : throw new DistributedApplicationException($"--{key}={value} is no duration. Write it as Prometheus does: 15s, 1m30s, 2h, 15d, 1y.");
    }

    [GeneratedRegex("^(?=.)([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
