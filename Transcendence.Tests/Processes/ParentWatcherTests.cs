using System.Diagnostics;
using Transcendence.Hosting.Processes;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Processes;

public sealed class ParentWatcherTests : IDisposable
{
    private readonly string _token = Guid.NewGuid().ToString("N");

    public void Dispose() => MarkedProcesses.Kill(_token);

    [Theory]
    [InlineData("dotnet run --project X", true)]
    [InlineData("/usr/bin/dotnet watch run", true)]
    [InlineData("dotnet /sdk/DotnetTools/dotnet-watch/tools/net10.0/any/dotnet-watch.dll", true)]
    [InlineData("/bin/bash run", false)]
    [InlineData("dotnet test", false)]
    [InlineData("dotnet", false)]
    [InlineData("", false)]
    public void Dotnet_run_is_known_by_its_command_line(string commandLine, bool expected)
    {
        Assert.Equal(expected, ParentWatcher.IsDotnetRun(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [UnixFact]
    public async Task A_killed_dotnet_run_is_noticed()
    {
        // A shell that goes by the name of dotnet, with "run" among its arguments, stands for `dotnet run`.
        using var directory = new TempDirectory();
        File.Copy(File.ResolveLinkTarget("/bin/sh", returnFinalTarget: true)?.FullName ?? "/bin/sh", directory["dotnet"]);
        var script = $"'{Dotnet()}' '{typeof(ParentWatcherTests).Assembly.Location}' watch-parent; true";
        using var run = new Process
        {
            StartInfo = new ProcessStartInfo(directory["dotnet"], ["-c", script, "run"])
            {
                RedirectStandardOutput = true,
                Environment = { [MarkedProcesses.Variable] = _token },
            },
        };
        run.Start();
        Assert.StartsWith("watching", await ReadLine(run), StringComparison.Ordinal);

        run.Kill();

        Assert.Equal("orphan", await ReadLine(run));
        await Eventually.TrueAsync(() => Task.FromResult(MarkedProcesses.Find(_token).Count == 0), "the orphan has ended");
    }

    [UnixFact]
    public async Task Another_parent_is_not_watched()
    {
        using var host = ProcessHost.Start(_token, "watch-parent");

        Assert.Equal("not watching", await ReadLine(host));
    }

    // The `dotnet` that runs these tests: the shell above would find itself.
    private static string Dotnet() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.GetEnvironmentVariable("PATH")!
            .Split(Path.PathSeparator).Select(path => Path.Combine(path, "dotnet")).First(File.Exists);

    private static async Task<string?> ReadLine(Process process)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await process.StandardOutput.ReadLineAsync(deadline.Token);
    }
}
