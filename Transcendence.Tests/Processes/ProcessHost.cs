using System.Diagnostics;
using Transcendence.Hosting.Processes;

namespace Transcendence.Tests.Processes;

/// <summary>
/// The entry point of this assembly, which test runners do not use: an application in a process of its own, for tests to
/// kill. <c>dotnet Transcendence.Tests.dll MODE ...</c>
/// </summary>
internal static class ProcessHost
{
    /// <summary>Starts a mode in a process of its own, with standard output to be read.</summary>
    /// <param name="token">Put into its environment, see <see cref="MarkedProcesses"/>.</param>
    /// <param name="mode">A method of this class.</param>
    /// <param name="arguments">What the method takes.</param>
    public static Process Start(string token, string mode, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ProcessHost).Assembly.Location, mode, .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[MarkedProcesses.Variable] = token;
        return Process.Start(start)!;
    }

    private static Task<int> Main(string[] args) => args switch
    {
        ["run", .. var scripts] => RunAsync(scripts),
        ["run-and-end", .. var scripts] => RunAndEndAsync(scripts),
        ["take-all-children", var script] => TakeAllChildrenAsync(script),
        ["start-without-end"] => StartWithoutEndAsync(),
        ["watch-parent"] => WatchParentAsync(),
        ["install-tools", var cache, var searchPath] => Native.DebianTools.InstallAsync(cache, searchPath),
        _ => throw new ArgumentException($"No such mode: {string.Join(' ', args)}"),
    };

    /// <summary>Runs shell scripts, echoes what they write, never ends by itself.</summary>
    private static async Task<int> RunAsync(string[] scripts)
    {
        var supervisor = new ProcessSupervisor();
        foreach (var script in scripts)
        {
            supervisor.Start(Shell(script), (line, _) => Console.WriteLine(line));
        }

        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>Runs shell scripts and ends, in order, when each has written a line.</summary>
    private static async Task<int> RunAndEndAsync(string[] scripts)
    {
        await using var supervisor = new ProcessSupervisor();
        using var lines = new SemaphoreSlim(0);
        foreach (var script in scripts)
        {
            supervisor.Start(Shell(script), (_, _) => lines.Release());
        }

        for (var i = 0; i < scripts.Length; i++)
        {
            await lines.WaitAsync();
        }

        return 0;
    }

    /// <summary>Runs a shell script behind the supervisor's back, and ends with it.</summary>
    private static async Task<int> TakeAllChildrenAsync(string script)
    {
        await using var supervisor = new ProcessSupervisor();
        supervisor.TakeAllChildren();
        using var process = Process.Start("/bin/sh", ["-c", script]);
        await process.WaitForExitAsync();
        return 0;
    }

    /// <summary>Starts one process after another, so that a kill always comes in the middle of a start.</summary>
    private static async Task<int> StartWithoutEndAsync()
    {
        var supervisor = new ProcessSupervisor();
        for (var i = 0; i < 500; i++)
        {
            supervisor.Start(Shell("sleep 1000 & sleep 1000"), (_, _) => { });
            Console.WriteLine(i);
        }

        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>Says "orphan" and ends when the <c>dotnet run</c> that started it is gone.</summary>
    private static async Task<int> WatchParentAsync()
    {
        var orphaned = new TaskCompletionSource();
        using var watcher = ParentWatcher.TryStart(orphaned.SetResult);
        Console.WriteLine(watcher is null ? "not watching" : $"watching, process {Environment.ProcessId}");
        if (watcher is not null)
        {
            await orphaned.Task;
            Console.WriteLine("orphan");
        }

        return 0;
    }

    private static ProcessSpec Shell(string script) =>
        new() { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/" };
}
