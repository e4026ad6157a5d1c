using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.AppHost;

/// <summary>Whether a critical alert fires, as the health of a resource of its own.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="parent">The alert inbox.</param>
public sealed class CriticalAlertsResource(string name, ProjectResource parent) : Resource(name), IResourceWithParent<ProjectResource>
{
    /// <summary>The alert inbox.</summary>
    public ProjectResource Parent { get; } = parent;
}

/// <summary>Shows critical alerts.</summary>
internal static class CriticalAlertsBuilderExtensions
{
    private const string AlertsUrl = "alerts";

    /// <summary>Adds a resource that is unhealthy while a critical alert fires, or while the monitoring itself is overdue; its health says which, and its links lead to their runbooks.</summary>
    /// <remarks>Not the health of the inbox itself, nor of the service that the alert is about: what waits for those would wait for the alert to end.</remarks>
    public static IResourceBuilder<ProjectResource> WithCriticalAlerts(this IResourceBuilder<ProjectResource> inbox)
    {
        const string Key = "critical-alerts";
        var endpoint = inbox.GetEndpoint("http");
        var resource = new CriticalAlertsResource(Key, inbox.Resource);
        CriticalAlertsHealthCheck? check = null;
        inbox.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(Key, services => check ??= Create(services), failureStatus: null, tags: null, timeout: TimeSpan.FromSeconds(10)));

        inbox.ApplicationBuilder.AddResource(resource)
            .WithParentRelationship(inbox)
            .WithIconName("AlertOn")
            .WithHealthCheck(Key)
            .ExcludeFromManifest()
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Alerts", Properties = [], State = KnownResourceStates.Waiting });

        // Once the inbox has run there is something to ask: that it has ended since is worth knowing, and Prometheus still tells.
        inbox.OnResourceReady((_, e, _) => e.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(resource, s => s.State == KnownResourceStates.Running ? s : s with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            Urls = [UrlOf(AlertsUrl, $"{endpoint.Url}/", "Alerts that fire", order: 1)],
        }));
        return inbox;

        // One for the application: it knows what it has shown.
        CriticalAlertsHealthCheck Create(IServiceProvider services)
        {
            var notifications = services.GetRequiredService<ResourceNotificationService>();
            var prometheus = services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IPrometheusResource>().FirstOrDefault();
            return new(endpoint, prometheus?.GetEndpoint("http"), runbooks => notifications.PublishUpdateAsync(resource, s => s with
            {
                Urls = [.. s.Urls.Where(url => url.Name == AlertsUrl), .. runbooks.Select(runbook => UrlOf(runbook.Name, runbook.Url, $"What to do: {runbook.Name}", order: 0))],
            }));
        }

        static UrlSnapshot UrlOf(string name, string url, string text, int order) => new(name, url, IsInternal: false) { DisplayProperties = new(text, order) };
    }
}
