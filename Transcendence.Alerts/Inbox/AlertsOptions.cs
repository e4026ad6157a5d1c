namespace Transcendence.Alerts.Inbox;

/// <summary>The section <c>Alerts</c> of the configuration.</summary>
internal sealed class AlertsOptions
{
    private const string Section = "Alerts";
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36_500);
    private static readonly TimeSpan s_longestSettling = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_shortestOverdue = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Where there is no Alertmanager to ask, an active alert that it has not repeated for so long counts as ended. Alertmanager
    /// keeps its alerts in memory: when it is restarted while one fires, its end may never be announced. A bit more than two <c>repeat_interval</c>s of
    /// <c>monitoring/alertmanager/alertmanager.yml</c>, so one lost repetition does no harm.
    /// </summary>
    public TimeSpan ExpireAfter { get; set; } = TimeSpan.FromMinutes(65);

    /// <summary>Alerts and notifications older than this are removed, so that the file does not grow for ever.</summary>
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// An Alertmanager that has been up for so long has been told of every alert that fires. As we start it, Prometheus repeats
    /// each every 45 s.
    /// </summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>The name that the inbox has among the receivers of <c>monitoring/alertmanager/alertmanager.yml</c>.</summary>
    public string Receiver { get; set; } = "inbox";

    /// <summary>The monitoring is overdue when its newest sample, as the alert <c>Watchdog</c> tells of it, is older than this. A word of it comes every 15 s, with a sample that is at most 75 s old where none is lost on its way: Prometheus tells Alertmanager every 45 s.</summary>
    public TimeSpan WatchdogOverdueAfter { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The directory of the runbooks. Nothing means those that come with the service.</summary>
    public string? Runbooks { get; set; }

    /// <summary>Where people find Prometheus, for queries of runbooks that are not about an alert, whose own link says it.</summary>
    public Uri PrometheusUrl { get; set; } = new("http://localhost:9090");

    /// <summary>How the user learns the password; shown to everybody who is asked for it. May be empty.</summary>
    public string LoginHint { get; set; } = "";

    /// <summary>Reads the section.</summary>
    /// <exception cref="ServiceStartException">A value cannot be used.</exception>
    public static AlertsOptions Read(IConfiguration configuration)
    {
        AlertsOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<AlertsOptions>() ?? new();
        }
        catch (InvalidOperationException e)
        {
            throw new ServiceStartException($"{e.Message} Write a duration as [days.]hours:minutes:seconds, e.g. 01:05:00 or 90.00:00:00.", e);
        }

        var fault = options switch
        {
            _ when options.ExpireAfter <= TimeSpan.Zero || options.ExpireAfter > s_longest =>
                $"{nameof(ExpireAfter)} is {options.ExpireAfter} and is to be greater than 0 and at most {s_longest}, e.g. 01:05:00.",
            _ when options.HistoryRetention < options.ExpireAfter || options.HistoryRetention > s_longest =>
                $"{nameof(HistoryRetention)} is {options.HistoryRetention} and is to be at least {Section}:{nameof(ExpireAfter)} " +
                $"({options.ExpireAfter}), or active alerts would be removed, and at most {s_longest}, e.g. 90.00:00:00.",
            _ when options.SettleTime < TimeSpan.Zero || options.SettleTime > s_longestSettling =>
                $"{nameof(SettleTime)} is {options.SettleTime} and is to be between 0 and {s_longestSettling}, e.g. 00:00:50: " +
                "as long as Prometheus takes to repeat an alert.",
            _ when string.IsNullOrWhiteSpace(options.Receiver) =>
                $"{nameof(Receiver)} is empty and is to be the inbox's name among the receivers in alertmanager.yml, e.g. inbox.",
            _ when options.WatchdogOverdueAfter < s_shortestOverdue || options.WatchdogOverdueAfter > s_longestSettling =>
                $"{nameof(WatchdogOverdueAfter)} is {options.WatchdogOverdueAfter} and is to be between {s_shortestOverdue} and {s_longestSettling}, e.g. 00:01:30.",
            _ when options.PrometheusUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" } => $"{nameof(PrometheusUrl)} is to be a whole address, e.g. http://localhost:9090.",
            _ when options.Runbooks is { } runbooks && !Directory.Exists(runbooks) => $"{nameof(Runbooks)} is {runbooks}, and no such directory is there. Leave it out to have the runbooks that come with the service.",
            _ => null,
        };
        return fault is null ? options : throw new ServiceStartException($"{Section}:{fault}");
    }
}
