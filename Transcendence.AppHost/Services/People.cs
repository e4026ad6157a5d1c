namespace Transcendence.AppHost;

/// <summary>Who is told of alerts, beside the inbox.</summary>
internal static class PeopleExtensions
{
    private static readonly (string Name, string Description)[] s_channels =
    [
        ("Slack", "An incoming webhook of Slack or Mattermost, which is told of alerts. A secret."),
        ("Discord", "A webhook of a Discord channel, which is told of alerts. A secret."),
        ("Email", "Mail about alerts: smtp://USER:PASSWORD@HOST:587/?from=ADDRESS&to=ADDRESS,ADDRESS. A secret."),
        ("Webhook", "What takes Alertmanager's webhook, and is told of alerts. A secret."),
        ("Heartbeat", "What is fetched once a minute while the monitoring works. A secret."),
    ];

    /// <summary>Gives the inbox the settings <c>Notify:Slack</c>, <c>:Discord</c>, <c>:Email</c>, <c>:Webhook</c> and <c>:Heartbeat</c>; on a server it takes them from <c>.env</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithPeople(this IResourceBuilder<ProjectResource> inbox)
    {
        if (!inbox.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return inbox.PublishAsDockerComposeService((resource, service) =>
            {
                foreach (var (name, description) in s_channels)
                {
                    service.Environment[$"Notify__{name}"] = resource.AddEnvironmentVariable($"NOTIFY_{name.ToUpperInvariant()}", "", description);
                }
            });
        }

        foreach (var (name, value) in s_channels.Select(channel => (channel.Name, inbox.ApplicationBuilder.Configuration[$"Notify:{channel.Name}"])).Where(channel => !string.IsNullOrEmpty(channel.Item2)))
        {
            inbox.WithEnvironment($"Notify__{name}", value);
        }

        return inbox;
    }
}
