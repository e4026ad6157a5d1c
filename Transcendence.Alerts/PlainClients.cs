namespace Transcendence.Alerts;

/// <summary>Clients that do no more than they are told, and how Prometheus and Alertmanager are asked by them.</summary>
internal static class PlainClients
{
    /// <summary>Without retries, as whoever asks does so again soon, and says a failure once; and without lines about each request, whose address may be a secret.</summary>
    public static void AsksOnce(this IHttpClientBuilder client)
    {
#pragma warning disable EXTEXP0001
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        client.RemoveAllLoggers();
    }

    /// <summary>Asks one of them, and when it answered by its own clock, with which its times are to be compared: it may differ from ours.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refuses.</exception>
    /// <exception cref="JsonException">The answer is of another form.</exception>
    public static async Task<(T Value, DateTimeOffset AnsweredAt)> AskAsync<T>(this HttpClient http, string path, JsonSerializerOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        response.EnsureSuccessStatusCode();
        var value = await response.Content.ReadFromJsonAsync<T>(options, cancellationToken) ?? throw new JsonException($"{path} answered null.");
        return (value, response.Headers.Date ?? clock.GetUtcNow());
    }
}
