using System.Net.Http.Json;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring;

namespace Transcendence.Tests.AppHost;

/// <summary>The two ways in which the tools run.</summary>
internal enum ToolForm
{
    Executables,
    Containers,
}

/// <summary>The whole application of the AppHost, started for a test: free ports, a data directory of its own, a copy of <c>monitoring/</c> with short intervals.</summary>
internal sealed class Application : IAsyncDisposable
{
    /// <summary>Grafana's password.</summary>
    public const string Password = "only-for-tests";

    /// <summary>Long enough for the tools to be fetched on a machine that has none of them.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private const string VolumePrefix = "transcendence-test-";

    private readonly TempDirectory _directory;
    private readonly IDistributedApplicationTestingBuilder _builder;

    private Application(IDistributedApplicationTestingBuilder builder, DistributedApplication app, TempDirectory directory, ToolForm form)
    {
        _builder = builder;
        _directory = directory;
        App = app;
        Form = form;
    }

    /// <summary>The application.</summary>
    public DistributedApplication App { get; }

    /// <summary>How its tools run.</summary>
    public ToolForm Form { get; }

    /// <summary>Its model.</summary>
    public IResourceCollection Resources => _builder.Resources;

    /// <summary>Its data directory.</summary>
    public string DataDirectory => _directory["data"];

    /// <summary>Its copy of <c>monitoring/</c>, which tests may change.</summary>
    public string Monitoring => _directory["monitoring"];

