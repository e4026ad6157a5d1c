using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Transcendence.AppHost.Drills;

/// <summary>Looks at the monitoring as a user does: by the APIs of Prometheus, Alertmanager and the inbox.</summary>
internal sealed partial class Observer(DistributedApplicationModel model, Rehearsal rehearsal)
{
    private static readonly HttpClient s_client = Loopback.CreateClient(TimeSpan.FromSeconds(10));

    /// <summary>Prometheus.</summary>
    public IPrometheusResource Prometheus => model.Resources.OfType<IPrometheusResource>().First();

    /// <summary>Looks.</summary>
    /// <param name="since">Since when what was told to the inbox counts.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task<Look> LookAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var alerts = await AskAsync(Prometheus.PrimaryEndpoint, "/api/v1/alerts", cancellationToken);
        var told = await AskAsync(Inbox, "/api/alerts?pageSize=100", cancellationToken);
        var pipeline = await AskAsync(Inbox, "/api/watchdog", cancellationToken);
        return new(
            DateTimeOffset.UtcNow,
            [
                .. (alerts?.GetProperty("data").GetProperty("alerts").EnumerateArray() ?? []).Select(alert => new RaisedAlert(
                    TextOf(alert, "labels", "alertname"), TextOf(alert, "labels", "service"), alert.GetProperty("state").GetString()!, TextOf(alert, "annotations", "description"))),
            ],
            [
                .. (told?.GetProperty("items").EnumerateArray() ?? []).Select(alert => new ToldAlert(
                    TextOf(alert, "labels", "alertname"), TextOf(alert, "labels", "service"), alert.GetProperty("startsAt").GetDateTimeOffset(),
                    alert.GetProperty("endsAt") is { ValueKind: JsonValueKind.String } end ? end.GetDateTimeOffset() : null,
                    alert.GetProperty("told").EnumerateArray().Any(told => !told.GetProperty("isToPeople").GetBoolean()),
                    !alert.GetProperty("endIsInferred").GetBoolean())).Where(alert => alert.StartsAt >= since),
            ],
            pipeline?.GetProperty("status").GetString() ?? "",
            alerts is not null && told is not null && pipeline is not null);
    }

    /// <summary>What the configuration in force says of times.</summary>
    /// <exception cref="DrillException">Prometheus or Alertmanager does not answer.</exception>
    public async Task<Timings> ReadTimingsAsync(CancellationToken cancellationToken)
    {
        var rules = Of(await AskAsync(Prometheus.PrimaryEndpoint, "/api/v1/rules?type=alert", cancellationToken));
        var configuration = Of(await AskAsync(Prometheus.PrimaryEndpoint, "/api/v1/status/config", cancellationToken)).GetProperty("data").GetProperty("yaml").GetString()!;
        var flags = Of(await AskAsync(Prometheus.PrimaryEndpoint, "/api/v1/status/flags", cancellationToken)).GetProperty("data");
        var routes = Of(await AskAsync(Alertmanager, "/api/v2/status", cancellationToken), "Alertmanager").GetProperty("config").GetProperty("original").GetString()!;
        var interval = Duration(configuration, "evaluation_interval", TimeSpan.FromMinutes(1));
        return new(
            Duration(configuration, "scrape_interval", TimeSpan.FromMinutes(1)),
            interval,
            PromDuration.Parse(flags.GetProperty("rules.alert.resend-delay").GetString()!) + interval, // What was sent a moment less ago is not due yet.
            Duration(routes, "group_wait", TimeSpan.FromSeconds(30)),
            Duration(routes, "group_interval", TimeSpan.FromMinutes(5)),
            rehearsal.WatchdogOverdueAfter + (await StartedWithinAsync(rehearsal.SettleTime, cancellationToken) ? rehearsal.SettleTime : TimeSpan.Zero),
            [
                .. rules.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray().Select(rule => new AlertRule(
                    rule.GetProperty("name").GetString()!,
                    TextOf(rule, "labels", "service"),
                    TimeSpan.FromSeconds(rule.GetProperty("duration").GetDouble()),
                    TimeSpan.FromSeconds(group.GetProperty("interval").GetDouble()),
                    Ranges().Matches(rule.GetProperty("query").GetString()!).Select(match => PromDuration.Parse(match.Groups[1].Value)).DefaultIfEmpty().Max(),
                    rule.GetProperty("query").GetString()!,
                    TextOf(rule, "annotations", "dashboard_url")))),
            ]);

        static JsonElement Of(JsonElement? answer, string who = "Prometheus") => answer ?? throw new DrillException($"{who} does not answer. Start it, and try again.");

        // Those of the whole, or of the root of the routes, and not of a route below it.
        static TimeSpan Duration(string yaml, string key, TimeSpan usual) =>
            Regex.Match(yaml, $@"^  {key}: *(\S+)", RegexOptions.Multiline | RegexOptions.CultureInvariant) is { Success: true } match ? PromDuration.Parse(match.Groups[1].Value) : usual;
    }

    /// <summary>How many silences are in force.</summary>
    public async Task<int> CountSilencesAsync(CancellationToken cancellationToken) => await AskAsync(Alertmanager, "/api/v2/silences", cancellationToken) is { } silences
        ? silences.EnumerateArray().Count(silence => silence.GetProperty("status").GetProperty("state").GetString() == "active") : 0;

    // The inbox is so much more patient then.
    private async Task<bool> StartedWithinAsync(TimeSpan time, CancellationToken cancellationToken) =>
        await QueryAsync(string.Create(CultureInfo.InvariantCulture, $"max(process_start_time_seconds{{job=~\"prometheus|alertmanager\"}}) > time() - {time.TotalSeconds}"), cancellationToken) is not null;

    /// <summary>The value of a query that has one series.</summary>
    /// <returns>The value; <see langword="null"/> when there is none.</returns>
    public async Task<double?> QueryAsync(string query, CancellationToken cancellationToken) =>
        await AskAsync(Prometheus.PrimaryEndpoint, $"/api/v1/query?query={Uri.EscapeDataString(query)}", cancellationToken) is { } answer
            && answer.GetProperty("data").GetProperty("result") is var result && result.GetArrayLength() > 0
            ? double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) : null;

    /// <summary>Gets JSON.</summary>
    /// <returns>The answer; <see langword="null"/> when there is none, or none with success.</returns>
    public async Task<JsonElement?> AskAsync(EndpointReference endpoint, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.Url + path);
            if (endpoint.Resource == Inbox.Resource)
            {
                request.Headers.Authorization = await LoginAsync(cancellationToken);
            }

            using var response = await s_client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken) : null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or JsonException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Alertmanager.</summary>
    public EndpointReference Alertmanager => model.Resources.OfType<IAlertmanagerResource>().First().PrimaryEndpoint;

    /// <summary>The inbox.</summary>
    public EndpointReference Inbox => EndpointOf("alerts");

    /// <summary>Where a resource listens.</summary>
    public EndpointReference EndpointOf(string resource) => model.Resources.OfType<IResourceWithEndpoints>().First(each => each.Name == resource).GetEndpoint("http");

    private async Task<AuthenticationHeaderValue?> LoginAsync(CancellationToken cancellationToken)
    {
        var grafana = model.Resources.OfType<IGrafanaResource>().First();
        var (user, password) = (await grafana.AdminUser.GetValueAsync(cancellationToken), await grafana.AdminPassword.GetValueAsync(cancellationToken));
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private static string TextOf(JsonElement element, string map, string name) => element.TryGetProperty(map, out var labels) && labels.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    [GeneratedRegex($@"\[({PromDuration.Pattern})[\]:]", RegexOptions.CultureInvariant)]
    private static partial Regex Ranges();
}
