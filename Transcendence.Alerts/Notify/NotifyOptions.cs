namespace Transcendence.Alerts.Notify;

/// <summary>The section <c>Notify</c> of the configuration: who is told of alerts beside the inbox. Each is a secret, as whoever knows it can write there.</summary>
internal sealed class NotifyOptions
{
    private const string Section = "Notify";

    /// <summary>An incoming webhook of Slack, or of Mattermost.</summary>
    public string? Slack { get; set; }

    /// <summary>A webhook of a Discord channel.</summary>
    public string? Discord { get; set; }

    /// <summary>Mail, as <c>smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS&amp;to=ADDRESS,ADDRESS</c>, or <c>smtps://…</c>.</summary>
    public string? Email { get; set; }

    /// <summary>Whatever takes what Alertmanager sends to a webhook (version 4).</summary>
    public string? Webhook { get; set; }

    /// <summary>What is fetched once a minute while the monitoring works, so that somebody else notices when this machine is off.</summary>
    public string? Heartbeat { get; set; }

    /// <summary>Reads the section.</summary>
    /// <exception cref="ServiceStartException">A value cannot be used; it is not said which, as it is a secret.</exception>
    public static NotifyOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<NotifyOptions>() ?? new();
        foreach (var (name, value) in ((string, string?)[])[(nameof(Slack), options.Slack), (nameof(Discord), options.Discord), (nameof(Webhook), options.Webhook), (nameof(Heartbeat), options.Heartbeat)])
        {
            if (!string.IsNullOrEmpty(value) && !(Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            {
                throw new ServiceStartException($"{Section}:{name} is no address of the web. Give it whole, e.g. https://HOST/PATH.");
            }
        }

        return string.IsNullOrEmpty(options.Email) || MailChannel.TryParse(options.Email, out _) ? options
            : throw new ServiceStartException($"{Section}:{nameof(Email)} is no address of a mail server. Write it as smtp://USER:PASSWORD@HOST:587/?from=ADDRESS&to=ADDRESS,ADDRESS, with % for what has a meaning in URLs (@ in the user's name is %40).");
    }
}
