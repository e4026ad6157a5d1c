using System.Net.WebSockets;
using Transcendence.Tests.Backend;

namespace Transcendence.Tests.Gateway;

/// <summary>Pages that ask through the gateway: it judges where they come from, so that the backend need not.</summary>
public sealed class OriginTests
{
    private const string DevelopmentServer = "http://localhost:5173";

    [Fact]
    public async Task APageOfAnotherOriginReachesNeitherTheBackendNorTheMetrics()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port);
        foreach (var (client, path) in new[] { (gateway.Client, "/api/players"), (gateway.Client, "/"), (gateway.Management, "/metrics") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)) { Headers = { { "Origin", "https://evil.example" } } };
            using var response = await client.SendAsync(request);
            await response.ProblemAsync(403);
        }

        Assert.Empty(backend.Targets);
    }

    [Theory]
    [InlineData("http://{host}", null)]
    [InlineData(DevelopmentServer, DevelopmentServer)]
    public async Task APageThatTheGatewayAnswersIsAnsweredByARealBackendToo(string origin, string? allowed)
    {
        using var directory = new TempDirectory();
        await using var backend = await BackendService.StartAsync(directory["backend.db"]);
        await using var gateway = await GatewayService.StartAsync(backend.Port, more: new Dictionary<string, string?> { ["AllowedOrigins"] = allowed });
        origin = origin.Replace("{host}", $"127.0.0.1:{gateway.Port}", StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/players", UriKind.Relative))
        {
            Content = new StringContent("""{"name":"somebody"}""", null, "application/json"),
            Headers = { { "Origin", origin }, { "Sec-Fetch-Site", "same-site" } },
        };
        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal(allowed is not null, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var readers));
        Assert.Equal(allowed, readers?.Single());
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("http://localhost:5174", false)]
    [InlineData(DevelopmentServer, true)]
    [InlineData("http://127.0.0.1:{port}", true)]
    public async Task AWebSocketIsOpenedToAPageOfOurOwnOnly(string origin, bool opens)
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port, more: new Dictionary<string, string?> { ["AllowedOrigins"] = DevelopmentServer });
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.SetRequestHeader("Origin", origin.Replace("{port}", $"{gateway.Port}", StringComparison.Ordinal));
        var connecting = socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/api/socket"), CancellationToken.None);
        if (opens)
        {
            await connecting;
            Assert.Equal(WebSocketState.Open, socket.State);
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => connecting);
            Assert.Equal(403, (int)socket.HttpStatusCode);
            Assert.Empty(backend.Targets);
        }
    }
}
