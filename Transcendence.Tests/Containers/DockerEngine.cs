using System.ComponentModel;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Containers;

/// <summary>The Docker engine that <c>docker</c> leads to, with every image that the application names.</summary>
/// <remarks>A fixture: <c>IClassFixture&lt;DockerEngine&gt;</c>. On an engine of <c>eng/docker-engine.sh</c> the images are made, on another they are pulled where they are missing.</remarks>
public sealed partial class DockerEngine : IAsyncLifetime
{
    /// <summary>The lowest version of the command that Aspire takes. The engine may be older.</summary>
    private const int LowestCommand = 25;

    /// <summary>The network of containers that a test starts by itself: an engine of the script has no default one.</summary>
    internal const string Network = "transcendence-tests";

    private const string Remedy = "Install Docker, or let `eng/docker-engine.sh start DIR` start an engine for the tests, then `. DIR/env`.";

    private static readonly Lazy<(string? WhyMissing, bool HasStandIns)> s_found = new(() => FindAsync().GetAwaiter().GetResult());
    private static readonly Lazy<Task> s_images = new(PrepareImagesAsync);

    /// <summary>What to do where there is no engine; <see langword="null"/> where there is one.</summary>
    public static string? WhyMissing => s_found.Value.WhyMissing;

    /// <summary>Whether its Grafana and its cAdvisor are stand-ins (<c>standin.sh</c>).</summary>
    public static bool HasStandIns => s_found.Value.HasStandIns;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (WhyMissing is null) // Else every test that would use it is skipped.
        {
            await NetworkUse.Containers.EnterAsync();
            await PrepareAsync();
        }
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        if (WhyMissing is null)
        {
            NetworkUse.Containers.Leave();
        }

        return Task.CompletedTask;
    }

    /// <summary>Makes the images, or pulls them; once.</summary>
    internal static Task PrepareAsync() => s_images.Value;

    /// <summary>Runs <c>docker</c> to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it complained about.</exception>
    public static async Task<string> DockerAsync(params string[] arguments)
    {
        var result = await RunAsync("docker", arguments, TimeSpan.FromMinutes(1));
        return result.ExitCode == 0 ? result.Output.Trim() : throw new InvalidOperationException($"docker {string.Join(' ', arguments)} failed{result.Because}");
    }

    /// <summary>Makes images by a script of this directory.</summary>
    internal static async Task MakeAsync(string name, TimeSpan patience, params string[] arguments)
    {
        var script = Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Tests", "Containers", name);
        var made = await RunAsync("bash", [script, .. arguments], patience);
        Assert.True(made.ExitCode == 0, $"{script} failed:\n{made.Error}");
    }

    internal static Task<ChildResult> RunAsync(string command, IEnumerable<string> arguments, TimeSpan patience) =>
        ChildProcess.RunAsync(command, arguments, patience, null);

    private static async Task<(string?, bool)> FindAsync()
    {
        try
        {
            var patience = TimeSpan.FromSeconds(10);
            var command = await RunAsync("docker", ["--version"], patience);
            if (!int.TryParse(CommandVersion().Match(command.Output).Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var version) || version < LowestCommand)
            {
                return ($"`docker --version` says '{command.Output.Trim()}', and Aspire takes {LowestCommand} or newer. Put a newer one first on PATH.", false);
            }

            var engine = await RunAsync("docker", ["info", "--format", "{{json .Labels}}"], patience);
            return engine.ExitCode == 0
                ? (null, engine.Output.Contains("transcendence.tests=yes", StringComparison.Ordinal))
                : ($"No Docker engine answers. {Remedy} (docker info{engine.Because})", false);
        }
        catch (Exception e) when (e is Win32Exception or ToolSourceException)
        {
            return ($"No Docker engine answers. {Remedy} ({e.Message})", false);
        }
    }

    private static async Task PrepareImagesAsync()
    {
        if (HasStandIns)
        {
            await MakeAsync("images.sh", TimeSpan.FromMinutes(3), [.. ContainerImages.All]);
            if (await DockerAsync("network", "ls", "--quiet", "--filter", $"name={Network}") == "")
            {
                await DockerAsync("network", "create", Network);
            }

            return;
        }

        foreach (var image in ContainerImages.All)
        {
            if ((await RunAsync("docker", ["image", "inspect", image], TimeSpan.FromMinutes(1))).ExitCode != 0)
            {
                var pulled = await RunAsync("docker", ["pull", image], TimeSpan.FromMinutes(5));
                Assert.True(pulled.ExitCode == 0, $"The image {image} is not there, and docker pull failed{pulled.Because}");
            }
        }
    }

    [GeneratedRegex(@"version (\d+)\.")]
    private static partial Regex CommandVersion();
}
