using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Tools;

namespace Transcendence.Tests.Hosting;

/// <summary>How the tools run, as a machine's orchestrator and container runtime answer: scripts in their place.</summary>
public sealed class ToolRunTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    [UnixTheory]
    [InlineData("""{"version":"1","containers":{"runtime":"docker","installed":false,"running":false}}""", "neither Docker nor Podman is installed")]
    [InlineData("""{"version":"1","containers":{"runtime":"docker","installed":true,"running":false,"error":"one\nCannot connect to the Docker daemon."}}""", "docker is installed and does not answer (Cannot connect to the Docker daemon)")]
    [InlineData("""{"version":"1","containers":{"runtime":"podman","installed":true,"running":false}}""", "podman is installed and does not answer")]
    [InlineData("panic: no", "Aspire's orchestrator does not say whether Docker or Podman answers")]
    public async Task WithoutARuntimeThatAnswersTheToolsAreExecutables(string info, string reason)
    {
        var run = await ChooseAsync(info);
        Assert.False(run.InContainers);
        Assert.StartsWith(reason, run.Reason, StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData("", "docker answers, and the images are there or can be had", true)]
    [InlineData("prom/prometheus", "docker answers, but the image docker.io/prom/prometheus:", false)]
    [InlineData("azurelinux", "docker answers, but the image mcr.microsoft.com/azurelinux/base/core:3.0 is not there", false)]
    public async Task WithARuntimeTheImagesDecide(string missing, string reason, bool inContainers)
    {
        Runtime(missing, hasTunnel: false, canBuild: true);
        var run = await ChooseAsync(Answering);
        Assert.Equal(inContainers, run.InContainers);
        Assert.StartsWith(reason.Replace("docker", Docker, StringComparison.Ordinal).Replace($"{Docker}.io", "docker.io", StringComparison.Ordinal), run.Reason, StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task TheTunnelIsThereOrCanBeBuilt(bool hasTunnel, bool canBuild, bool inContainers)
    {
        Runtime("", hasTunnel, canBuild);
        Assert.Equal(inContainers, (await ChooseAsync(Answering)).InContainers);
    }

    [UnixFact]
    public async Task TheSettingDecidesWhateverTheMachineHas()
    {
        Runtime("prom/prometheus", hasTunnel: false, canBuild: false);
        Assert.True((await ChooseAsync(Answering, "--Tools:Run=containers")).InContainers);
        Assert.False((await ChooseAsync(Answering, "--Tools:Run=executables")).InContainers);
    }

    [UnixFact]
    public async Task AnEngineThatEndsIsToldOfWithTheRemedy()
    {
        FakeTool.Put(_directory.FullName, "docker", "#!/bin/sh\necho .\necho 'unexpected EOF' >&2\nexit 1\n");
        using var watch = new EngineWatch(new ContainerRuntime(Docker, "1"), NullLogger<EngineWatch>.Instance);
        Assert.Equal(HealthStatus.Healthy, (await watch.CheckHealthAsync(new HealthCheckContext())).Status);

        await watch.StartAsync(CancellationToken.None);
        await watch.ExecuteTask!;

        var health = await watch.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("end this application and start it", health.Description, StringComparison.Ordinal);
    }

    // A name with slashes is looked up nowhere, so this is the runtime's command.
    private string Docker => _directory["docker"];

    private string Answering => $$$"""{"version":"1","containers":{"runtime":"{{{Docker}}}","installed":true,"running":true}}""";

    private void Runtime(string missing, bool hasTunnel, bool canBuild) => FakeTool.Put(_directory.FullName, "docker", $"""
        #!/bin/sh
        case "$*" in
          *dcptun*) exit {(hasTunnel ? 0 : 1)} ;;
          "build --help") echo "{(canBuild ? "--progress" : "")}" ;;
          *"{(missing.Length > 0 ? missing : "nothing is missing")}"*) exit 1 ;;
        esac
        """);

    private async Task<ToolRun> ChooseAsync(string info, params string[] args)
    {
        await File.WriteAllTextAsync(_directory["info.json"], info);
        FakeTool.Put(_directory.FullName, "dcp", $"#!/bin/sh\ncat '{_directory["info.json"]}'\n");
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_Tests_AppHost>([$"--DcpPublisher:CliPath={_directory["dcp"]}", .. args]);
        return ToolRun.Of(builder);
    }
}
