using System.Net;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>An alert inbox in a process of its own, with a database of its own.</summary>
public sealed class AlertsService : IAsyncLifetime, IDisposable
{
    private static int s_fingerprints;

    private readonly TempDirectory _directory = new();
    private ServiceProcess? _process;

    public HttpClient Client => _process!.Client;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _process = await StartAsync(_directory["alerts.db"]);

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _process!.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    internal static Task<ServiceProcess> StartAsync(string database, params (string Name, string Value)[] settings) =>
        ServiceProcess.StartAsync("Transcendence.Alerts", Settings(database, settings));

    internal static Dictionary<string, string?> Settings(string database, params (string Name, string Value)[] settings) =>
        new(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        {
            ["ConnectionStrings__alerts"] = $"Data Source={database}",
        };

    /// <summary>A fingerprint that no other test uses.</summary>
    public static string NewFingerprint() => Interlocked.Increment(ref s_fingerprints).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>A notification as Alertmanager sends it, about one alert that began at noon.</summary>
    public static string Notification(
        string fingerprint, string status = "firing", string severity = "warning", string name = "Test", string endsAt = "0001-01-01T00:00:00Z") =>
        $$"""
        {
          "receiver": "inbox",
          "status": "{{status}}",
          "alerts": [
            {
              "status": "{{status}}",
              "labels": { "alertname": "{{name}}", "severity": "{{severity}}", "service": "backend" },
              "annotations": { "summary": "Something <b>happened</b>" },
              "startsAt": "2026-03-01T13:00:00.123456789+01:00",
              "endsAt": "{{endsAt}}",
              "generatorURL": "http://prometheus:9090/graph?g0.expr=up&g0.tab=1",
              "fingerprint": "{{fingerprint}}",
              "aFieldOfALaterVersion": { "x": [1] }
            }
          ],
          "groupLabels": { "alertname": "{{name}}" },
          "commonLabels": {},
          "commonAnnotations": {},
          "externalURL": "http://alertmanager:9093",
          "version": "4",
          "groupKey": "{}:{alertname=\"{{name}}\"}",
          "truncatedAlerts": 0,
          "notificationReason": "a field of a later version"
        }
        """;
}

/// <summary>The inbox's API as its clients use it.</summary>
internal static class AlertsClient
{
    public static Task<HttpResponseMessage> NotifyAsync(this HttpClient client, string body) => client.SendAsync("POST", "/api/alerts/webhook", body);

    public static async Task AcceptsAsync(this HttpClient client, string body)
    {
        using var response = await client.NotifyAsync(body);
        Assert.True(response.StatusCode == HttpStatusCode.NoContent, await response.Content.ReadAsStringAsync());
    }

    public static async Task<JsonElement[]> AlertsAsync(this HttpClient client, string query = "") =>
        (await client.GetJsonAsync("/api/alerts?pageSize=100&" + query)).Items();

    /// <summary>What <c>/health/alerts</c> answers. Its status code goes with what it says.</summary>
    public static async Task<JsonElement> HealthOfAlertsAsync(this HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/health/alerts", UriKind.Relative));
        var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(health.Text("status") is "unknown" or "overdue" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, response.StatusCode);
        return health;
    }

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }
}
