using System.Net.Http.Json;
using Transcendence.Faults;

namespace Transcendence.AppHost.Drills;

/// <summary>Sets what is wrong with a service, at its fault point.</summary>
internal static class FaultClient
{
    private static readonly HttpClient s_client = Loopback.CreateClient(TimeSpan.FromSeconds(5));
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(5);

    /// <summary>Makes something wrong until the drill ends; when the application is gone, at most for <see cref="s_lease"/>.</summary>
    /// <exception cref="DrillException">The service has no fault point, does not answer, or refuses.</exception>
    public static async Task BreakAsync(DrillRun run, ServiceFaults faults, CancellationToken cancellationToken)
    {
        var endpoint = run.Observer.EndpointOf(run.Drill.Resource);
        run.OnEnd(() => SendAsync(endpoint, HttpMethod.Delete, faults: null, CancellationToken.None)); // First: who is broken off may have been heard.
        await SendAsync(endpoint, HttpMethod.Put, faults, cancellationToken);
        run.Meanwhile(async end =>
        {
            var renewedAt = DateTimeOffset.UtcNow;
            while (true)
            {
                await Task.Delay(s_renewal, end);
                try
                {
                    await SendAsync(endpoint, HttpMethod.Put, faults, end);
                    renewedAt = DateTimeOffset.UtcNow;
                }
                catch (DrillException) when (DateTimeOffset.UtcNow - renewedAt < s_lease - s_renewal)
                {
                    // Once more.
                }
            }
        });
    }

    private static async Task SendAsync(EndpointReference endpoint, HttpMethod method, ServiceFaults? faults, CancellationToken cancellationToken)
    {
        var service = endpoint.Resource.Name;
        var secret = endpoint.Resource.Annotations.OfType<FaultPointAnnotation>().SingleOrDefault()?.Secret ?? throw new DrillException($"'{service}' has no fault point. Give it one in AppHost.cs: WithFaultPoint().");
        using var request = new HttpRequestMessage(method, endpoint.Url + FaultsStartup.Path) { Content = faults is null ? null : JsonContent.Create(faults with { LeaseSeconds = s_lease.TotalSeconds }) };
        request.Headers.Add(FaultsStartup.Header, secret);
        try
        {
            using var response = await s_client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new DrillException($"The fault point of '{service}' answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DrillException($"'{service}' does not answer ({e.GetBaseException().Message.TrimEnd('.')}). Start it, and try again; what was wrong with it ends by itself within {s_lease.TotalSeconds:0} s.", e);
        }
    }
}
