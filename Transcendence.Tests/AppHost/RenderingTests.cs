using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Transcendence.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The configuration that the tools are started with, for each place from where they can see the others. Nothing is started.</summary>
public sealed partial class RenderingTests : IAsyncLifetime, IDisposable
{
    // None of them is a port of the model, so that a port which was not replaced is noticed.
    private const int FirstPort = 41_000;

    private static readonly string[] s_tools = ["prometheus", "alertmanager", "grafana"];

    private readonly TempDirectory directory = new();
    private IDistributedApplicationTestingBuilder builder = null!;

    public Task InitializeAsync() => CreateAsync();

    public async Task DisposeAsync() => await builder.DisposeAsync();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task OnTheHostEveryNameIsReplacedByTheAddressOnTheHost()
    {
        // As the embedded engine does: what would be a container is a process like the others.
        var ports = Allocate(_ => "localhost");
        foreach (var tool in s_tools)
        {
            await AssertReplacedAsync(tool, name => $"localhost:{ports[name]}");
        }
    }

    [Fact]
    public async Task InAContainerEveryNameIsReplacedByTheAddressOnItsNetwork()
    {
        // As Aspire does: processes of the host are behind its tunnel, containers have their own names.
        static string Host(IResource resource) => resource is ProjectResource ? "aspire.dev.internal" : $"{resource.Name}.dev.internal";
        var ports = Allocate(Host);
        foreach (var tool in s_tools)
        {
            await AssertReplacedAsync(tool, name => $"{Host(builder.Resources.Single(r => r.Name == name.Split(':')[0]))}:{ports[name]}");
        }
    }

    [Fact]
    public async Task PublishedTheFilesAreThoseOfTheRepository()
    {
        foreach (var tool in s_tools)
        {
            var copy = await RenderAsync(tool, DistributedApplicationOperation.Publish);
            foreach (var file in Files(copy))
            {
                var original = Path.Combine(Source(tool), file);
                Assert.True(File.Exists(original), $"'{file}' of {tool} is rendered, and not in the repository.");
                var expected = await File.ReadAllTextAsync(original);
                var actual = await File.ReadAllTextAsync(Path.Combine(copy, file));
                if (file.EndsWith(".json", StringComparison.Ordinal))
                {
                    // The layout may differ, what it says may not.
                    Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse(actual)), $"'{file}' of {tool} is\n{expected}\nand the model renders\n{actual}");
                }
                else
                {
                    Assert.Equal(expected, actual);
                }
            }

