using System.Security.Cryptography;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>The published directory with PostgreSQL, on a Swarm of one node.</summary>
[CollectionDefinition(CollectionName)]
public sealed class SwarmNode : IAsyncLifetime, IDisposable, ICollectionFixture<SwarmNode>
{
    /// <summary>The collection of these tests.</summary>
    public const string CollectionName = "swarm";

    /// <summary>The stack's name.</summary>
    internal const string Name = "tests";

    /// <summary>An alert that comes with so many players, and once more with twice as many.</summary>
    internal const string Alert = "ManyPlayers";

    /// <summary>So many players.</summary>
    internal const int Step = 10;

    private readonly EngineTurn _turn = new();
    private TempDirectory? _directory;

    /// <summary>What the script said before there was a Swarm.</summary>
    internal ChildResult? WithoutSwarm { get; private set; }

    /// <summary>What it said before a node had the label.</summary>
    internal ChildResult? WithoutLabel { get; private set; }

    /// <summary>What it said at last.</summary>
    internal ChildResult? Deployed { get; private set; }

    /// <summary>The directory.</summary>
    internal string Directory => _directory!["site"];

    /// <summary>The ports on this machine, by their variables in <c>.env</c>.</summary>
    internal Dictionary<string, int> Ports { get; } = new[] { "GATEWAY_PORT", "GRAFANA_PORT" }.ToDictionary(name => name, _ => FreePort.Next());

    /// <summary>A client of the gateway.</summary>
    internal HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Server.WhyMissing is not null)
        {
            return;
        }

        await _turn.TakeAsync();
        _directory = new TempDirectory();
        await DockerEngine.PrepareAsync();
        await ServiceImages.MakeAsync();
        await ContainerImages.MakePostgreSqlAsync();
        var published = await Publication.PublishAsync(Directory, "--Database=PostgreSQL");
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        await File.AppendAllLinesAsync(Path.Combine(Directory, ".env"),
        [
            .. ServiceImages.Variables,
            .. Ports.Select(port => $"{port.Key}={port.Value}"),
            $"DOCKER_ROOT={await DockerEngine.DockerAsync("info", "--format", "{{.DockerRootDir}}")}",
            $"STACK_NAME={Name}",
        ]);
        // Less to wait for.
        Application.ScrapeEvery(Path.Combine(Directory, "stack", "monitoring"), "5s");
        await File.AppendAllTextAsync(Path.Combine(Directory, "stack", "monitoring", "prometheus", "tasks.yml"), $$"""
              - name: tests
                rules:
                  - { alert: {{Alert}}, expr: max(transcendence_players) >= {{Step}}, labels: { step: one } }
                  - { alert: {{Alert}}, expr: max(transcendence_players) >= {{2 * Step}}, labels: { step: two } }

            """.ReplaceLineEndings("\n"));
        await SignAsync();

        WithoutSwarm = await TryDeployAsync();
        // Leaving takes the networks of other running containers along (seen, 20.10).
        EngineTurn.AtTheEnd(() => DockerEngine.DockerAsync("swarm", "leave", "--force"));
        await DockerEngine.DockerAsync("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", $"127.0.0.1:{FreePort.Next()}");
        WithoutLabel = await TryDeployAsync();
        await DockerEngine.DockerAsync("node", "update", "--label-add", "data=true", await DockerEngine.DockerAsync("info", "--format", "{{.Swarm.NodeID}}"));
        Deployed = await TryDeployAsync();
        Assert.True(Deployed.ExitCode == 0, Deployed.Error);
        await HealthyAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        try
        {
            if (WithoutSwarm is not null)
            {
                await RemoveAsync();
            }
        }
        finally
        {
            await _turn.GiveBackAsync();
        }
    }

    private static async Task RemoveAsync()
    {
        await DockerEngine.DockerAsync("stack", "rm", Name);
        var label = $"label=com.docker.stack.namespace={Name}";
        await Eventually.TrueAsync(
            async () =>
            {
                var left = await Task.WhenAll(
                    DockerEngine.DockerAsync("container", "ls", "--all", "--quiet", "--filter", label), DockerEngine.DockerAsync("network", "ls", "--quiet", "--filter", label),
                    DockerEngine.DockerAsync("secret", "ls", "--quiet", "--filter", label), DockerEngine.DockerAsync("config", "ls", "--quiet", "--filter", label));
                return left.All(list => list.Length == 0);
            },
            "nothing but the volumes is left",
            TimeSpan.FromMinutes(2));
        await DockerEngine.DockerAsync(["volume", "rm", .. (await DockerEngine.DockerAsync("volume", "ls", "--quiet", "--filter", $"name=^{Name}_")).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        _directory?.Dispose();
    }

    /// <summary>Deploys, as the README says.</summary>
    internal Task<ChildResult> TryDeployAsync() => DockerEngine.RunAsync("sh", [Path.Combine(Directory, "docker-stack.sh")], TimeSpan.FromMinutes(2));

    /// <summary>Writes the list of what was published anew, as if the model had said what the test changed.</summary>
    private async Task SignAsync()
    {
        var list = Path.Combine(Directory, "SHA256SUMS");
        var paths = (await File.ReadAllLinesAsync(list)).Select(line => line.Split("  ", 2)[1]).ToList();
        await File.WriteAllLinesAsync(list, paths.Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Directory, path))))}  {path}"));
    }

    /// <summary>The containers of a service that run.</summary>
    internal static async Task<string[]> ContainersOfAsync(string service) =>
        (await DockerEngine.DockerAsync("ps", "--quiet", "--filter", $"label=com.docker.swarm.service.name={Name}_{service}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Waits until every task is healthy, and each Prometheus reaches each target.</summary>
    internal static async Task HealthyAsync()
    {
        await Eventually.TrueAsync(
            async () => (await DockerEngine.DockerAsync("service", "ls", "--format", "{{.Replicas}}")).Split('\n').All(tasks => tasks.Split(' ')[0].Split('/') is [var running, var wanted] && running == wanted),
            "every task runs",
            TimeSpan.FromMinutes(5));
        foreach (var prometheus in await ContainersOfAsync("prometheus"))
        {
            // Three backends, two of each of a pair, one of each other; and three, one and one again for their runtime.
            await Eventually.TrueAsync(async () => (await QueryAsync(prometheus, "count(up == 1)")).SequenceEqual(["16"]), "every task is scraped", TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>The values of a query, of a Prometheus that nobody reaches from outside.</summary>
    internal static async Task<IReadOnlyList<string>> QueryAsync(string container, string query)
    {
        using var result = JsonDocument.Parse(await GetAsync(container, $"http://127.0.0.1:9090/api/v1/query?query={Uri.EscapeDataString(query)}"));
        return [.. result.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(r => r.GetProperty("value")[1].GetString()!)];
    }

    /// <summary>Asks from inside a container.</summary>
    internal static Task<string> GetAsync(string container, string url) => DockerEngine.DockerAsync("exec", container, "wget", "-qO-", url);

    /// <summary>Asks the inbox from inside a container.</summary>
    internal Task<string> AskInboxAsync(string container, string path) =>
        DockerEngine.DockerAsync("exec", container, "wget", "-qO-", $"--header=Authorization: {Publication.LoginOf(Directory)}", $"http://alerts:8082{path}");
}
