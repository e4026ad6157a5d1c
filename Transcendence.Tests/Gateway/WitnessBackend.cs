using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Gateway;

/// <summary>A backend that remembers what reached it, and can misbehave.</summary>
internal sealed class WitnessBackend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WitnessBackend()
    {
        Port = FreePort.Next();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add($"http://127.0.0.1:{Port}");
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    public int Port { get; }

    /// <summary>The targets of the requests that came, as they were on the wire.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    /// <summary>The headers of the last request.</summary>
    public Dictionary<string, string?> Headers { get; private set; } = [];

    /// <summary>Completes when somebody who asked for <c>/api/hang</c> has given up.</summary>
    public TaskCompletionSource Abandoned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<WitnessBackend> StartAsync()
    {
        var backend = new WitnessBackend();
        await backend._app.StartAsync();
        return backend;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/alive")
        {
            return; // The gateway's request to itself, whenever it comes.
        }

        Targets.Enqueue(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        Headers = context.Request.Headers.ToDictionary(header => header.Key, header => (string?)header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        switch (context.Request.Path.Value)
        {
            case "/api/hang":
                try
                {
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                    Abandoned.SetResult();
                }

                break;

            case "/api/empty": // No body, and its length said.
                context.Response.StatusCode = StatusCodes.Status418ImATeapot;
                context.Response.ContentLength = 0;
                break;

            case "/api/silent": // No body, and nothing said.
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                await context.Response.StartAsync();
                break;

            case "/api/plain":
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers["X-Of-Its-Own"] = "1";
                context.Response.Headers.CacheControl = "max-age=7";
                await context.Response.WriteAsync("not a problem document");
                break;

            case "/api/socket":
                using (var socket = await context.WebSockets.AcceptWebSocketAsync())
                {
                    await EchoAsync(socket, context.RequestAborted);
                }

                break;

            default:
                await context.Response.WriteAsync("witness");
                break;
        }
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: not WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}
