using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Hosting;

/// <summary>The library in an application that has nothing of ours: neither a service nor a file of <c>monitoring/</c>.</summary>
/// <remarks>The application is <c>Transcendence.Tests.AppHost</c>, of three lines.</remarks>
public sealed class LibraryTests
{
    [Fact]
    public async Task ThreeLinesGiveAPrometheusThatScrapesAndAlerts()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["prometheus.yml"], """
            global: { scrape_interval: 1s }
            alerting: { alertmanagers: [{ static_configs: [{ targets: ['notifier:9093'] }] }] }
            scrape_configs: [{ job_name: services, file_sd_configs: [{ files: ['targets/services/*.json'] }] }]
            """);
        Directory.CreateDirectory(directory["notifier"]);
        await File.WriteAllTextAsync(directory["notifier/alertmanager.yml"], "{ route: { receiver: nobody }, receivers: [{ name: nobody }] }");
        await using var builder = await CreateAsync($"--DataDirectory={directory["data"]}", $"--ToolsDirectory={RealTools.Cache}", $"--Files={directory.FullName}", "--Tools:Run=executables");
        builder.AddAlertmanager("notifier").WithConfiguration(directory["notifier"]).WithMetrics();

        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var client = app.CreateHttpClient("metrics");
        await Eventually.TrueAsync(
            async () => (await client.GetStringAsync(new Uri("/api/v1/query?query=up==1", UriKind.Relative))) is var up && up.Contains("\"job\":\"metrics\"", StringComparison.Ordinal) && up.Contains("\"job\":\"notifier\"", StringComparison.Ordinal),
            "both are scraped",
            TimeSpan.FromMinutes(3));
        // Which it finds out apart from what it scrapes.
        var notifier = app.GetEndpoint("notifier", "http").Authority;
        await Eventually.TrueAsync(async () => (await client.GetStringAsync(new Uri("/api/v1/alertmanagers", UriKind.Relative))).Contains(notifier, StringComparison.Ordinal), "it knows the notifier");
    }

    [SkippableFact]
    public async Task EverySampleIsHandedOnToAnEngineForLongTimes()
    {
        var store = ChildProcess.Find(ChildProcess.Split(Environment.GetEnvironmentVariable("PATH") ?? ""), "victoria-metrics").FirstOrDefault();
        Skip.If(store is null, "victoria-metrics is not on PATH. Install the package of this name.");
        using var directory = new TempDirectory();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}");
        using var process = Process.Start(new ProcessStartInfo(store, [$"-storageDataPath={directory["store"]}", $"-httpListenAddr={url["http://".Length..]}"]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            Directory.CreateDirectory(directory["files"]);
            await File.WriteAllTextAsync(directory["files/prometheus.yml"], "global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: services, file_sd_configs: [{ files: ['targets/services/*.json'] }] }]\n");
            await using var builder = await CreateAsync($"--DataDirectory={directory["data"]}", $"--ToolsDirectory={RealTools.Cache}", $"--Files={directory["files"]}", "--Tools:Run=executables");
            builder.CreateResourceBuilder((IPrometheusResource)builder.Resources.Single(r => r.Name == "metrics")).WithRemoteWrite($"{url}/api/v1/write");
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            using var client = new HttpClient();
            await Eventually.TrueAsync(
                async () => (await client.GetStringAsync(new Uri($"{url}/api/v1/query?query=up{{job=\"metrics\"}}"))).Contains("\"metrics\"", StringComparison.Ordinal), "the engine has its samples", TimeSpan.FromMinutes(3));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData("store:9009", "which is no URL. Write it as http://HOST:PORT/api/v1/write.")]
    [InlineData("http://user:secret@store/write", "has credentials in its URL")]
    public async Task ARemoteWriteThatCannotBeIsRefused(string url, string words)
    {
        await using var builder = await CreateAsync("--Tools:Run=executables");
        var metrics = builder.CreateResourceBuilder((IPrometheusResource)builder.Resources.Single(r => r.Name == "metrics"));
        var refused = Assert.Throws<DistributedApplicationException>(() => metrics.WithRemoteWrite(url));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAStandInAToolThatCannotBeHadFailsToStartAndSaysWhatWasTried()
    {
        using var directory = new TempDirectory();
        await using var builder = await CreateAsync($"--DataDirectory={directory["data"]}", $"--ToolsDirectory={directory["tools"]}", "--Tools:Run=executables");
        builder.AddCAdvisor("cadvisor");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        var text = await FailureAsync(app, "cadvisor");
        Assert.Contains("cadvisor is not available. Tried:", text, StringComparison.Ordinal);
        Assert.Contains("https://github.com/google/cadvisor/releases", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsInTheWayOfAToolsDataIsNamedWithTheRemedy()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["prometheus.yml"], "{}");
        Directory.CreateDirectory(directory["data/work/metrics"]);
        await File.WriteAllTextAsync(directory["data/work/metrics/data"], "a file");
        await using var builder = await CreateAsync($"--DataDirectory={directory["data"]}", $"--ToolsDirectory={RealTools.Cache}", $"--Files={directory.FullName}", "--Tools:Run=executables");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        var text = await FailureAsync(app, "metrics");
        Assert.Contains(directory["data/work/metrics/data"], text, StringComparison.Ordinal);
        Assert.Contains("--DataDirectory=PATH", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatOnlyContainersHaveDoesNothingToAnExecutable()
    {
        await using var builder = await CreateAsync("--Tools:Run=executables");
        var touched = false;
        Assert.IsType<PrometheusExecutableResource>(builder.AddPrometheus("second").OnContainer(_ => touched = true).Resource);
        Assert.False(touched);
    }

    [Fact]
    public async Task WhatOnlyContainersHaveIsReachedOnAContainer()
    {
        await using var builder = await CreateAsync("--Tools:Run=containers");
        var prometheus = builder.AddPrometheus("second").OnContainer(container => container.WithImageTag("v3.0.0").WithLifetime(ContainerLifetime.Persistent));
        Assert.Equal("v3.0.0", prometheus.Resource.Annotations.OfType<ContainerImageAnnotation>().Single().Tag);
        Assert.IsType<PrometheusContainerResource>(prometheus.Resource);
    }

    [Theory]
    [InlineData("mirror.example/prom/prometheus:v3.1.0", "mirror.example", "prom/prometheus", "v3.1.0")]
    [InlineData("localhost:5000/prometheus", "localhost:5000", "prometheus", null)]
    [InlineData("bitnami/prometheus", "docker.io", "bitnami/prometheus", null)]
    [InlineData("prom/prometheus:latest", "docker.io", "prom/prometheus", "latest")]
    public async Task AnImageIsThatOfTheSettings(string setting, string registry, string name, string? tag)
    {
        await using var builder = await CreateAsync("--Tools:Run=containers", $"--Tools:Images:Prometheus={setting}");
        var official = Transcendence.Hosting.Prometheus.PrometheusTool.Tool.Image.Tag;
        var image = builder.Resources.Single(r => r.Name == "metrics").Annotations.OfType<ContainerImageAnnotation>().Single();
        Assert.Equal((registry, name, tag ?? official), (image.Registry, image.Image, image.Tag));
    }

    [Fact]
    public async Task APublishedApplicationHasContainersWhateverThisMachineHas()
    {
        await using var builder = await CreateAsync("--publisher", "manifest", "--Tools:Run=executables");
        Assert.True(builder.ExecutionContext.IsPublishMode);
        Assert.IsType<PrometheusContainerResource>(builder.Resources.Single(r => r.Name == "metrics"));
    }

    [Fact]
    public async Task AResourceWithoutTheEndpointCannotBeScrapedAndIsNamed()
    {
        await using var builder = await CreateAsync();
        var service = builder.AddExecutable("worker", "sh", ".");
        var thrown = Assert.Throws<DistributedApplicationException>(() => service.WithMetrics());
        Assert.Equal("WithMetrics: resource 'worker' has no endpoint 'http'. Add it first, or name another one.", thrown.Message);
    }

    private static async Task<string> FailureAsync(DistributedApplication app, string resource)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var failed = await app.ResourceNotifications.WaitForResourceAsync(resource, e => e.Snapshot.State?.Text == KnownResourceStates.FailedToStart, deadline.Token);
        var log = new List<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(failed.ResourceId))
        {
            log.AddRange(batch.Select(line => line.Content));
        }

        return string.Join('\n', log);
    }

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_Tests_AppHost>(args);
}
