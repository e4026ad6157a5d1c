namespace Transcendence.Alerts.Notify;

/// <summary>A way out by HTTP.</summary>
/// <param name="name">Its name.</param>
/// <param name="url">A secret: it is said nowhere.</param>
/// <param name="clients">Makes clients.</param>
/// <param name="body">Makes what is posted.</param>
internal sealed class WebChannel(string name, string url, IHttpClientFactory clients, Func<Notice, JsonElement?, object> body) : Channel(name)
{
    /// <summary>The name of their client.</summary>
    public const string Client = "notify";

    private static readonly string[] s_formatted = ["text"];

    // Slack's documentation, Formatting message text: these three are to be written so.
    private static string ForSlack(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Slack's or Mattermost's incoming webhook.</summary>
    public static WebChannel Slack(string url, IHttpClientFactory clients) => new("slack", url, clients, (notice, _) => new
    {
        text = notice.Title,
        attachments = new[]
        {
            new { color = notice.IsGood ? "good" : "danger", fallback = notice.Title, text = notice.Write(title => $"*{ForSlack(title)}*", ForSlack, (text, link) => $"<{link.Replace(">", "%3E", StringComparison.Ordinal)}|{text}>"), mrkdwn_in = s_formatted },
        },
    });

    /// <summary>Discord's webhook.</summary>
    public static WebChannel Discord(string url, IHttpClientFactory clients) => new("discord", url, clients, (notice, _) =>
    {
        const int Longest = 2000; // Discord's documentation, Execute webhook.
        var content = notice.Write(title => $"**{title}**", text => text, (text, link) => $"[{text}](<{link}>)");
        return new { content = content.Length <= Longest ? content : $"{content[..(Longest - 1)]}…", allowed_mentions = new { parse = Array.Empty<string>() } };
    });

    /// <summary>What takes Alertmanager's own webhook. What is the inbox's own is told in the same form, as an alert.</summary>
    public static WebChannel Webhook(string url, IHttpClientFactory clients, TimeProvider clock) => new("webhook", url, clients, (notice, original) => original as object ?? new
    {
        version = "4",
        groupKey = notice.Title,
        status = notice.IsGood ? WebhookStatus.Resolved : WebhookStatus.Firing,
        receiver = "webhook",
        alerts = new[]
        {
            new
            {
                status = notice.IsGood ? WebhookStatus.Resolved : WebhookStatus.Firing,
                labels = new { alertname = "MonitoringOverdue", severity = "critical", service = "monitoring" },
                annotations = new { summary = notice.Title, description = notice.Parts[0].Lines[0] },
                startsAt = clock.GetUtcNow(),
                fingerprint = "monitoring",
            },
        },
    });

    /// <inheritdoc/>
    public override async Task SendAsync(Notice notice, JsonElement? original, CancellationToken cancellationToken)
    {
        try
        {
            using var http = clients.CreateClient(Client);
            using var response = await http.PostAsJsonAsync(url, body(notice, original), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new NotSentException(string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}"));
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new NotSentException(Reasons.Of(e), e);
        }
    }
}

/// <summary>Why something outside cannot be reached, without its address, which is a secret.</summary>
internal static class Reasons
{
    /// <summary>Says why.</summary>
    public static string Of(Exception e) => e is HttpRequestException { HttpRequestError: var error } ? $"it cannot be reached ({error})" : "it does not answer in time";
}