    /// <summary>Starts the application; does not wait for anything.</summary>
    /// <param name="form">How the tools run.</param>
    /// <param name="configure">Changes the model before it is built.</param>
    /// <param name="args">More settings.</param>
    public static async Task<Application> StartAsync(ToolForm form, Action<IDistributedApplicationTestingBuilder>? configure = null, params string[] args)
    {
        var directory = new TempDirectory();
        CopyMonitoring(directory["monitoring"]);
        var builder = await CreateBuilderAsync([$"--DataDirectory={directory["data"]}", $"--Monitoring={directory["monitoring"]}", $"--Tools:Run={form}", .. args]);
        configure?.Invoke(builder);
        var app = await builder.BuildAsync();
        var application = new Application(builder, app, directory, form);
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

    /// <summary>The model, with any free port for each endpoint, and volumes of its own, which go when the application does.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateBuilderAsync(params string[] args)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_AppHost>(
            [$"--ToolsDirectory={RealTools.Cache}", $"--Parameters:grafana-admin-password={Password}", "--Parameters:grafana-secret-key=only-for-tests", .. args]);
        foreach (var resource in builder.Resources.OfType<IResourceWithEndpoints>())
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                endpoint.Port = null;
                endpoint.TargetPort = resource is ContainerResource ? endpoint.TargetPort : null;
            }

            foreach (var volume in resource.Annotations.OfType<ContainerMountAnnotation>().Where(m => m.Type == ContainerMountType.Volume).ToList())
            {
                resource.Annotations.Remove(volume);
                resource.Annotations.Add(new ContainerMountAnnotation($"{VolumePrefix}{Guid.NewGuid():N}", volume.Target, volume.Type, volume.IsReadOnly));
            }
        }

        return builder;
    }

    /// <summary>Copies <c>monitoring/</c>, with a second for the fifteen between scrapes and evaluations: nothing else of the files is changed.</summary>
    public static void CopyMonitoring(string target)
    {
        CopyMonitoringAsItIs(target);
        ScrapeEvery(target, "1s");
    }

    /// <summary>Copies <c>monitoring/</c>.</summary>
    public static void CopyMonitoringAsItIs(string target)
    {
        var source = Path.Combine(ServiceProcess.RepositoryRoot, "monitoring");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Sets the time between scrapes and evaluations in a copy of <c>monitoring/</c>.</summary>
    public static void ScrapeEvery(string monitoring, string interval)
    {
        var configuration = Path.Combine(monitoring, "prometheus", "prometheus.yml");
        var text = File.ReadAllText(configuration);
        Assert.Contains("_interval: 15s", text, StringComparison.Ordinal);
        File.WriteAllText(configuration, text.Replace("_interval: 15s", $"_interval: {interval}", StringComparison.Ordinal));
        if (Path.Combine(monitoring, "prometheus", "objectives.yml") is var objectives && File.Exists(objectives))
        {
            MonitoringFiles.EvaluateObjectivesEvery(objectives, int.Parse(interval.AsSpan(0, interval.Length - 1), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Waits until resources are healthy; all, when none are named.</summary>
    public async Task WaitHealthyAsync(params string[] names)
    {
        using var deadline = new CancellationTokenSource(StartTimeout);
        names = names.Length > 0 ? names : ["backend", "gateway", "alerts", "critical-alerts", "alertmanager", "prometheus", "grafana", "cadvisor", .. Form is ToolForm.Containers ? (string[])["processes"] : []];
        await Task.WhenAll(names.Select(async name =>
        {
            try
            {
                await App.ResourceNotifications.WaitForResourceHealthyAsync(name, WaitBehavior.StopOnResourceUnavailable, deadline.Token);
            }
            catch (Exception e) when (e is DistributedApplicationException or OperationCanceledException)
            {
                App.ResourceNotifications.TryGetCurrentState(name, out var state);
                throw new InvalidOperationException($"'{name}' is {state?.Snapshot.State?.Text} ({state?.Snapshot.HealthStatus}: {string.Join("; ", state?.Snapshot.HealthReports.Select(r => r.Description ?? r.ExceptionText) ?? [])}):\n{string.Join('\n', await LogAsync(name))}", e);
            }
        }));
    }

    /// <summary>Kills the process of a resource.</summary>
    public void Kill(string resource)
    {
        Assert.True(App.ResourceNotifications.TryGetCurrentState(resource, out var state));
        using var process = Process.GetProcessById(Convert.ToInt32(state.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value, CultureInfo.InvariantCulture));
        process.Kill();
    }

    /// <summary>What a resource has logged.</summary>
    public async Task<IReadOnlyList<string>> LogAsync(string resource)
    {
        var lines = new List<string>();
        App.ResourceNotifications.TryGetCurrentState(resource, out var state);
        foreach (var name in new[] { resource, state?.ResourceId }.OfType<string>().Distinct())
        {
            await foreach (var batch in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(name))
            {
                lines.AddRange(batch.Select(line => line.Content));
            }
        }

        return lines;
    }

    /// <summary>Asks Prometheus and gives the value of each series with its labels.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> QueryAsync(string promQL)
    {
        using var result = await GetJsonAsync("prometheus", "/api/v1/query?query=" + Uri.EscapeDataString(promQL));
        return
        [
            .. result.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
                (IReadOnlyDictionary<string, string>)series.GetProperty("metric").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!),
                double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>Gets JSON from a resource; anything but success is an <see cref="HttpRequestException"/>.</summary>
    public async Task<JsonDocument> GetJsonAsync(string resource, string path)
    {
        using var client = CreateClient(resource);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>A client of a resource, which logs in where there is a login.</summary>
    public HttpClient CreateClient(string resource)
    {
        var client = App.CreateHttpClient(resource, "http");
        client.DefaultRequestHeaders.Authorization = ServiceProcess.Basic("admin", Password);
        return client;
    }

    /// <summary>Gives a command and expects it to succeed.</summary>
    public async Task CommandAsync(string resource, string command)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(resource, command);
        Assert.True(result.Success, result.Message);
    }

    /// <summary>Starts a resource, or starts it again, and waits until what was started is healthy: the command may return while the former is still seen to be gone.</summary>
    public async Task StartAsync(string resource, string command)
    {
        var before = DateTime.UtcNow.AddSeconds(-2); // DCP's times are of whole seconds.
        await CommandAsync(resource, command);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await App.ResourceNotifications.WaitForResourceAsync(
            resource,
            e => e.Snapshot is { State.Text: "Running", HealthStatus: Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, StartTimeStamp: { } started } && started.ToUniversalTime() > before,
            deadline.Token);
    }

    /// <summary>The seed's load: through the proxy.</summary>
    public async Task LoadAsync(int requests)
    {
        using var gateway = App.CreateHttpClient("gateway", "http");
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
        using var gateway = App.CreateHttpClient("gateway", "http");
        using var response = await gateway.PostAsJsonAsync(new Uri("/api/players", UriKind.Relative), new { name = $"p{Guid.NewGuid():N}"[..12] }, JsonSerializerOptions.Web);
        Assert.True((int)response.StatusCode >= 500, $"A locked database was answered with {(int)response.StatusCode}.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await App.StopAsync(deadline.Token);
        }
        finally
        {
            var volumes = Resources.SelectMany(r => r.Annotations.OfType<ContainerMountAnnotation>()).Select(m => m.Source).OfType<string>()
                .Where(source => source.StartsWith(VolumePrefix, StringComparison.Ordinal)).ToArray();
            await App.DisposeAsync();
            await _builder.DisposeAsync();
            _directory.Dispose();
            if (volumes.Length > 0)
            {
                await DockerEngine.DockerAsync(["volume", "rm", "--force", .. volumes]);
            }
        }
    }
}
