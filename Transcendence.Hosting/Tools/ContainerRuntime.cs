using System.Reflection;

namespace Transcendence.Hosting.Tools;

/// <summary>The container runtime that Aspire would use, Docker or Podman, asked by its command line.</summary>
/// <param name="Name">Its name, which is its command too.</param>
/// <param name="OrchestratorVersion">The version of DCP, by which the tunnel's image is tagged.</param>
internal sealed record ContainerRuntime(string Name, string OrchestratorVersion)
{
    // By the tunnel a container reaches a process of the host. DCP asks for the base at each start, and builds the image when it is not there.
    public const string TunnelBaseImage = "mcr.microsoft.com/azurelinux/base/core:3.0";
    private const string TunnelImage = "dcptun_developer_ms";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks Aspire's orchestrator, DCP, which runtime it takes, and whether that answers.</summary>
    /// <returns>The runtime; or <see langword="null"/>, and why not.</returns>
    public static (ContainerRuntime? Runtime, string Problem) Find(IDistributedApplicationBuilder builder)
    {
        // As Aspire reads it: a setting, or what the build wrote into the AppHost.
        var dcp = builder.Configuration["DcpPublisher:CliPath"] ?? builder.AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(data => string.Equals(data.Key, "dcpclipath", StringComparison.OrdinalIgnoreCase))?.Value;
        if (dcp is null)
        {
            return (null, "Aspire's orchestrator, which runs containers, is not known to this application");
        }

        try
        {
            string[] runtime = builder.Configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } chosen ? ["--container-runtime", chosen] : [];
            var result = Task.Run(() => ChildProcess.RunAsync(dcp, ["info", "--timeout", "3s", .. runtime], s_patience)).GetAwaiter().GetResult();
            using var info = JsonDocument.Parse(result.Output);
            var containers = info.RootElement.GetProperty("containers");
            var name = containers.GetProperty("runtime").GetString()!;
            return !containers.GetProperty("installed").GetBoolean() ? (null, "neither Docker nor Podman is installed")
                : !containers.GetProperty("running").GetBoolean() ? (null, $"{name} is installed and does not answer{Because(containers)}")
                : (new ContainerRuntime(name, info.RootElement.GetProperty("version").GetString()!), "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ToolSourceException)
        {
            return (null, $"Aspire's orchestrator does not say whether Docker or Podman answers ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>Looks for what keeps containers of these images from running. A registry is asked, briefly, only for what is not there.</summary>
    /// <returns>What is missing; <see langword="null"/> when nothing is.</returns>
    public async Task<string?> FindProblemAsync(IEnumerable<string> images)
    {
        var asked = images.Append(TunnelBaseImage).Select(async image => (image, Can: await CanHaveAsync(image).ConfigureAwait(false)));
        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        if (Array.Find(answers, answer => !answer.Can).image is { } missing)
        {
            return $"{Name} answers, but the image {missing} is not there and its registry does not give it";
        }

        return await HasImageAsync($"{TunnelImage}:{OrchestratorVersion}").ConfigureAwait(false) || await CanBuildAsync().ConfigureAwait(false)
            ? null
            : $"{Name} answers, but cannot build the image by which containers reach this machine: install its buildx";
    }

    /// <summary>Whether an image is on this machine.</summary>
    public async Task<bool> HasImageAsync(string image) => (await TryAsync(["image", "inspect", image]).ConfigureAwait(false)).ExitCode == 0;

    /// <summary>Pulls an image, and returns why it could not.</summary>
    public async Task<string?> PullAsync(string image, CancellationToken cancellationToken)
    {
        // Layers are told as they arrive; a large one on a slow line is a long silence.
        var result = await TryAsync(["pull", image], TimeSpan.FromMinutes(10), cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? null : result.Because.Trim(':', ' ', '.');
    }

    /// <summary>Runs a command of the runtime.</summary>
    /// <exception cref="ToolSourceException">It says nothing for too long, or cannot be started.</exception>
    public async Task<ChildResult> RunAsync(TimeSpan patience, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var command = ChildProcess.Find(ChildProcess.Split(Environment.GetEnvironmentVariable("PATH") ?? ""), Name).FirstOrDefault()
            ?? throw new ToolSourceException($"'{Name}' is not on PATH");
        return await ChildProcess.RunAsync(command, arguments, patience, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CanHaveAsync(string image) => await HasImageAsync(image).ConfigureAwait(false)
        || (await TryAsync(["manifest", "inspect", image]).ConfigureAwait(false)).ExitCode == 0;

    // DCP builds with an option that Docker has only with BuildKit, which its command line has by its plugin buildx.
    private async Task<bool> CanBuildAsync() => Path.GetFileName(Name) != "docker"
        || await TryAsync(["build", "--help"]).ConfigureAwait(false) is { ExitCode: 0 } help && help.Output.Contains("--progress", StringComparison.Ordinal);

    /// <summary>Runs a command; what keeps it from running is its error.</summary>
    private async Task<ChildResult> TryAsync(string[] arguments, TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await RunAsync(patience ?? s_patience, cancellationToken, arguments).ConfigureAwait(false);
        }
        catch (ToolSourceException e)
        {
            return new ChildResult(-1, "", e.Message);
        }
    }

    private static string Because(JsonElement containers) =>
        containers.TryGetProperty("error", out var error) ? $" ({error.GetString()!.Trim().Split('\n')[^1].Trim().TrimEnd('.')})" : "";
}
