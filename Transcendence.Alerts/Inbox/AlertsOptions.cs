namespace Transcendence.Alerts.Inbox;

/// <summary>The section <c>Alerts</c> of the configuration.</summary>
internal sealed class AlertsOptions
{
    private const string Section = "Alerts";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>
    /// An active alert that Alertmanager has not repeated for so long counts as ended. Alertmanager keeps its alerts in memory:
    /// when it is restarted while one fires, its end may never be announced. A bit more than two <c>repeat_interval</c>s of
    /// <c>monitoring/alertmanager/alertmanager.yml</c>, so one lost repetition does no harm.
    /// </summary>
    public TimeSpan ExpireAfter { get; set; } = TimeSpan.FromMinutes(65);

    /// <summary>Alerts and notifications older than this are removed, so that the file does not grow for ever.</summary>
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Reads the section.</summary>
    /// <param name="configuration">The service's configuration.</param>
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

        if (options.ExpireAfter <= TimeSpan.Zero || options.ExpireAfter > Longest)
        {
            throw new ServiceStartException(
                $"{Section}:{nameof(ExpireAfter)} is {options.ExpireAfter} and is to be greater than 0 and at most {Longest}, e.g. 01:05:00.");
        }

        if (options.HistoryRetention < options.ExpireAfter || options.HistoryRetention > Longest)
        {
            throw new ServiceStartException(
                $"{Section}:{nameof(HistoryRetention)} is {options.HistoryRetention} and is to be at least {Section}:{nameof(ExpireAfter)} " +
                $"({options.ExpireAfter}), or active alerts would be removed, and at most {Longest}, e.g. 90.00:00:00.");
        }

        return options;
    }
}
