using System.Text.RegularExpressions;

namespace Transcendence.AppHost.Drills;

/// <summary>The whole monitoring on times that are shorter by one factor, so that a drill of hours takes minutes: the setting <c>Rehearsal:Speed</c>.</summary>
/// <param name="Speed">The factor; 1 is the real thing.</param>
/// <param name="WatchdogOverdueAfter">How old the newest sample is when the inbox says that the monitoring is overdue: <c>Alerts:WatchdogOverdueAfter</c>.</param>
/// <param name="SettleTime">For how long after a start of Prometheus or Alertmanager it is more patient, and by how much: <c>Alerts:SettleTime</c>.</param>
internal sealed partial record Rehearsal(int Speed, TimeSpan WatchdogOverdueAfter, TimeSpan SettleTime)
{
    private const string Setting = "Rehearsal:Speed";
    private const int Fastest = 30;

    // As the inbox has them.
    private static readonly TimeSpan s_overdue = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_shortestOverdue = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(50);

    /// <summary>Reads the setting, and those of the inbox, which are settings of the whole application.</summary>
    /// <exception cref="DistributedApplicationException">It is no such number.</exception>
    public static Rehearsal Read(IConfiguration configuration)
    {
        var speed = configuration[Setting] is not { Length: > 0 } text ? 1
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Fastest ? number
            : throw new DistributedApplicationException($"{Setting}={text} is no speed. It is a whole number from 1, the real thing, to {Fastest}, where a scrape interval of 15 s is half a second.");
        var overdue = Of("Alerts:WatchdogOverdueAfter", s_overdue) / speed;
        return new(speed, overdue > s_shortestOverdue || speed == 1 ? overdue : s_shortestOverdue, Of("Alerts:SettleTime", s_settle) / speed);

        // What is wrong with them the inbox says.
        TimeSpan Of(string key, TimeSpan usual) => TimeSpan.TryParse(configuration[key], CultureInfo.InvariantCulture, out var value) ? value : usual;
    }

    /// <summary>Applies it.</summary>
    public void Apply(IResourceBuilder<IPrometheusResource> prometheus, IResourceBuilder<IAlertmanagerResource> alertmanager, IResourceBuilder<ProjectResource> inbox)
    {
        if (Speed == 1)
        {
            return;
        }

        prometheus.WithConfigurationEdit(Scale).WithArgs(context =>
        {
            for (var i = 0; i < context.Args.Count; i++)
            {
                if (context.Args[i] is string argument && argument.StartsWith("--rules.alert.", StringComparison.Ordinal))
                {
                    context.Args[i] = FlagDurations().Replace(argument, match => Shorter(match.Value));
                }
            }
        });
        alertmanager.WithConfigurationEdit(Scale);
        inbox.WithEnvironment("Alerts__WatchdogOverdueAfter", WatchdogOverdueAfter.ToString()).WithEnvironment("Alerts__SettleTime", SettleTime.ToString());
    }

    /// <summary>Makes the times in a file of Prometheus or Alertmanager shorter: what has a duration for its value, ranges and offsets, and numbers of seconds in expressions about the time.</summary>
    public string Scale(string path, string text)
    {
        if (Path.GetExtension(path) is not (".yml" or ".yaml"))
        {
            return text;
        }

        text = Durations().Replace(text, match => Shorter(match.Value));
        return string.Join('\n', text.Split('\n').Select(line => AboutTime().IsMatch(line)
            ? Seconds().Replace(line, match => (double.Parse(match.Value, CultureInfo.InvariantCulture) / Speed).ToString("0.###", CultureInfo.InvariantCulture)) : line));
    }

    private string Shorter(string duration) => PromDuration.Format(PromDuration.Parse(duration) / Speed);

    [GeneratedRegex($@"(?<=^[ -]*(?:for|interval|keep_firing_for|scrape_interval|evaluation_interval|group_wait|group_interval|repeat_interval): *){PromDuration.Pattern}(?=\s*$)|(?<=\[){PromDuration.Pattern}(?=[\]:])|(?<=offset ){PromDuration.Pattern}", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Durations();

    [GeneratedRegex($@"(?<==){PromDuration.Pattern}$", RegexOptions.CultureInvariant)]
    private static partial Regex FlagDurations();

    [GeneratedRegex(@"time\(\)|timestamp\(|process_start_time_seconds", RegexOptions.CultureInvariant)]
    private static partial Regex AboutTime();

    // From a minute on: what is less is a count.
    [GeneratedRegex(@"(?<![\w.\[])(?:[6-9]\d|\d{3,})(?![\w.])", RegexOptions.CultureInvariant)]
    private static partial Regex Seconds();
}
