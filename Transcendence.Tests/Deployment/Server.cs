using Transcendence.Hosting.Tools;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>The published directory, copied elsewhere, as Docker Compose runs it: a server, for all tests that leave it as they found it.</summary>
/// <remarks>Its images are those of <see cref="DockerEngine"/>, and our services', made as <c>docs/deploy.md</c> says.</remarks>
[CollectionDefinition(Name)]
public sealed class Server : IAsyncLifetime, IDisposable, ICollectionFixture<Server>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "server";

    private static readonly string[] s_needs = ["docker-compose", "docker-registry", "caddy"];

    private readonly EngineTurn _turn = new();
    private TempDirectory? _directory;

    /// <summary>What to do where it cannot be; <see langword="null"/> where it can.</summary>
    public static string? WhyMissing { get; } = DockerEngine.WhyMissing
        ?? (s_needs.FirstOrDefault(name => !ChildProcess.Find(ChildProcess.Split(Environment.GetEnvironmentVariable("PATH") ?? ""), name).Any()) is { } missing ? $"{missing} is not on PATH. Install the package of this name." : null);

    /// <summary>The directory.</summary>
    internal string Directory => _directory!["site"];

    /// <summary>The ports on this machine, by their variables in <c>.env</c>.</summary>
    internal Dictionary<string, int> Ports { get; } = new[]
    {
        "GATEWAY_PORT", "GATEWAY_MANAGEMENT_PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT", "GRAFANA_PORT", "CADVISOR_PORT", "ALERTS_PORT", "HTTP_PORT", "HTTPS_PORT",
    }.ToDictionary(name => name, _ => FreePort.Next());

    /// <summary>An address on this machine.</summary>
    internal Uri Url(string service, string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Ports[$"{service.ToUpperInvariant()}_PORT"]}{path}"));

    /// <summary>A client of all of them.</summary>
    internal HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (WhyMissing is not null)
        {
            return;
        }

        await _turn.TakeAsync();
        _directory = new TempDirectory();
        await DockerEngine.PrepareAsync();
        await ServiceImages.MakeAsync();

        var published = await Publication.PublishAsync(Directory);
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        Client.DefaultRequestHeaders.Authorization = Publication.LoginOf(Directory); // The inbox wants it.
        await File.AppendAllLinesAsync(Path.Combine(Directory, ".env"), await VariablesAsync());
        // Less to wait for. Nothing else of the files is changed.
        Application.ScrapeEvery(Path.Combine(Directory, "monitoring"), "5s");

        await ComposeAsync("up", "-d");
        await HealthyAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (WhyMissing is not null)
        {
            return;
        }

        try
        {
            await ComposeAsync("down", "--volumes");
            foreach (var kind in (string[])["container", "volume", "network"])
            {
                Assert.Equal("", await DockerEngine.DockerAsync([kind, "ls", .. kind == "container" ? (string[])["--all"] : [], "--quiet", "--filter", "label=com.docker.compose.project=site"]));
            }
        }
        finally
        {
            await _turn.GiveBackAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        _directory?.Dispose();
    }

    /// <summary>What <c>.env</c> says of this machine.</summary>
    internal async Task<IEnumerable<string>> VariablesAsync() =>
    [
        .. ServiceImages.Variables,
        .. Ports.Select(port => $"{port.Key}={port.Value}"),
        $"DOCKER_ROOT={await DockerEngine.DockerAsync("info", "--format", "{{.DockerRootDir}}")}",
        $"CADDY_IMAGE={ServiceImages.Caddy}",
    ];

    /// <summary>Runs Compose in the directory.</summary>
    /// <returns>What it wrote to standard output.</returns>
    internal async Task<string> ComposeAsync(params string[] arguments)
    {
        var result = await TryComposeAsync(Directory, arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"docker-compose {string.Join(' ', arguments)} failed: {result.Error}");
    }

    /// <summary>Runs Compose in a directory.</summary>
    internal static Task<ChildResult> TryComposeAsync(string directory, params string[] arguments) => ChildProcess.RunAsync(
        ChildProcess.Find(ChildProcess.Split(Environment.GetEnvironmentVariable("PATH")!), "docker-compose").First(), arguments, TimeSpan.FromMinutes(2), workingDirectory: directory);

    /// <summary>Waits until Docker says that each service is healthy, and Prometheus reaches each target.</summary>
    internal async Task HealthyAsync()
    {
        await Eventually.TrueAsync(
            async () => (await DockerEngine.DockerAsync("ps", "--filter", "label=com.docker.compose.project=site", "--filter", "health=healthy", "--format", "{{.Names}}")).Split('\n').Length == 7,
            "seven containers are healthy",
            TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(
            async () => (await QueryAsync("count(up == 1)")) is ["10"],
            "each target is scraped: seven services, and the runtime of ours",
            TimeSpan.FromMinutes(1));
    }

    /// <summary>The values of a query.</summary>
    internal async Task<IReadOnlyList<string>> QueryAsync(string query)
    {
        using var result = JsonDocument.Parse(await Client.GetStringAsync(Url("prometheus", $"/api/v1/query?query={Uri.EscapeDataString(query)}")));
        return [.. result.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(r => r.GetProperty("value")[1].GetString()!)];
    }
}
