using System.Net;
using System.Text.Json.Serialization;

namespace Transcendence.Alerts.Reconciliation;

/// <summary>Asks Alertmanager, whose address is found by service discovery, which alerts and silences it has, and makes silences.</summary>
internal sealed class AlertmanagerClient(HttpClient http, AlertsOptions options, TimeProvider clock)
{
    // All that fire: one that is silenced or inhibited fires too, only nobody is notified of it.
    private const string Alerts = "api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true";
    private const string Status = "api/v2/status";

    // What is not the answer of an Alertmanager must not pass for one without alerts.
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Asks.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refuses.</exception>
    /// <exception cref="JsonException">What answers is no Alertmanager.</exception>
    public async Task<AlertmanagerAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var askedAt = clock.GetUtcNow();

        // In this order: if it is restarted in between, the alerts are the old one's and the start is the new one's, so it has not settled.
        var (alerts, answeredAt) = await GetAsync<ListedAlert[]>(Alerts, cancellationToken);
        var (status, _) = await GetAsync<AlertmanagerState>(Status, cancellationToken);
        return new(askedAt, [.. alerts.Where(alert => alert.EndsAt > answeredAt)], options.SettleTime - (answeredAt - status.Uptime));
    }

    /// <summary>Asks what it knows of the alert <c>Watchdog</c>.</summary>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task<AlertmanagerSign?> LookAsync(CancellationToken cancellationToken)
    {
        var (sign, fault) = await Looks.TryAsync(
            async token =>
            {
                var (alerts, answeredAt) = await GetAsync<ListedAlert[]>($"{Alerts}&filter=alertname%3D%22{WatchdogWord.AlertName}%22", token);
                var (status, _) = await GetAsync<AlertmanagerState>(Status, token);
                return new AlertmanagerSign(null, answeredAt - status.Uptime, answeredAt - alerts.Where(alert => alert.EndsAt > answeredAt).Max(alert => WatchdogWord.TimeIn(alert.Annotations)));
            },
            "Alertmanager",
            cancellationToken);
        return sign ?? new(fault);
    }

    /// <summary>Asks for its silences, also those that have ended, and for the alerts that fire, each with what silences it.</summary>
    public async Task<(ListedSilence[] Silences, ListedAlert[] Alerts)> SilencesAsync(CancellationToken cancellationToken) =>
        ((await GetAsync<ListedSilence[]>("api/v2/silences", cancellationToken)).Value, (await GetAsync<ListedAlert[]>(Alerts, cancellationToken)).Value);

    /// <summary>Asks for one silence.</summary>
    /// <exception cref="AlertmanagerRefusal">There is none.</exception>
    public async Task<ListedSilence> GetSilenceAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(PathOf(id), cancellationToken);
        await AcceptedAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<ListedSilence>(s_strict, cancellationToken))!;
    }

    /// <summary>Makes a silence.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="AlertmanagerRefusal">It is refused.</exception>
    public async Task<string> MakeSilenceAsync(PostedSilence silence, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("api/v2/silences", silence, JsonSerializerOptions.Web, cancellationToken);
        await AcceptedAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<MadeSilence>(s_strict, cancellationToken))!.SilenceID;
    }

    /// <summary>Ends a silence.</summary>
    /// <exception cref="AlertmanagerRefusal">It is refused.</exception>
    public async Task EndSilenceAsync(Guid id, CancellationToken cancellationToken)
    {
        using var response = await http.DeleteAsync(PathOf(id), cancellationToken);
        await AcceptedAsync(response, cancellationToken);
    }

    private static Uri PathOf(Guid silence) => new($"api/v2/silence/{silence}", UriKind.Relative);

    // Its reason is a string in JSON.
    private static async Task AcceptedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            throw new AlertmanagerRefusal("it has no such silence", StatusCodes.Status404NotFound);
        }

        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new AlertmanagerRefusal(body.StartsWith('"') ? JsonSerializer.Deserialize<string>(body)! : body, StatusCodes.Status400BadRequest);
        }

        response.EnsureSuccessStatusCode();
    }

    private Task<(T Value, DateTimeOffset AnsweredAt)> GetAsync<T>(string path, CancellationToken cancellationToken) => http.AskAsync<T>(path, s_strict, clock, cancellationToken);

    private sealed record MadeSilence(string SilenceID);

    private sealed record AlertmanagerState(DateTimeOffset Uptime); // The moment of its start, whatever the name says.
}

/// <summary>What Alertmanager answered.</summary>
/// <remarks>Asked when, by our clock; which alerts fire; and in how long it will have been up for <see cref="AlertsOptions.SettleTime"/>.</remarks>
internal sealed record AlertmanagerAnswer(DateTimeOffset AskedAt, IReadOnlyList<ListedAlert> Firing, TimeSpan SettlesIn)
{
    /// <summary>Whether an alert that it does not list has ended, or may merely not have been told to it yet.</summary>
    public bool IsSettled => SettlesIn <= TimeSpan.Zero;
}

/// <summary>An alert in the answer of <c>/api/v2/alerts</c>.</summary>
/// <remarks>As in the webhook, but it starts at a full millisecond, ends unless it is repeated, and names those who are notified of it.</remarks>
internal sealed record ListedAlert(
    string Fingerprint,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    IReadOnlyDictionary<string, string?> Labels,
    IReadOnlyDictionary<string, string?> Annotations,
    IReadOnlyList<ListedReceiver> Receivers,
    string? GeneratorURL = null,
    ListedStatus? Status = null)
{
    /// <summary>The same, as the webhook would have said it.</summary>
    [JsonIgnore]
    public WebhookAlert AsNotified => new(WebhookStatus.Firing, Labels, Annotations, StartsAt, EndsAt, GeneratorURL, Fingerprint);
}

/// <summary>What keeps an alert from being told.</summary>
internal sealed record ListedStatus(IReadOnlyList<string> SilencedBy);

/// <summary>Who is notified of an alert, by the name in Alertmanager's configuration.</summary>
internal sealed record ListedReceiver(string Name);
