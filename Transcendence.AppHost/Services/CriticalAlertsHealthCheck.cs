using System.Net.Http.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.AppHost;

/// <summary>Asks the inbox and Prometheus which critical alerts fire: an alert about what lies between the two cannot travel it.</summary>
/// <param name="inbox">The inbox.</param>
/// <param name="prometheus">Prometheus.</param>
/// <param name="showRunbooks">Shows the runbooks of alerts, by the alerts' names; called when they are others than before.</param>
internal sealed class CriticalAlertsHealthCheck(EndpointReference inbox, EndpointReference? prometheus, Func<IReadOnlyList<(string Name, string Url)>, Task> showRunbooks) : IHealthCheck
{
    private static readonly HttpClient s_client = Loopback.CreateClient(TimeSpan.FromSeconds(4));

    private string _shown = "";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var asked = AskPrometheusAsync(cancellationToken);
        var (told, fault) = await AskInboxAsync(cancellationToken);
        var rules = await asked;
        var unheard = (rules ?? []).ExceptBy((told?.Alerts ?? []).Select(alert => alert.Name), alert => alert.Name).ToList();
        await ShowRunbooksAsync([.. told?.Alerts ?? [], .. unheard]);

        string[] said =
        [
            .. told is { Status: not "quiet" } ? (string[])[told.Reason] : [],
            .. fault is null ? [] : (string[])[fault],
            .. unheard.Count == 0 ? [] : (string[])[$"Prometheus says, and the inbox does not: {string.Join("; ", unheard.Select(alert => alert.Summary is null ? alert.Name : $"{alert.Name}: {alert.Summary}"))}"],
        ];
        return told is { Status: "firing" or "overdue" } || unheard.Count > 0 ? HealthCheckResult.Unhealthy(string.Join(" ", said))
            : told is { Status: "quiet" } ? HealthCheckResult.Healthy(told.Reason)
            : HealthCheckResult.Degraded($"It is not known whether a critical alert fires{(rules is null ? "" : ", though Prometheus has none")}: {string.Join(" ", said)}");
    }

    // 200 when it is known whether one fires, 503 when the inbox cannot tell, or the monitoring itself does not work; the reason is for people in both cases.
    private async Task<(Answer? Answer, string? Fault)> AskInboxAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await s_client.GetAsync(new Uri(inbox.Url + "/health/alerts"), cancellationToken);
            return await response.Content.ReadFromJsonAsync<Answer>(cancellationToken) is { Status: not null, Alerts: not null } answer ? (answer, null)
                : (null, string.Create(CultureInfo.InvariantCulture, $"The alert inbox answers {(int)response.StatusCode}."));
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            return (null, $"The alert inbox does not answer ({e.GetBaseException().Message.TrimEnd('.')}).");
        }
    }

    /// <returns>The critical alerts that fire; <see langword="null"/> when it does not say.</returns>
    private async Task<List<Alert>?> AskPrometheusAsync(CancellationToken cancellationToken)
    {
        if (prometheus is not { IsAllocated: true })
        {
            return null;
        }

        try
        {
            using var answer = await s_client.GetFromJsonAsync<JsonDocument>(new Uri(prometheus.Url + "/api/v1/alerts"), cancellationToken);
            return
            [
                .. answer!.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray()
                    .Where(alert => alert.GetProperty("state").GetString() == "firing" && TextOf(alert.GetProperty("labels"), "severity") == "critical")
                    .Select(alert => new Alert(TextOf(alert.GetProperty("labels"), "alertname") ?? "", TextOf(alert.GetProperty("annotations"), "summary"), TextOf(alert.GetProperty("annotations"), "runbook_url")))
                    .DistinctBy(alert => alert.Name),
            ];
        }
        catch (Exception e) when (IsFailure(e, cancellationToken) || e is KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task ShowRunbooksAsync(IEnumerable<Alert> alerts)
    {
        var runbooks = alerts.Where(alert => alert.RunbookUrl is not null).Select(alert => (alert.Name, alert.RunbookUrl!)).DistinctBy(runbook => runbook.Name).OrderBy(runbook => runbook.Name, StringComparer.Ordinal).ToList();
        var text = string.Join('\n', runbooks);
        if (Interlocked.Exchange(ref _shown, text) != text)
        {
            await showRunbooks(runbooks);
        }
    }

    private static string? TextOf(JsonElement labels, string name) => labels.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is HttpRequestException or JsonException or NotSupportedException or OperationCanceledException;

    private sealed record Answer(string Status, string Reason, IReadOnlyList<Alert> Alerts);

    private sealed record Alert(string Name, string? Summary, string? RunbookUrl);
}
