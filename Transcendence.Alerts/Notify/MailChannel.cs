using System.Diagnostics.CodeAnalysis;
using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Transcendence.Alerts.Notify;

/// <summary>A way out by mail.</summary>
/// <param name="server">Where to, as whom, from whom and to whom.</param>
internal sealed class MailChannel(MailChannel.Server server) : Channel("email")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>A mail server, and who writes to whom by it.</summary>
    internal sealed record Server(string Host, int Port, bool IsTls, NetworkCredential? Login, MailboxAddress From, InternetAddressList To);

    /// <summary>Reads <c>smtp://USER:PASSWORD@HOST:PORT/?from=ADDRESS&amp;to=ADDRESS,ADDRESS</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Server? server)
    {
        server = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("smtp" or "smtps") || url.Host.Length == 0)
        {
            return false;
        }

        // Not as a form: an address may have a plus.
        var query = url.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        var login = url.UserInfo.Split(':', 2) is [{ Length: > 0 } user, { Length: > 0 } password] ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)) : null;
        if ((login is null && url.UserInfo.Length > 0)
            || !MailboxAddress.TryParse(query["from"].LastOrDefault() ?? login?.UserName ?? "", out var from) || !InternetAddressList.TryParse(query["to"].LastOrDefault() ?? "", out var to) || to.Count == 0)
        {
            return false;
        }

        server = new(url.Host, url.Port > 0 ? url.Port : url.Scheme == "smtps" ? 465 : 587, url.Scheme == "smtps", login, from, to);
        return true;
    }

    /// <inheritdoc/>
    public override async Task SendAsync(Notice notice, JsonElement original, CancellationToken cancellationToken)
    {
        using var message = new MimeMessage { Subject = notice.Title, Body = new TextPart("plain") { Text = notice.ToText() } };
        message.From.Add(server.From);
        message.To.AddRange(server.To);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_patience);
        try
        {
            using var smtp = new SmtpClient();
            // A password is sent over no wire that others can read.
            await smtp.ConnectAsync(
                server.Host, server.Port,
                server.IsTls ? SecureSocketOptions.SslOnConnect : server.Login is null || server.Host is "localhost" or "127.0.0.1" or "[::1]" ? SecureSocketOptions.StartTlsWhenAvailable : SecureSocketOptions.StartTls,
                deadline.Token);
            if (server.Login is not null)
            {
                await smtp.AuthenticateAsync(server.Login, deadline.Token);
            }

            await smtp.SendAsync(message, deadline.Token); // Taken: whatever becomes of a farewell, it must not be sent again.
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotSentException(e switch
            {
                OperationCanceledException => "it does not answer in time",
                AuthenticationException => "it refuses the user or the password",
                SslHandshakeException => "its certificate is not trusted, or it speaks no TLS",
                NotSupportedException => "it offers no TLS, and the password is not sent without",
                SmtpCommandException refused => string.Create(CultureInfo.InvariantCulture, $"it refuses with {(int)refused.StatusCode}"),
                _ => "it cannot be reached",
            }, e);
        }
    }
}
