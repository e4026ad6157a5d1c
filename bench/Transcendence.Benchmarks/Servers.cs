using Transcendence.ServiceDefaults;
using Yarp.ReverseProxy.Configuration;

namespace Transcendence.Benchmarks;

/// <summary>The servers that are compared, each in a process of its own.</summary>
internal static class Servers
{
    /// <summary>Runs one until its process is ended.</summary>
    /// <param name="name"><c>bare</c>: Kestrel and one endpoint; <c>ours</c>: that with the service defaults; <c>yarp</c>: a proxy and nothing else.</param>
    /// <param name="port">Where it listens, on loopback.</param>
    /// <param name="backend">Where the proxy sends requests.</param>
    public static async Task<int> RunAsync(string name, string port, string? backend)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning); // As services have it: with a logger, an activity is made for each request.
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        switch (name)
        {
            case "ours":
                builder.AddServiceDefaults();
                break;
            case "yarp":
                builder.Services.AddReverseProxy().LoadFromMemory(
                    [new RouteConfig { RouteId = "api", ClusterId = "backend", Match = new RouteMatch { Path = "/api/{**rest}" } }],
                    [new ClusterConfig { ClusterId = "backend", Destinations = new Dictionary<string, DestinationConfig> { ["backend"] = new() { Address = backend! } } }]);
                break;
        }

        await using var app = builder.Build();
        if (name == "yarp")
        {
            app.MapReverseProxy();
        }
        else
        {
            app.MapGet(Peer.Path, (HttpContext _) => Task.CompletedTask);
            app.MapGet("/allocated", () => GC.GetTotalAllocatedBytes(precise: true)).DisableHttpMetrics();
        }

        if (name == "ours")
        {
            app.MapDefaultEndpoints();
            app.MapGet("/children/{count}", (HttpMetrics metrics, int count) => AddChildren(metrics, count)).DisableHttpMetrics();
        }

        await app.RunAsync();
        return 0;
    }

    // Beside those of the requests, in the same two metrics.
    private static void AddChildren(HttpMetrics metrics, int count)
    {
        for (var i = 0; i < count; i++)
        {
            metrics.Resolve("GET", $"/route/{i}", "200", timed: true).Record(TimeSpan.FromMilliseconds(3), null);
        }
    }
}
