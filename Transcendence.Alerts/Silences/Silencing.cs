using System.Text.RegularExpressions;

namespace Transcendence.Alerts.Silences;

/// <summary>Which alerts a silence takes.</summary>
internal static partial class Silencing
{
    /// <summary>Stands for all services.</summary>
    public const string AllServices = "*";

    private static readonly Matcher s_notWatchdog = new("alertname", WatchdogWord.AlertName, IsEqual: false);

    // About which other a stop of one raises alerts: the gateway has answered with 502 when the backend is back (GatewayErrors), Alertmanager cannot
    // deliver to the inbox (NotificationsFailing), and Prometheus does not reach Alertmanager (AlertmanagerNotReached).
    private static readonly Dictionary<string, string> s_affected = new() { ["backend"] = "gateway", ["alerts"] = "alertmanager", ["alertmanager"] = "prometheus" };

    // The dead man's switch, as pipeline.yml labels it. Others of its labels are not known here: prometheus.yml may add any.
    private static readonly Dictionary<string, string> s_watchdog = new() { ["alertname"] = WatchdogWord.AlertName, ["service"] = "prometheus", ["severity"] = "none" };

    /// <summary>Everything that a deliberate stop of a service raises.</summary>
    public static Matcher[] Maintenance(string service) =>
    [
        service == AllServices ? new("alertname", ".+", IsRegex: true)
        : s_affected.TryGetValue(service, out var other) ? new("service", $"{service}|{other}", IsRegex: true)
        : new("service", service),
        s_notWatchdog,
    ];

    /// <summary>One alert.</summary>
    public static Matcher[] Only(Alert alert) => [.. alert.Labels.Where(label => label.Value.Length > 0).Select(label => new Matcher(label.Key, label.Value))];

    /// <summary>Why a silence must not be; <see langword="null"/> when it may.</summary>
    public static string? FaultOf(IReadOnlyCollection<Matcher> matchers)
    {
        try
        {
            return matchers.Count == 0 ? "Must hold at least one matcher."
                : matchers.Any(matcher => matcher is null or { Name: null or "" } or { Value: null }) ? "Each matcher has a name and a value."
                : matchers.Any(matcher => matcher.IsRegex && Dialect().IsMatch(matcher.Value)) ? "Has a regular expression that Alertmanager reads in another way than the inbox, which so cannot tell what it matches: write it without classes in [: :], flags, \\z, \\Q, \\C and \\x."
                : matchers.Any(matcher => s_watchdog.TryGetValue(matcher.Name, out var value) && Matches(matcher, value) != matcher.IsEqual) ? null
                : $"Would silence the alert {WatchdogWord.AlertName}, by which it is known that the monitoring works: its silence would be told as a failure. Add alertname!=\"{WatchdogWord.AlertName}\".";
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"Has a regular expression that cannot be read: {e.Message.TrimEnd('.')}.";
        }
    }

    // As Alertmanager does: the whole value, in linear time.
    private static bool Matches(Matcher matcher, string value) => matcher.IsRegex
        ? Regex.IsMatch(value, $"^(?:{matcher.Value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
        : matcher.Value == value;

    // RE2 has these, and .NET not, or as something else.
    [GeneratedRegex(@"\[\[?:|\(\?|\\[zQECxpP]", RegexOptions.CultureInvariant)]
    private static partial Regex Dialect();
}
