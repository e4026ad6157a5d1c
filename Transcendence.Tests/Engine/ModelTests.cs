using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Transcendence.Hosting.Native;
using Transcendence.Hosting.Orchestration;

namespace Transcendence.Tests.Engine;

/// <summary>What the model refuses, and what it hands to a resource.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData("9lives")]
    [InlineData("my_service")]
    [InlineData("a--b")]
    [InlineData("a-")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234567890")]
    public void ANameThatIsNoDnsLabelIsRefused(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => new ContainerResource(name));
        Assert.Contains($"Resource name '{name}' is invalid", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoResourcesOfOneNameAreRefused()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddContainer("twin", "image", "tag");
        var e = Assert.Throws<DistributedApplicationException>(() => builder.AddContainer("TWIN", "image", "tag"));
        Assert.Contains("'TWIN'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoEndpointsOfOneNameAreRefused()
    {
        var resource = DistributedApplicationTestingBuilder.Create().AddContainer("web", "image", "tag").WithHttpEndpoint();
        Assert.Contains("Endpoint with name 'http' already exists", Assert.Throws<DistributedApplicationException>(() => resource.WithHttpEndpoint()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PublishingIsRefusedAndNotIgnored()
    {
        var e = Assert.Throws<DistributedApplicationException>(() => DistributedApplication.CreateBuilder(["--operation", "publish", "--step", "publish"]));
        Assert.Contains("does not publish", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACircleOfWaitsIsNamed()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var a = builder.AddContainer("a", "image", "tag");
        var b = builder.AddContainer("b", "image", "tag").WaitFor(a);
        a.WaitFor(b);
        await using var app = await builder.BuildAsync();
        var e = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains("a -> b -> a", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReferenceGivesAddressesForServiceDiscoveryAndAsVariables()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var source = builder.AddResource(new DiscoverableResource("my-api")).WithHttpEndpoint().WithHttpEndpoint(name: "admin");
        var secret = builder.AddParameter("secret", "s3cret", secret: true);
        var user = builder.AddContainer("user", "image", "tag")
            .WithReference(source)
            .WithEnvironment("PLAIN", "text")
            .WithEnvironment("KEY", secret)
            .WithEnvironment("MIXED", $"key={secret};url={source.GetEndpoint("http")}/path");
        Allocate(source.Resource, "http", 1111);
        Allocate(source.Resource, "admin", 2222);

        var configuration = await ExecutionConfiguration.ResolveAsync(user.Resource, builder.ExecutionContext, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, CancellationToken.None);
        var environment = configuration.Environment.ToDictionary(v => v.Name);
        Assert.Equal("http://localhost:1111", environment["services__my-api__http__0"].Value);
        Assert.Equal("http://localhost:2222", environment["services__my-api__http__1"].Value);
        Assert.Equal("http://localhost:1111", environment["MY_API_HTTP"].Value);
        Assert.Equal("http://localhost:2222", environment["MY_API_ADMIN"].Value);
        Assert.Equal("key=s3cret;url=http://localhost:1111/path", environment["MIXED"].Value);
        Assert.Equal(["KEY", "MIXED"], environment.Values.Where(v => v.IsSecret).Select(v => v.Name).Order());
    }

    [Fact]
    public async Task AParameterComesFromTheConfigurationOrItsDefaultOrIsMissing()
    {
        var builder = DistributedApplicationTestingBuilder.Create("--Parameters:given=configured");
        var given = builder.AddParameter("given", "default");
        var defaulted = builder.AddParameter("defaulted", "default");
        var missing = builder.AddParameter("missing");
        Assert.Equal("configured", await given.Resource.GetValueAsync(CancellationToken.None));
        Assert.Equal("default", await defaulted.Resource.GetValueAsync(CancellationToken.None));
        var e = await Assert.ThrowsAsync<MissingParameterValueException>(async () => await missing.Resource.GetValueAsync(CancellationToken.None));
        Assert.Contains("--Parameters:missing=VALUE", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGeneratedValueHasWhatWasAskedFor()
    {
        var generator = new GenerateParameterDefault { MinLength = 22, MinLower = 2, MinUpper = 3, MinNumeric = 4, Special = false };
        var values = Enumerable.Range(0, 50).Select(_ => generator.GetDefaultValue()).ToList();
        Assert.Equal(50, values.Distinct().Count());
        Assert.All(values, value =>
        {
            Assert.Equal(22, value.Length);
            Assert.True(value.Count(char.IsAsciiLetterLower) >= 2 && value.Count(char.IsAsciiLetterUpper) >= 3 && value.Count(char.IsAsciiDigit) >= 4, value);
            Assert.All(value, c => Assert.True(char.IsAsciiLetterOrDigit(c)));
        });
        Assert.Throws<InvalidOperationException>(() => new GenerateParameterDefault { Special = false, MinSpecial = 1 }.GetDefaultValue());
    }

    [Fact]
    public void TypesOfProjectsAreGeneratedFromTheReferences()
    {
        var types = typeof(Projects.Transcendence_AppHost).Assembly.GetTypes().Where(t => t.Namespace == "Projects").Select(t => t.Name).Order();
        Assert.Equal(["Transcendence_Alerts", "Transcendence_AppHost", "Transcendence_Backend", "Transcendence_Gateway"], types);
        Assert.True(File.Exists(new Projects.Transcendence_Backend().ProjectPath));
        Assert.True(File.Exists(new Projects.Transcendence_Backend().TargetPath));
        Assert.True(Directory.Exists(Projects.Transcendence_AppHost.ProjectPath));
    }

    [Theory]
    [InlineData("--config.file=/etc/prometheus/prometheus.yml", "--config.file=/home/me/conf/prometheus.yml")]
    [InlineData("--storage.tsdb.path=/prometheus", "--storage.tsdb.path=/home/me/data")]
    [InlineData("/prometheus:/etc/prometheus", "/home/me/data:/home/me/conf")]
    [InlineData("/prometheus-other /var/prometheus /prometheusx", "/prometheus-other /var/prometheus /prometheusx")]
    [InlineData("/etc/prometheus/rules/a.yml", "/home/me/rules/a.yml")]
    public void PathsInAContainerBecomePathsOnTheHost(string text, string expected)
    {
        var mounts = new Dictionary<string, string>
        {
            ["/prometheus"] = "/home/me/data",
            ["/etc/prometheus"] = "/home/me/conf",
            ["/etc/prometheus/rules"] = "/home/me/rules",
        };
        Assert.Equal(expected, ContainerPaths.Rewrite(text, mounts));
    }

    [Fact]
    public void TheCommandLineIsStrongerThanUserSecrets()
    {
        // The AppHost of the tests has no secrets of its own; the order of the sources is what counts.
        var builder = new DistributedApplicationBuilder(new DistributedApplicationOptions { Args = ["--Some:Key=command line"], AssemblyName = typeof(Projects.Transcendence_AppHost).Assembly.GetName().Name });
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources.ToList();
        var secrets = sources.FindIndex(s => s is Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path: "secrets.json" });
        var commandLine = sources.FindLastIndex(s => s is Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationSource);
        var environment = sources.FindLastIndex(s => s is Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        Assert.True(secrets >= 0 && secrets < environment && environment < commandLine, $"{secrets} {environment} {commandLine}");
        Assert.Equal("command line", builder.Configuration["Some:Key"]);
    }

    private static void Allocate(IResource resource, string endpoint, int port)
    {
        var annotation = resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == endpoint);
        annotation.AllocatedEndpoint = new AllocatedEndpoint(annotation, "localhost", port);
    }

    private sealed class DiscoverableResource(string name) : ContainerResource(name), IResourceWithServiceDiscovery;
}
