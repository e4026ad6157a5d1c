using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Transcendence.ServiceDefaults;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Services;

/// <summary>No service answers a page of another origin.</summary>
public sealed class OriginTests
{
    private const string DevelopmentServer = "http://localhost:5173";

    [Theory]
    [InlineData("GET", "https://evil.example")]
    [InlineData("POST", "https://evil.example")]
    [InlineData("OPTIONS", "https://evil.example")]
    [InlineData("GET", "null")] // A sandboxed frame, a file.
    [InlineData("GET", DevelopmentServer)] // Another port is another origin.
    [InlineData("GET", "http://localhost")]
    [InlineData("GET", "nonsense")]
    [InlineData("GET", null, "cross-site", "no-cors", "image")]
    [InlineData("GET", null, "same-site", "no-cors", "script")]
    [InlineData("GET", null, "cross-site", "navigate", "iframe")]
    [InlineData("POST", null, "cross-site", "navigate", "document")]
    [InlineData("POST", "https://evil.example", "cross-site", "navigate", "document")]
    [InlineData("GET", "https://evil.example", "same-site", "cors", "empty")]
    public async Task APageOfAnotherOriginIsRefused(string method, string? origin, string? site = null, string? mode = null, string? destination = null)
    {
        var asked = false;
        await using var app = await StartAsync(onRequest: () => asked = true);

        foreach (var path in new[] { "/", "/nowhere", "/metrics", "/metrics/otel", "/health", "/alive" })
        {
            using var response = await SendAsync(app, method, path, origin, site, mode, destination);
            var detail = (await response.ProblemAsync(403)).Text("detail");
            Assert.Contains(origin ?? "another site", detail, StringComparison.Ordinal);
            Assert.Contains("AllowedOrigins", detail, StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }

        Assert.False(asked);
    }

    [Theory]
    [InlineData("GET", null)] // Prometheus, curl, another service.
    [InlineData("POST", null)] // Alertmanager.
    [InlineData("POST", "http://{host}", "same-origin", "cors", "empty")]
    [InlineData("POST", "http://{host}")] // Not on localhost browsers say no more than this.
    [InlineData("POST", "https://{host}")] // Behind a proxy that ends TLS.
    [InlineData("POST", "null", "same-origin", "navigate", "document")] // A form, under the policy no-referrer.
    [InlineData("GET", null, "same-origin", "no-cors", "image")]
    [InlineData("GET", null, "none", "navigate", "document")] // Typed by the user.
    [InlineData("GET", null, "cross-site", "navigate", "document")] // A link.
    public async Task WhoIsNoPageOfAnotherOriginIsAnswered(string method, string? origin, string? site = null, string? mode = null, string? destination = null)
    {
        await using var app = await StartAsync();
        origin = origin?.Replace("{host}", app.Address.Authority, StringComparison.Ordinal);

        using var response = await SendAsync(app, method, "/", origin, site, mode, destination);

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData(DevelopmentServer)]
    [InlineData("https://pong.example; http://LOCALHOST:5173/ ;")]
    public async Task AnOriginThatIsAllowedMayAskAndRead(string setting)
    {
        await using var app = await StartAsync(setting);

        using (var preflight = new HttpRequestMessage(HttpMethod.Options, "/"))
        {
            preflight.Headers.Add("Origin", DevelopmentServer);
            preflight.Headers.Add("Access-Control-Request-Method", "DELETE");
            preflight.Headers.Add("Access-Control-Request-Headers", "content-type");
            using var allowed = await app.Client.SendAsync(preflight);
            Assert.True(allowed.IsSuccessStatusCode);
            Assert.Equal(DevelopmentServer, Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal("DELETE", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Methods")));
            Assert.Equal("content-type", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Headers")));
        }

        using var response = await SendAsync(app, "DELETE", "/", DevelopmentServer, "same-site", "cors", "empty");
        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.Equal(DevelopmentServer, Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));

        using var other = await SendAsync(app, "DELETE", "/", "http://localhost:5174");
        await other.ProblemAsync(403);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("localhost:5173")]
    [InlineData("http://localhost:5173/app")]
    [InlineData("http://a.example;ftp://b.example")]
    [InlineData("http://user@a.example")]
    public void WhatIsNoOriginIsExplained(string setting)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["AllowedOrigins"] = setting;
        var error = Assert.Throws<ServiceStartException>(() => builder.AddServiceDefaults());
        Assert.Contains($"AllowedOrigins has '{setting.Split(';')[^1]}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("http://localhost:5173", error.Message, StringComparison.Ordinal);
    }

    private static Task<MeasuredApp> StartAsync(string? allowed = null, Action? onRequest = null) => MeasuredApp.StartAsync(
        app => app.Map("/", () =>
        {
            onRequest?.Invoke();
            return "ok";
        }),
        settings: new Dictionary<string, string?> { ["AllowedOrigins"] = allowed });

    private static async Task<HttpResponseMessage> SendAsync(
        MeasuredApp app, string method, string path, string? origin, string? site = null, string? mode = null, string? destination = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in new[] { ("Origin", origin), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await app.Client.SendAsync(request);
    }
}
