using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Gateway;

/// <summary>The gateway between a client and a backend.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task TwoPlayersMeetThroughTheGateway()
    {
        using var directory = new TempDirectory();
        await using var backend = await BackendService.StartAsync(directory["backend.db"]);
        await using var gateway = await GatewayService.StartAsync(backend.Port);
        var client = gateway.Client;

        Assert.Equal("Healthy", (await client.GetJsonAsync("/api/health")).Text("status"));
        var player1 = await client.AddPlayerAsync();
        var player2 = await client.AddPlayerAsync();
        using var match = await client.PostMatchAsync(player1, player2, 11, 8);
        Assert.Equal(HttpStatusCode.Created, match.StatusCode);
        Assert.Equal(player1, (await client.GetJsonAsync(match.Headers.Location!.ToString())).Number("winnerId"));
        Assert.Equal(player1, (await client.GetJsonAsync("/api/leaderboard")).Items()[0].Number("playerId"));

        // The backend's errors come through as they are.
        foreach (var (method, path, body, status) in new[]
        {
            ("GET", "/api/players/999999", null, 404), ("GET", "/api/players/x", null, 400), ("GET", "/api/nothing", null, 404),
            ("POST", "/api/players", "{}", 400), ("PATCH", "/api/players", null, 405), ("POST", "/api/matches", "nonsense", 400),
        })
        {
            using var direct = await backend.Client.SendAsync(method, path, body);
            using var proxied = await client.SendAsync(method, path, body);
            Assert.Equal(Without("traceId", await direct.ProblemAsync(status)), Without("traceId", await proxied.ProblemAsync(status)));
            Assert.Equal(direct.Content.Headers.Allow, proxied.Content.Headers.Allow);
        }

        static string Without(string property, System.Text.Json.JsonElement problem) =>
            string.Join(",", problem.EnumerateObject().Where(member => member.Name != property).Select(member => member.ToString()));
    }

    [Fact]
    public async Task ABackendThatIsNotThereIs502AndComesBackWithoutARestartOfTheGateway()
    {
        using var directory = new TempDirectory();
        var port = FreePort.Next();
        await using var gateway = await GatewayService.StartAsync(port);
        using (var early = await gateway.Client.SendAsync("GET", "/api/health"))
        {
            Assert.NotNull(early.Headers.RetryAfter);
            await early.ProblemAsync(502);
        }

        for (var round = 0; round < 2; round++)
        {
            await using (var backend = await BackendService.StartAsync(directory["backend.db"], port))
            {
                // At once: no request is spent on connections that died with the last backend.
                Assert.Equal("Healthy", (await gateway.Client.GetJsonAsync("/api/health")).Text("status"));
                await gateway.Client.AddPlayerAsync();
                backend.Kill();
                await backend.WaitForExitAsync();
            }

            using var gone = await gateway.Client.SendAsync("POST", "/api/players", """{"name":"x"}""");
            await gone.ProblemAsync(502);
        }

        Assert.DoesNotContain("   at ", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("Connection refused", gateway.Output, StringComparison.OrdinalIgnoreCase);
        using var alive = await gateway.Management.SendAsync("GET", "/health");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task ABackendThatDoesNotAnswerIs504AndIsToldToStop()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port, timeout: TimeSpan.FromSeconds(1));
        using var response = await gateway.Client.SendAsync("GET", "/api/hang");
        await response.ProblemAsync(504);
        await backend.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AClientThatLeavesTakesItsRequestAlong()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port);
        using var leaving = new CancellationTokenSource();
        var request = gateway.Client.GetAsync(new Uri("/api/hang", UriKind.Relative), leaving.Token);
        await Eventually.TrueAsync(() => Task.FromResult(!backend.Targets.IsEmpty), "the request is at the backend");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await backend.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AnswersComeThroughAsTheBackendGaveThem()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port);

        foreach (var (path, status) in new[] { ("/api/empty", 418), ("/api/silent", 500) })
        {
            using var bodiless = await gateway.Client.SendAsync("GET", path);
            Assert.Equal(status, (int)bodiless.StatusCode);
            Assert.Equal("", await bodiless.Content.ReadAsStringAsync());
            Assert.Null(bodiless.Content.Headers.ContentType);
        }

        using var plain = await gateway.Client.SendAsync("GET", "/api/plain");
        Assert.Equal(503, (int)plain.StatusCode);
        Assert.Equal("not a problem document", await plain.Content.ReadAsStringAsync());
        Assert.Equal("1", Assert.Single(plain.Headers.GetValues("X-Of-Its-Own")));
        Assert.Equal("max-age=7", plain.Headers.CacheControl?.ToString());
        Assert.Null(plain.Headers.RetryAfter);
    }

    [Fact]
    public async Task TheBackendIsToldWhoAsksAndNotWhatTheClientClaims()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(
            backend.Port,
            more: new Dictionary<string, string?> { ["AllowedHosts"] = "127.0.0.1;pong.example", ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true" });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/health", UriKind.Relative));
        foreach (var name in new[] { "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded" })
        {
            request.Headers.Add(name, "for=6.6.6.6");
        }

        request.Headers.Add("X-Other", "kept");
        request.Headers.Host = "pong.example:99";
        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal("127.0.0.1", backend.Headers["X-Forwarded-For"]);
        Assert.Equal("pong.example:99", backend.Headers["X-Forwarded-Host"]);
        Assert.Equal("http", backend.Headers["X-Forwarded-Proto"]);
        Assert.Equal($"127.0.0.1:{backend.Port}", backend.Headers["Host"]);
        Assert.Equal("kept", backend.Headers["X-Other"]);
        Assert.DoesNotContain("X-Forwarded-Prefix", backend.Headers.Keys);
        Assert.DoesNotContain("Forwarded", backend.Headers.Keys);
    }

    [Fact]
    public async Task ABodyOver64KBIs413()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port);
        var body = new string('x', (64 * 1024) + 1);
        using var announced = await gateway.Client.SendAsync("POST", "/api/players", body);
        await announced.ProblemAsync(413);

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/players", UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await gateway.Client.SendAsync(request);
        await chunked.ProblemAsync(413);

        using var passes = await gateway.Client.SendAsync("POST", "/api/players", body[1..]);
        Assert.Equal(HttpStatusCode.OK, passes.StatusCode);
    }

    [Fact]
    public async Task AWebSocketPassesAndMayCarryMoreThanABody()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port, timeout: TimeSpan.FromSeconds(1));
        using var socket = new ClientWebSocket();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/api/socket"), deadline.Token);

        // Silent for longer than a request may be: this is a game, not a request.
        await Task.Delay(TimeSpan.FromSeconds(2.5), deadline.Token);

        var sent = RandomNumberGenerator.GetBytes(300 * 1024);
        var sending = socket.SendAsync(sent.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, deadline.Token);
        using var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (received.Length < sent.Length)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), deadline.Token);
            received.Write(buffer, 0, part.Count);
        }

        await sending;
        Assert.Equal(sent, received.ToArray());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
    }
}
