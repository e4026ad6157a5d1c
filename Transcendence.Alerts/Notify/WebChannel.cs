using OpenTelemetry;

namespace Transcendence.Alerts.Notify;

/// <summary>A way out by HTTP.</summary>
/// <param name="name">Its name.</param>
/// <param name="url">A secret: it is said nowhere.</param>
/// <param name="clients">Makes clients.</param>
/// <param name="body">Makes what is posted.</param>
internal sealed class WebChannel(string name, string url, IHttpClientFactory clients, Func<Notice, JsonElement, object> body) : Channel(name)
{
    /// <summary>The name of their client.</summary>
    public const string Client = "notify";

    private const int LongestForDiscord = 2000; // Discord's documentation, Execute webhook.
    private const string MarkupOfDiscord = @"\*_~`|[]()<>#";

    private static readonly string[] s_formatted = ["text"];

    /// <summary>Slack's or Mattermost's incoming webhook.</summary>
    public static WebChannel Slack(string url, IHttpClientFactory clients) => new("slack", url, clients, (notice, _) => new
    {
        text = ForSlack(notice.Title),
        attachments = new[]
        {
            new
            {
                color = notice.IsGood ? "good" : "danger",
                fallback = notice.Title,
                text = notice.Write(null, ForSlack, (text, link) => $"<{link.Replace("|", "%7C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)}|{text}>"),
                mrkdwn_in = s_formatted,
            },
        },
    });

    /// <summary>Discord's webhook.</summary>
    public static WebChannel Discord(string url, IHttpClientFactory clients) => new("discord", url, clients, (notice, _) =>
    {
        // What is too long is left out whole, and counted.
        string content;
        do
        {
            content = notice.Write(title => $"**{ForDiscord(title)}**", ForDiscord, (text, link) => $"[{text}](<{link.Replace(">", "%3E", StringComparison.Ordinal)}>)");
        }
        while (content.Length > LongestForDiscord && (notice = notice.WithoutLastPart()).Parts.Count > 0);
        return new { content = content.Length <= LongestForDiscord ? content : $"**{ForDiscord(notice.Title)[..Math.Min(notice.Title.Length, 200)]}**", allowed_mentions = new { parse = Array.Empty<string>() } };
    });

    /// <summary>What takes Alertmanager's own webhook.</summary>
    public static WebChannel Webhook(string url, IHttpClientFactory clients) => new("webhook", url, clients, (_, original) => original);

    /// <inheritdoc/>
    public override Task SendAsync(Notice notice, JsonElement original, CancellationToken cancellationToken) =>
        SendAsync(clients, http => http.PostAsJsonAsync(url, body(notice, original), cancellationToken), cancellationToken);

    /// <summary>Sends a request whose address is a secret.</summary>
    /// <exception cref="NotSentException">It was not taken.</exception>
    public static async Task SendAsync(IHttpClientFactory clients, Func<HttpClient, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            using var untraced = SuppressInstrumentationScope.Begin(); // A trace would have the address.
            using var http = clients.CreateClient(Client);
            using var response = await send(http);
            if (!response.IsSuccessStatusCode)
            {
                throw new NotSentException(string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}"));
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new NotSentException(e is HttpRequestException { HttpRequestError: var error } ? $"it cannot be reached ({error})" : "it does not answer in time", e);
        }
    }

    // Slack's documentation, Formatting message text: these three are to be written so.
    private static string ForSlack(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string ForDiscord(string text) => string.Concat(text.Select(c => MarkupOfDiscord.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : c.ToString()));
}
