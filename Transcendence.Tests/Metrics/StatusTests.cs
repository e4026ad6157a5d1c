using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Metrics;

/// <summary>The status of requests that do not end as they should, and the route that they are counted under.</summary>
public class StatusTests
{
    [Theory]
    [InlineData("Production")]
    [InlineData("Development")] // With the developer exception page.
    public async Task AnUnhandledExceptionIs500(string environment)
    {
        await using var app = await MeasuredApp.StartAsync(MapBroken, environment: environment);

        Assert.Equal(500, await app.SendAsync("/broken/1"));
        Assert.Equal(500, await app.SendAsync("/broken-later/1"));

        await app.CountedAsync("GET", "/broken/{id}", 500);
        await app.CountedAsync("GET", "/broken-later/{id}", 500);
    }

    [Fact]
    public async Task AnExceptionBeforeRoutingIs500Too()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.Use((context, next) => context.Request.Path == "/early" ? throw new InvalidOperationException("broken") : next(context));
            app.UseRouting();
            app.MapGet("/early", () => "never");
        });

        Assert.Equal(500, await app.SendAsync("/early"));

        await app.CountedAsync("GET", "unmatched", 500);
    }

    [Theory]
    [InlineData("path")]
    [InlineData("pipeline")]
    [InlineData("service")]
    public async Task AHandledExceptionHasTheRouteThatFailedAndTheStatusThatWasAnswered(string handler)
    {
        await using var app = await MeasuredApp.StartAsync(
            app =>
            {
                _ = handler switch
                {
                    "path" => app.UseExceptionHandler("/error"),
                    "pipeline" => app.UseExceptionHandler(error => error.Run(context => Results.Problem(statusCode: 503).ExecuteAsync(context))),
                    _ => app.UseExceptionHandler(),
                };
                app.Map("/error", () => Results.Problem(statusCode: 503));
                MapBroken(app);
            },
            builder =>
            {
                builder.Services.AddProblemDetails();
                if (handler == "service")
                {
                    builder.Services.AddExceptionHandler<Unavailable>();
                }
            });

        Assert.Equal(503, await app.SendAsync("/broken/1"));
        Assert.Equal(503, await app.SendAsync("/broken-later/1"));

        await app.CountedAsync("GET", "/broken/{id}", 503);
        await app.CountedAsync("GET", "/broken-later/{id}", 503);
        Assert.Equal(0, await app.CountAsync("GET", "/error", 503));
    }

    [Fact]
    public async Task AnErrorPageDoesNotTakeThePlaceOfTheRoute()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.UseStatusCodePagesWithReExecute("/error/{0}");
            app.MapGet("/error/{status:int}", (int status) => $"That was {status}.");
            app.MapGet("/players/{id}", () => Results.NotFound());
        });

        Assert.Equal("That was 404.", await TextAsync("/players/1"));
        Assert.Equal("That was 404.", await TextAsync("/nowhere"));
        Assert.Equal("That was 1.", await TextAsync("/error/1"));

        await app.CountedAsync("GET", "/players/{id}", 404);
        await app.CountedAsync("GET", "unmatched", 404);
        await app.CountedAsync("GET", "/error/{status:int}", 200);
        Assert.Equal(3, (await app.ScrapeAsync()).Counted("http_requests_total").Count());

        async Task<string> TextAsync(string path)
        {
            using var response = await app.Client.GetAsync(new Uri(path, UriKind.Relative));
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task ARefusedRequestHasTheStatusThatWasAnswered()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.MapPost("/too-long", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null))
                .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(10));
            app.MapGet("/thrown", _ => throw new Microsoft.AspNetCore.Http.BadHttpRequestException("No.", StatusCodes.Status422UnprocessableEntity));
        });

        Assert.Equal(413, await app.SendAsync("/too-long", "POST", new StringContent(new string('x', 100))));
        Assert.Equal(422, await app.SendAsync("/thrown"));

        await app.CountedAsync("POST", "/too-long", 413);
        await app.CountedAsync("GET", "/thrown", 422);
    }

    [Fact]
    public async Task AResponseThatIsCutOffByAnExceptionIs500()
    {
        await using var app = await MeasuredApp.StartAsync(app => app.MapGet("/half", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("broken");
        }));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.SendAsync("/half"));

        await app.CountedAsync("GET", "/half", 500);
    }

    [Theory]
    [InlineData("gives up")]
    [InlineData("goes on")]
    [InlineData("fails")]
    [InlineData("streams")]
    public async Task ARequestThatTheClientAbortsIs499(string handler)
    {
        var started = new TaskCompletionSource();
        await using var app = await MeasuredApp.StartAsync(app => app.MapGet("/long", async (HttpContext context) =>
        {
            if (handler == "streams")
            {
                await context.Response.WriteAsync("some");
                await context.Response.Body.FlushAsync();
            }

            started.SetResult();
            if (handler is "gives up" or "streams")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            var aborted = new TaskCompletionSource();
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
            if (handler == "fails")
            {
                throw new InvalidOperationException("broken");
            }

            await context.Response.WriteAsync("done");
        }));

        using var abort = new CancellationTokenSource();
        var request = app.Client.GetAsync(new Uri("/long", UriKind.Relative), abort.Token);
        await started.Task;
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await app.CountedAsync("GET", "/long", 499);
        var metrics = await app.ScrapeAsync();
        Assert.Single(metrics.Counted("http_requests_total"));
        Assert.Equal(0, metrics.Value("http_requests_in_progress", ("method", "GET")));
    }

    [Fact]
    public async Task AConnectionThatIsResetInTheMiddleOfABodyIs499()
    {
        var started = new SemaphoreSlim(0);
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                if (HttpMethods.IsPost(context.Request.Method))
                {
                    started.Release();
                }

                return next(context);
            });
            app.MapPost("/json", (Dictionary<string, string> json) => json.Count);
        });

        for (var i = 1; i <= 50; i++)
        {
            using (var client = new TcpClient { LingerState = new LingerOption(true, 0) })
            {
                await client.ConnectAsync(app.Address.Host, app.Address.Port);
                var stream = client.GetStream();

                // A first request makes Kestrel tell of the abort later than at once, on another thread.
                await stream.WriteAsync("GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
                await stream.ReadExactlyAsync(new byte[100]);
                await stream.WriteAsync("POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
                Assert.True(await started.WaitAsync(TimeSpan.FromSeconds(30)));
            }

            await Eventually.TrueAsync(async () => (await CountsAsync()).Sum() == i, $"{i} requests counted");
        }

        // Kestrel ends the body and tells of the abort on two threads: once in thousands the handler is done in between.
        Assert.InRange(await app.CountAsync("POST", "/json", 499), 45, 50);

        async Task<IEnumerable<double>> CountsAsync() =>
            (await app.ScrapeAsync()).Counted("http_requests_total").Where(sample => sample.Labels["method"] == "POST").Select(sample => sample.Value);
    }

    [Fact]
    public async Task ACompletedResponseIsNotTakenForAnAbortedOne()
    {
        await using var app = await MeasuredApp.StartAsync(app => app.MapGet("/text", () => "text"));

        await Parallel.ForAsync(0, 500, async (_, cancellation) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/text") { Headers = { ConnectionClose = true } };
            using var response = await app.Client.SendAsync(request, cancellation);
            Assert.Equal("text", await response.Content.ReadAsStringAsync(cancellation));
        });

        await app.CountedAsync("GET", "/text", 200, 500);
    }

    [Theory]
    [InlineData("1.1", "GET", 101)]
    [InlineData("2.0", "CONNECT", 200)]
    public async Task AWebSocketIsCountedButNotTimed(string version, string method, int status)
    {
        await using var app = await MeasuredApp.StartAsync(
            app =>
            {
                app.UseWebSockets();
                app.Map("/game", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    var buffer = new byte[100];
                    while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close })
                    {
                    }

                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                });
            },
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            }));

        using (var game = await ConnectAsync())
        {
            await game.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        await app.CountedAsync(method, "/game", status);

        // A player who just closes the lid.
        (await ConnectAsync()).Dispose();

        await app.CountedAsync(method, "/game", status, 2);
        var metrics = await app.ScrapeAsync();
        Assert.Empty(metrics.Counted("http_request_duration_seconds_count"));
        Assert.Single(metrics.Counted("http_requests_total"));
        Assert.Equal(0, metrics.Value("http_requests_in_progress", ("method", method)));

        async Task<ClientWebSocket> ConnectAsync()
        {
            var address = app.Addresses[version == "2.0" ? 1 : 0];
            var socket = new ClientWebSocket
            {
                Options = { HttpVersion = Version.Parse(version), HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact },
            };
            using var handler = new SocketsHttpHandler();
            using var invoker = new HttpMessageInvoker(handler);
            await socket.ConnectAsync(new UriBuilder(new Uri(address, "game")) { Scheme = "ws" }.Uri, invoker, CancellationToken.None);
            return socket;
        }
    }

    private static void MapBroken(WebApplication app)
    {
        app.MapGet("/broken/{id}", _ => throw new InvalidOperationException("broken"));
        app.MapGet("/broken-later/{id}", async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("broken");
        });
    }

    private sealed class Unavailable : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await httpContext.Response.WriteAsync("later", cancellationToken);
            return true;
        }
    }
}
