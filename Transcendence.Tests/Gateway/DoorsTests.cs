using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Gateway;

/// <summary>What passes, by which door, and that nothing else does.</summary>
public sealed class DoorsTests : IAsyncLifetime
{
    private WitnessBackend _backend = null!;
    private GatewayService _gateway = null!;

    public async Task InitializeAsync()
    {
        _backend = await WitnessBackend.StartAsync();
        _gateway = await GatewayService.StartAsync(_backend.Port);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
    }

    [Fact]
    public async Task ApiPassesAsItIs()
    {
        foreach (var target in new[] { "/api", "/api/", "/api/health", "/api/players?page=2&x=%2F%20%22", "/API/Health", "/api/a/b/c;d=e", "/api/caf%C3%A9", "/api/a..b", "/api/100%25", "/api/./health", "/api/x/../health" })
        {
            var (status, text) = await RawHttp.GetAsync(_gateway.Port, target);
            Assert.Equal(200, status);
            Assert.Contains("witness", text, StringComparison.Ordinal);
        }

        Assert.Equal(
            ["/api", "/api/", "/api/health", "/api/players?page=2&x=%2F%20%22", "/API/Health", "/api/a/b/c;d=e", "/api/caf%C3%A9", "/api/a..b", "/api/100%25", "/api/health", "/api/health"],
            _backend.Targets);
    }

    [Fact]
    public async Task NothingButApiPasses()
    {
        string[] targets =
        [
            "/", "/metrics", "/Metrics", "/METRICS", "/metrics/", "/metrics/otel", "/health", "/alive", "/openapi/v1.json", "/apimetrics", "/api;/metrics", "/api%2fmetrics", "/api%5cmetrics",
            "//metrics", "///metrics", "/./metrics", "//api/health", "/%2fapi/health", "/api/../metrics", "/api/%2e%2e/metrics", "/api/.%2E/metrics", "/api/%2E./metrics", "/api/x/../../metrics", "/api/..",
            "/api//../../metrics", "/api/..%2fmetrics", "/api/..%2Fmetrics", "/api/%2e%2e%2fmetrics", "/api/..%5cmetrics", "/api/..\\metrics", "/api/\\..\\metrics", "/api/%5c..%5cmetrics",
            "/api/%252e%252e/metrics", "/api/%252e%252e%252fmetrics", "/api/%25252e%25252e/metrics", "/api/..%252fmetrics", "/api/x%2f..%2f..%2fmetrics",
            "http://localhost/metrics", $"http://127.0.0.1:{_backend.Port}/metrics", $"http://127.0.0.1:{_gateway.ManagementPort}/metrics", "http://localhost/api/../metrics",
            "/metrics?/api/", "/metrics#/api/", "/?path=/api/health", "/api/%00", "*", "api/health", "",
        ];
        foreach (var target in targets)
        {
            foreach (var host in new[] { "localhost", $"127.0.0.1:{_gateway.ManagementPort}", $"127.0.0.1:{_backend.Port}", "gateway:8081" })
            {
                var (status, text) = await RawHttp.GetAsync(_gateway.Port, target, host);
                Assert.True(status is 404 or 400 or 405, $"{target} by {host}: {text}");
                Assert.DoesNotContain("# TYPE", text, StringComparison.Ordinal);
                Assert.DoesNotContain("Healthy", text, StringComparison.Ordinal);
            }
        }

        Assert.Empty(_backend.Targets);
    }

    [Theory]
    [InlineData("/api/health")]
    [InlineData("http://example.invalid/api/health")]
    public async Task ARequestUnderAForeignNameIsRefused(string target)
    {
        var (status, _) = await RawHttp.GetAsync(_gateway.Port, target, "example.invalid");
        Assert.Equal(400, status);
        Assert.Empty(_backend.Targets);
    }

    [Fact]
    public async Task ARequestUnderANameThatIsAllowedGoesToOurBackend()
    {
        await using var server = await GatewayService.StartAsync(
            _backend.Port, more: new Dictionary<string, string?> { ["AllowedHosts"] = "127.0.0.1;example.invalid" });
        var (status, text) = await RawHttp.GetAsync(server.Port, "http://example.invalid/api/health", "example.invalid");
        Assert.Equal(200, status);
        Assert.Contains("witness", text, StringComparison.Ordinal);
        Assert.Equal(["/api/health"], _backend.Targets);
    }

    [Fact]
    public async Task WhatIsNotThereIsSaidInProblemDetails()
    {
        foreach (var method in new[] { "GET", "POST", "DELETE", "OPTIONS", "FOO" })
        {
            using var response = await _gateway.Client.SendAsync(method, "/metrics");
            await response.ProblemAsync(404);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("/metrics", "http_requests_in_progress")]
    [InlineData("/metrics/otel", "dotnet")]
    [InlineData("/health", "Healthy")]
    [InlineData("/alive", "Healthy")]
    public async Task TheManagementPortHasWhatRunsTheGateway(string path, string content) =>
        Assert.Contains(content, await _gateway.Management.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);

    [Fact]
    public async Task TheManagementPortDoesNotLeadToTheBackend()
    {
        using var response = await _gateway.Management.SendAsync("GET", "/api/health");
        await response.ProblemAsync(404);
        var (status, _) = await RawHttp.GetAsync(_gateway.ManagementPort, "/api/health", $"localhost:{_gateway.Port}");
        Assert.Equal(404, status);
        Assert.Empty(_backend.Targets);
    }

    [Fact]
    public async Task WithoutAManagementPortThereIsApiAlone()
    {
        await using var bare = await ServiceProcess.StartAsync(
            "Transcendence.Gateway",
            new Dictionary<string, string?> { ["services__backend__http__0"] = $"http://127.0.0.1:{_backend.Port}" },
            readyPath: "/api/health");
        foreach (var path in new[] { "/metrics", "/metrics/otel", "/health", "/alive" })
        {
            using var response = await bare.Client.SendAsync("GET", path);
            await response.ProblemAsync(404);
        }
    }

    [Fact]
    public async Task AManagementPortOnWhichNobodyListensIsExplained()
    {
        await using var wrong = ServiceProcess.Launch("Transcendence.Gateway", new Dictionary<string, string?> { ["Management__Port"] = "1" });
        Assert.Equal(1, await wrong.WaitForExitAsync());
        Assert.Contains("Management:Port is 1", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestsAreMeasuredWithoutASeriesForEachAddress()
    {
        for (var i = 0; i < 50; i++)
        {
            using var passed = await _gateway.Client.SendAsync("GET", string.Create(CultureInfo.InvariantCulture, $"/api/thing-{i}"));
            using var refused = await _gateway.Client.SendAsync("GET", string.Create(CultureInfo.InvariantCulture, $"/thing-{i}"));
            using var metrics = await _gateway.Client.SendAsync("GET", "/metrics");
        }

        Assert.Equal(50, await _gateway.Management.SampleAsync("http_requests_total{method=\"GET\",route=\"/api/{**rest}\",status_code=\"200\"}"));
        Assert.Equal(100, await _gateway.Management.SampleAsync("http_requests_total{method=\"GET\",route=\"unmatched\",status_code=\"404\"}"));
    }
}
