using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Gateway;

/// <summary>Forwarded headers are believed of proxies that are configured. Without any, see <see cref="ProxyTests"/>.</summary>
public sealed class KnownProxyTests
{
    private const string Proxies = "ForwardedHeaders__KnownProxies";

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.0/8; 127.0.0.0/8", true)]
    [InlineData("10.0.0.7", false)]
    [InlineData(null, false)]
    public async Task AProxyThatIsConfiguredIsBelieved(string? proxies, bool believed)
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(
            backend.Port, more: new Dictionary<string, string?> { [Proxies] = proxies, ["AllowedHosts"] = "127.0.0.1;pong.example" });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/health", UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", "6.6.6.6, 203.0.113.9"); // The first is what the client claimed to the proxy.
        request.Headers.Add("X-Forwarded-Host", "pong.example");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(believed ? "203.0.113.9" : "127.0.0.1", backend.Headers["X-Forwarded-For"]);
        Assert.Equal(believed ? "pong.example" : $"127.0.0.1:{gateway.Port}", backend.Headers["X-Forwarded-Host"]);
        Assert.Equal(believed ? "https" : "http", backend.Headers["X-Forwarded-Proto"]);

        // By that name, too, an origin is judged.
        using var page = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/health", UriKind.Relative));
        page.Headers.Add("X-Forwarded-For", "203.0.113.9");
        page.Headers.Add("X-Forwarded-Host", "pong.example");
        page.Headers.Add("X-Forwarded-Proto", "https");
        page.Headers.Add("Origin", "https://pong.example");
        using var answer = await gateway.Client.SendAsync(page);
        Assert.Equal(believed ? 200 : 403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task ANameThatIsNotAllowedIsNotBelievedOfAProxyEither()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port, more: new Dictionary<string, string?> { [Proxies] = "127.0.0.1" });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/health", UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal($"127.0.0.1:{gateway.Port}", backend.Headers["X-Forwarded-Host"]);
    }

    [Fact]
    public async Task WhatIsNoProxyIsExplained()
    {
        await using var wrong = ServiceProcess.Launch("Transcendence.Gateway", new Dictionary<string, string?> { [Proxies] = "10.0.0.7;nginx" });
        Assert.Equal(1, await wrong.WaitForExitAsync());
        Assert.Contains("ForwardedHeaders:KnownProxies has 'nginx'", wrong.Error, StringComparison.Ordinal);
    }
}
