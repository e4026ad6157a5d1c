using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Containers;

/// <summary><c>eng/docker-engine.sh</c>, beside the engine that it has started for the tests.</summary>
[Collection(ContainerTests.Name)]
public sealed class EngineScriptTests
{
    private static readonly string s_script = Path.Combine(ServiceProcess.RepositoryRoot, "eng", "docker-engine.sh");

    [DockerFact(AsksStandIns = true)]
    public async Task AnEngineEndsWithAllThatItStarted()
    {
        using var parent = new TempDirectory();
        var directory = Path.Combine(parent.FullName, "engine");
        try
        {
            var started = await DockerEngine.RunAsync(s_script, ["start", directory], TimeSpan.FromMinutes(1));
            Assert.True(started.ExitCode == 0, started.Error);
            var host = $"unix://{directory}/docker.sock";
            Assert.Equal("", await DockerEngine.DockerAsync("--host", host, "images", "--quiet"));
            await DockerEngine.DockerAsync("--host", host, "network", "create", "left-over");
        }
        finally
        {
            var stopped = await DockerEngine.RunAsync(s_script, ["stop", directory], TimeSpan.FromMinutes(1));
            Assert.True(stopped.ExitCode == 0, stopped.Error);
        }

        Assert.False(Directory.Exists(directory));
        Assert.DoesNotContain(directory, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories("/proc"), process => CommandLine(process).Contains(directory, StringComparison.Ordinal));
        Assert.NotEqual("", await DockerEngine.DockerAsync("info", "--format", "{{.ID}}")); // The engine of the tests has not noticed.
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // No process, or it has ended meanwhile.
        }
    }
}
