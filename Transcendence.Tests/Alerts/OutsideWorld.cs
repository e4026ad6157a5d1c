using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Alerts;

/// <summary>What takes notices outside: Slack, Discord, any webhook, a mail server, each by its protocol.</summary>
internal sealed class OutsideWorld : IAsyncDisposable
{
    /// <summary>What whoever writes there has to know.</summary>
    public const string Secret = "only-for-who-writes-there";

    private readonly ConcurrentQueue<(string Channel, string Text)> _told = [];
    private readonly ConcurrentDictionary<string, bool> _refusing = new();
    private readonly CancellationTokenSource _end = new();
    private readonly int _mailPort = FreePort.Next();
    private readonly WebApplication _web;
    private readonly Task _mail;

    private OutsideWorld(WebApplication web)
    {
        _web = web;
        _web.MapMethods($"/{{channel}}/{Secret}", ["GET", "POST"], async (string channel, HttpRequest request) =>
        {
            if (_refusing.ContainsKey(channel))
            {
                return Results.StatusCode(503);
            }

            using var reader = new StreamReader(request.Body);
            _told.Enqueue((channel, await reader.ReadToEndAsync()));
            return Results.Ok();
        });
        var options = new SmtpServerOptionsBuilder().ServerName("localhost")
            .Endpoint(endpoint => endpoint.Port(_mailPort).AllowUnsecureAuthentication().AuthenticationRequired()).Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(new MailBox(this));
        services.Add(new DelegatingUserAuthenticator((user, password) => user == "me@example.org" && password == Secret));
        _mail = new SmtpServer.SmtpServer(options, services).StartAsync(_end.Token);
    }

    /// <summary>The inbox's settings that lead here.</summary>
    public (string, string)[] Settings =>
    [
        ("Notify__Slack", $"{Web}/slack/{Secret}"), ("Notify__Discord", $"{Web}/discord/{Secret}"), ("Notify__Webhook", $"{Web}/webhook/{Secret}"), ("Notify__Heartbeat", $"{Web}/heartbeat/{Secret}"),
        ("Notify__Email", $"smtp://me%40example.org:{Secret}@127.0.0.1:{_mailPort}/?to=you@example.org,them@example.org"),
    ];

    private string Web => _web.Urls.Single();

    /// <summary>Starts it.</summary>
    public static async Task<OutsideWorld> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var world = new OutsideWorld(builder.Build());
        await world._web.StartAsync();
        return world;
    }

    /// <summary>What a channel was told.</summary>
    public IReadOnlyList<string> ToldTo(string channel) => [.. _told.Where(told => told.Channel == channel).Select(told => told.Text)];

    /// <summary>Has a channel refuse, or not.</summary>
    public void Refuse(string channel, bool isRefusing = true)
    {
        if (isRefusing)
        {
            _refusing[channel] = true;
        }
        else
        {
            _refusing.Remove(channel, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _end.CancelAsync();
        await _mail.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private sealed class MailBox(OutsideWorld world) : MessageStore
    {
        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (world._refusing.ContainsKey("email"))
            {
                return Task.FromResult(SmtpResponse.MailboxUnavailable);
            }

            world._told.Enqueue(("email", $"{transaction.From.AsAddress()} {string.Join(' ', transaction.To.Select(to => to.AsAddress()))}\n{Encoding.UTF8.GetString(buffer.ToArray())}"));
            return Task.FromResult(SmtpResponse.Ok);
        }
    }
}
