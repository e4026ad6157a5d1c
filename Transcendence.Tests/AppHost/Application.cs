using System.Net.Http.Json;
using System.Text.Json;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The whole application of the AppHost, started for a test: free ports, a data directory of its own, short intervals.</summary>
internal sealed class Application : IAsyncDisposable
{
    /// <summary>Long enough for the tools to be fetched on a machine that has none of them.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private readonly TempDirectory directory;
    private readonly IDistributedApplicationTestingBuilder builder;

    private Application(IDistributedApplicationTestingBuilder builder, DistributedApplication app, TempDirectory directory)
    {
        this.builder = builder;
        this.directory = directory;
        App = app;
    }

    /// <summary>Where all tests find fetched tools.</summary>
    public static string ToolsDirectory { get; } = RealTools.Cache;

    /// <summary>The application.</summary>
    public DistributedApplication App { get; }

    /// <summary>Its data directory.</summary>
    public string DataDirectory => directory.FullName;

    /// <summary>Starts the application; does not wait for anything.</summary>
    /// <param name="configure">Changes the model before it is built.</param>
    /// <param name="args">More settings.</param>
    public static async Task<Application> StartAsync(Action<IDistributedApplicationTestingBuilder>? configure = null, params string[] args)
    {
        var directory = new TempDirectory();
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_AppHost>(
        [
            $"--DataDirectory={directory.FullName}",
            $"--ToolsDirectory={ToolsDirectory}",
            "--Prometheus:ScrapeInterval=1s",
            "--Prometheus:EvaluationInterval=1s",
            "--Parameters:grafana-admin-password=only-for-tests",
            "--Parameters:grafana-secret-key=only-for-tests",
            .. args,
        ]);
        configure?.Invoke(builder);
        var app = await builder.BuildAsync();
        var application = new Application(builder, app, directory);
        try
        {
            await app.StartAsync();
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until resources are healthy; all, when none are named.</summary>
    public async Task WaitHealthyAsync(params string[] names)
    {
        using var deadline = new CancellationTokenSource(StartTimeout);
        names = names.Length > 0 ? names : ["backend", "gateway", "alerts", "critical-alerts", "alertmanager", "prometheus", "grafana", "cadvisor"];
        await Task.WhenAll(names.Select(name => App.ResourceNotifications.WaitForResourceHealthyAsync(name, deadline.Token)));
    }

    /// <summary>Asks Prometheus and gives the value of each series with its labels.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> QueryAsync(string promQL)
    {
        using var result = await GetJsonAsync("prometheus", "/api/v1/query?query=" + Uri.EscapeDataString(promQL));
        return
        [
            .. result.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
                (IReadOnlyDictionary<string, string>)series.GetProperty("metric").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!),
                double.Parse(series.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>Gets JSON from a resource; anything but success is an <see cref="HttpRequestException"/>.</summary>
    public async Task<JsonDocument> GetJsonAsync(string resource, string path)
    {
        using var client = App.CreateHttpClient(resource);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Gives a command and expects it to succeed.</summary>
    public async Task CommandAsync(string resource, string command)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(resource, command);
        Assert.True(result.Success, result.ErrorMessage);
    }

    /// <summary>The seed's load: through the proxy.</summary>
    public async Task LoadAsync(int requests)
    {
        using var gateway = App.CreateHttpClient("gateway");
        for (var i = 0; i < requests; i++)
        {
            using var response = await gateway.GetAsync(new Uri("/api/health", UriKind.Relative));
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>A real 5xx.</summary>
    public async Task FailAsync()
    {
        using var locked = await DatabaseLock.TakeAsync(Path.Combine(DataDirectory, "backend", "backend.db"));
        using var gateway = App.CreateHttpClient("gateway");
        using var response = await gateway.PostAsJsonAsync(new Uri("/api/players", UriKind.Relative), new { name = $"p{Guid.NewGuid():N}"[..12] }, JsonSerializerOptions.Web);
        Assert.True((int)response.StatusCode >= 500, $"A locked database was answered with {(int)response.StatusCode}.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await App.StopAsync(deadline.Token);
        }
        finally
        {
            await App.DisposeAsync();
            await builder.DisposeAsync();
            directory.Dispose();
        }
    }
}
