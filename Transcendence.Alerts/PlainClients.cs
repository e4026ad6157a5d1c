namespace Transcendence.Alerts;

/// <summary>Clients that do no more than they are told.</summary>
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
}
