using System.Net.Http.Json;
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
    // It uses no proxy: one could not reach this machine's loopback addresses, and NO_PROXY seldom names them.
    private static readonly HttpClient s_client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Adds a resource that is unhealthy while a critical alert fires.</summary>
    /// <remarks>Not the health of the inbox itself, nor of the service that the alert is about: what waits for those would wait for the alert to end.</remarks>
    public static IResourceBuilder<ProjectResource> WithCriticalAlerts(this IResourceBuilder<ProjectResource> inbox)
    {
        var endpoint = inbox.GetEndpoint("http");
        const string Key = "critical-alerts";
        inbox.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            Key,
            _ => new CriticalAlertsHealthCheck(endpoint),
            failureStatus: null,
            tags: null,
            timeout: TimeSpan.FromSeconds(10)));

        var resource = new CriticalAlertsResource(Key, inbox.Resource);
        inbox.ApplicationBuilder.AddResource(resource)
            .WithParentRelationship(inbox)
            .WithIconName("AlertOn")
            .WithHealthCheck(Key)
            .ExcludeFromManifest()
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Alerts", Properties = [], State = KnownResourceStates.Waiting });

        // Its life is that of the inbox: there is nothing to ask while that is stopped.
        inbox.OnResourceReady(async (_, e, _) => await SetStateAsync(e.Services, new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success)));
        inbox.OnResourceStopped(async (_, e, _) => await SetStateAsync(e.Services, new ResourceStateSnapshot(KnownResourceStates.Exited, null)));
        return inbox;

        Task SetStateAsync(IServiceProvider services, ResourceStateSnapshot state) => services.GetRequiredService<ResourceNotificationService>()
            .PublishUpdateAsync(resource, s => s with { State = state, Urls = [new("alerts", $"{endpoint.Url}/api/alerts?state=active", IsInternal: false) { DisplayProperties = new("Alerts that fire", 0) }] });
    }

    private sealed class CriticalAlertsHealthCheck(EndpointReference endpoint) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                // 200 when it is known whether one fires, 503 when the inbox cannot tell, or the monitoring itself does not work; the reason is for people in both cases.
                using var response = await s_client.GetAsync(new Uri(endpoint.Url + "/health/alerts"), cancellationToken);
                var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken);
                return answer?.Status switch
                {
                    "quiet" => HealthCheckResult.Healthy(answer.Reason),
                    "firing" or "overdue" => HealthCheckResult.Unhealthy(answer.Reason),
                    _ => HealthCheckResult.Degraded($"It is not known whether a critical alert fires: {answer?.Reason ?? $"the alert inbox answered {(int)response.StatusCode}."}"),
                };
            }
            catch (Exception e) when (e is HttpRequestException or JsonException or NotSupportedException)
            {
                return HealthCheckResult.Degraded($"It is not known whether a critical alert fires, as the alert inbox does not answer: {e.Message}");
            }
        }

        private sealed record Answer(string Status, string Reason);
    }
}
