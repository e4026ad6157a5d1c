using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Metrics;

/// <summary>A service on a real Kestrel that does nothing for its metrics but what every service does.</summary>
internal sealed class MeasuredApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MeasuredApp(WebApplication app)
    {
        _app = app;
        Addresses = [.. _app.Urls.Select(url => new Uri(url))];
        Client = new HttpClient { BaseAddress = Address };
    }

    /// <summary>Where it listens; for more than one address, say so to Kestrel in <c>build</c>.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    public Uri Address => Addresses[0];

    public HttpClient Client { get; }

    /// <summary>Starts the service in the environment Production, with a registry of its own.</summary>
    /// <param name="configure">The service's middleware and endpoints.</param>
    /// <param name="build">The service's builder, after <c>AddServiceDefaults</c>.</param>
    /// <param name="settings">The service's configuration.</param>
    /// <param name="environment">Another environment.</param>
    public static async Task<MeasuredApp> StartAsync(
        Action<WebApplication> configure,
        Action<WebApplicationBuilder>? build = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        string environment = "Production")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Prometheus.Metrics.NewCustomRegistry());
        builder.AddServiceDefaults();
        build?.Invoke(builder);

        var app = builder.Build();
        configure(app);
        app.MapDefaultEndpoints();
        await app.StartAsync();
        return new MeasuredApp(app);
    }

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <returns>The status.</returns>
    public async Task<int> SendAsync(string path, string method = "GET", HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    /// <summary>Reads <c>/metrics</c>, or another path, as Prometheus text.</summary>
    public async Task<Exposition> ScrapeAsync(string path = "/metrics") => Exposition.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>How many requests <c>http_requests_total</c> tells of.</summary>
    public async Task<double> CountAsync(string method, string route, int status) =>
        (await ScrapeAsync()).Value("http_requests_total", ("method", method), ("route", route), ("status_code", $"{status}")) ?? 0;

    /// <summary>Waits until a request is in <c>http_requests_total</c>: its client can have the answer a moment before.</summary>
    public Task CountedAsync(string method, string route, int status, double count = 1) => Eventually.TrueAsync(
        async () => await CountAsync(method, route, status) == count, $"{count} of {method} {route} {status}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
