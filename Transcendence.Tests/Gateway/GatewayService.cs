using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Gateway;

/// <summary>A gateway in a process of its own.</summary>
internal sealed class GatewayService : IAsyncDisposable
{
    private readonly ServiceProcess _process;

    private GatewayService(ServiceProcess process, int managementPort)
    {
        _process = process;
        ManagementPort = managementPort;
        Management = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{managementPort}/")) };
    }

    /// <summary>The public port.</summary>
    public int Port => _process.Port;

    public int ManagementPort { get; }

    /// <summary>Comes in by the public door.</summary>
    public HttpClient Client => _process.Client;

    /// <summary>Comes in by the management door.</summary>
    public HttpClient Management { get; }

    public string Output => _process.Output;

    /// <summary>Starts a gateway as the AppHost does.</summary>
    /// <param name="backendPort">Where the backend is, or will be.</param>
    /// <param name="timeout">How long a request may be without any traffic.</param>
    /// <param name="more">Further settings.</param>
    public static async Task<GatewayService> StartAsync(int backendPort, TimeSpan? timeout = null, IReadOnlyDictionary<string, string?>? more = null)
    {
        var (port, managementPort) = (FreePort.Next(), FreePort.Next());
        var settings = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port};http://127.0.0.1:{managementPort}"),
            ["Management__Port"] = managementPort.ToString(CultureInfo.InvariantCulture),
            ["services__backend__http__0"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{backendPort}"),
            ["ReverseProxy__Clusters__backend__HttpRequest__ActivityTimeout"] = timeout?.ToString(),
        };
        foreach (var (name, value) in more ?? new Dictionary<string, string?>())
        {
            settings[name] = value;
        }

        var process = await ServiceProcess.StartAsync(
            "Transcendence.Gateway", settings, port, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{managementPort}/alive"));
        return new GatewayService(process, managementPort);
    }

    public async ValueTask DisposeAsync()
    {
        Management.Dispose();
        await _process.DisposeAsync();
    }
}