            Assert.Equal(Files(Source(tool)), Files(copy));
        }
    }

    [Fact]
    public async Task PublishedAResourceWithMetricsHasAFileOfItsOwn()
    {
        builder.AddContainer("game-server", "example/game", "1").WithHttpEndpoint(targetPort: 7777).WithMetrics("/stats");
        ((IResourceWithEndpoints)builder.Resources.Single(r => r.Name == "game-server")).KeepContainerPorts(builder.ExecutionContext);

        var copy = await RenderAsync("prometheus", DistributedApplicationOperation.Publish);

        var group = Assert.Single(JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(copy, "targets", "services", "game-server.json"))).EnumerateArray());
        Assert.Equal("game-server:7777", Assert.Single(group.GetProperty("targets").EnumerateArray()).GetString());
        Assert.Equal("game-server", group.GetProperty("labels").GetProperty("job").GetString());
        Assert.Equal("/stats", group.GetProperty("labels").GetProperty("__metrics_path__").GetString());
    }

    [Fact]
    public void PublishedAProjectListensOnItsPortOfTheContainerNetwork()
    {
        // As Aspire publishes a project: its endpoint has no port, because the launch profile is not used.
        var backend = (ProjectResource)builder.Resources.Single(r => r.Name == "backend");
        var endpoint = backend.Annotations.OfType<EndpointAnnotation>().Single();
        endpoint.Port = null;

        backend.KeepContainerPorts(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish));

        Assert.Equal(8000, endpoint.TargetPort);
    }

    [Fact]
    public async Task EachToolRefersToWhatItsConfigurationNames()
    {
        foreach (var tool in s_tools)
        {
            var resource = builder.Resources.Single(r => r.Name == tool);
            var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource);
            foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            {
                await callback.Callback(context);
            }

            var referred = context.EnvironmentVariables.Values.OfType<EndpointReference>()
                .Select(e => $"{e.Resource.Name}:{e.Resource.ContainerPort(e.EndpointName)}").ToHashSet();
            var named = Names(Source(tool)).Where(name => !name.StartsWith($"{tool}:", StringComparison.Ordinal)).ToList();

            Assert.NotEmpty(named);
            Assert.Subset(referred, named.ToHashSet());
        }
    }

    [Fact]
    public async Task ADashboardThatIsGoneIsGoneFromTheCopyToo()
    {
        Allocate(_ => "localhost");
        var copy = await RenderAsync("grafana", DistributedApplicationOperation.Run);
        var files = Files(copy).Order().ToList();
        await File.WriteAllTextAsync(Path.Combine(copy, "dashboards", "renamed-since.json"), "{}");
        await RenderAsync("grafana", DistributedApplicationOperation.Run);
        Assert.Equal(files, Files(copy).Order());
    }

    [Fact]
    public async Task AnExemplarLeadsToItsTraceInTheDashboard()
    {
        Allocate(r => r.Name);
        var dashboard = new Dashboard("aspire-dashboard");
        SeenFrom(KnownNetworkIdentifiers.LocalhostNetwork, builder.AddResource(dashboard).Resource, new EndpointAnnotation(ProtocolType.Tcp, uriScheme: "https"), "localhost", 17_888);

        var lines = await DataSourceAsync();

        Assert.Equal(
            [
                "    jsonData:",
                "      exemplarTraceIdDestinations:",
                "        - name: trace_id",
                "          url: 'https://localhost:17888/traces/detail/$${__value.raw}'",
                "          urlDisplayLabel: Trace in the Aspire dashboard",
            ],
            lines.SkipWhile(line => !line.Contains("jsonData", StringComparison.Ordinal)).Take(5));
        Assert.Contains("      httpMethod: POST", lines);
    }

    [Fact]
    public async Task AnExemplarLeadsNowhereWithoutADashboardThatShowsTraces()
    {
        Allocate(r => r.Name);

        Assert.DoesNotContain(await DataSourceAsync(), line => line.Contains("exemplarTraceIdDestinations", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheScrapeIntervalIsTheSameForPrometheusAndForGrafana()
    {
        await builder.DisposeAsync();
        await CreateAsync("--Prometheus:ScrapeInterval=7s");
        Allocate(r => r.Name);

        Assert.Contains("  scrape_interval: 7s", await File.ReadAllLinesAsync(Path.Combine(await RenderAsync("prometheus", DistributedApplicationOperation.Run), "prometheus.yml")));
        Assert.Contains("      timeInterval: 7s", await DataSourceAsync());
    }

    private static string Name((IResourceWithEndpoints Resource, EndpointAnnotation Annotation, int Port) endpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"{endpoint.Resource.Name}:{endpoint.Port}");

    // Gives an endpoint an address on a network, and on no other one: there it would be waited for in vain.
    private static void SeenFrom(NetworkIdentifier network, IResourceWithEndpoints resource, EndpointAnnotation endpoint, string host, int port)
    {
        resource.Annotations.Remove(endpoint);
        var seen = new EndpointAnnotation(endpoint.Protocol, network, endpoint.UriScheme, name: endpoint.Name, port: endpoint.Port, targetPort: endpoint.TargetPort);
        seen.AllocatedEndpoint = new AllocatedEndpoint(seen, host, port);
        resource.Annotations.Add(seen);

        // A reference keeps the endpoint that it has found.
        if (resource.TryGetLastAnnotation<ScrapeAnnotation>(out var scrape) && scrape.Endpoint.EndpointName == endpoint.Name)
        {
            resource.Annotations.Remove(scrape);
            resource.Annotations.Add(scrape with { Endpoint = new EndpointReference(resource, endpoint.Name) });
        }
    }

    private static SortedSet<string> Files(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Where(IsConfiguration),
        StringComparer.Ordinal);

    private static bool IsConfiguration(string path) => Path.GetExtension(path) is ".yml" or ".json" && !path.StartsWith("tests/", StringComparison.Ordinal);

    private static string Source(string tool) => Path.Combine(ServiceProcess.RepositoryRoot, "monitoring", tool);

    [GeneratedRegex(@"(?<![\w.-])[a-z][a-z0-9-]*:[0-9]+\b")]
    private static partial Regex NameAndPort();

    private List<(IResourceWithEndpoints Resource, EndpointAnnotation Annotation, int Port)> Endpoints() =>
    [
        .. from resource in builder.Resources.OfType<IResourceWithEndpoints>()
           from annotation in resource.Annotations.OfType<EndpointAnnotation>()
           let port = resource.ContainerPort(annotation.Name)
           where port is not null
           select (resource, annotation, port.Value),
    ];

    // Gives every endpoint an address, for containers only. The result is the port of each name of the container network.
    private Dictionary<string, int> Allocate(Func<IResource, string> host)
    {
        var ports = new Dictionary<string, int>();
        foreach (var endpoint in Endpoints())
        {
            var port = ports[Name(endpoint)] = FirstPort + ports.Count;
            SeenFrom(KnownNetworkIdentifiers.DefaultAspireContainerNetwork, endpoint.Resource, endpoint.Annotation, host(endpoint.Resource), port);
        }

        return ports;
    }

    // The names that stand in the files of a tool and mean a resource of the model.
    private SortedSet<string> Names(string root) => new(
        Files(root).SelectMany(file => NameAndPort().Matches(File.ReadAllText(Path.Combine(root, file))).Select(m => m.Value))
            .Where(name => builder.Resources.Any(r => name.StartsWith($"{r.Name}:", StringComparison.Ordinal))),
        StringComparer.Ordinal);

    private async Task CreateAsync(params string[] args) => builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_AppHost>(
        [$"--DataDirectory={directory.FullName}", "--Parameters:grafana-admin-password=x", "--Parameters:grafana-secret-key=x", .. args]);

    private async Task<string> RenderAsync(string tool, DistributedApplicationOperation operation)
    {
        var resource = builder.Resources.Single(r => r.Name == tool);
        var copy = Path.Combine(directory.FullName, tool);
        var addresses = new ResourceAddresses(builder.Resources, resource, new DistributedApplicationExecutionContext(operation));
        await resource.Annotations.OfType<RenderedConfigurationAnnotation>().Single().RenderAsync(copy, addresses, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        return copy;
    }

    private async Task<string[]> DataSourceAsync() =>
        await File.ReadAllLinesAsync(Path.Combine(await RenderAsync("grafana", DistributedApplicationOperation.Run), "provisioning", "datasources", "datasource.yml"));

    private async Task AssertReplacedAsync(string tool, Func<string, string> address)
    {
        var names = Names(Source(tool));
        Assert.NotEmpty(names);
        var copy = await RenderAsync(tool, DistributedApplicationOperation.Run);
        Assert.Empty(Names(copy));
        var rendered = string.Concat(Files(copy).Select(file => File.ReadAllText(Path.Combine(copy, file))));
        foreach (var name in names)
        {
            Assert.Contains(address(name), rendered, StringComparison.Ordinal);
        }
    }

    private sealed class Dashboard(string name) : Resource(name), IResourceWithEndpoints;
}
