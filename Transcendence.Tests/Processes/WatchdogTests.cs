using System.Diagnostics;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Processes;

/// <summary>An application in a process of its own is killed; nothing that it has started may live on.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly string _token = Guid.NewGuid().ToString("N");

    public void Dispose() => MarkedProcesses.Kill(_token);

    [UnixFact]
    public async Task A_killed_application_leaves_no_process()
    {
        using var host = ProcessHost.Start(
            _token,
            "run",
            "sleep 1000 & echo ready; wait",
            "(sleep 1001 &); echo ready; exec sleep 1002",
            "sh -c 'sh -c \"sleep 1003; true\"; true' & echo ready; wait");
        await ReadLines(host, 3);
        Assert.InRange(MarkedProcesses.Find(_token).Count, 1 + 1 + 2 + 2 + 4, 100);

        host.Kill();

        await NothingIsLeft();
    }

    [UnixFact]
    public async Task Nor_when_the_processes_ignore_SIGTERM()
    {
        using var host = ProcessHost.Start(
            _token, "run", "trap '' TERM; echo ready; while :; do sleep 1; done", "trap '' TERM; (sleep 1000 &) ; echo ready; sleep 1000");
        await ReadLines(host, 2);

        host.Kill();

        await NothingIsLeft();
    }

    [UnixFact]
    public async Task Nor_when_a_process_has_thrown_away_its_environment()
    {
        // The first is known because it was registered, the second because its parent is known.
        using var host = ProcessHost.Start(
            _token, "run", "exec env -i /bin/sh -c 'echo $$; sleep 1000; true'", "env -i /bin/sh -c 'echo $$; sleep 1000; true'; true");
        var processes = await ReadLines(host, 2);
        Assert.All(processes, process => Assert.True(IsAlive(process)));

        host.Kill();

        await NothingIsLeft();
        await Eventually.TrueAsync(() => Task.FromResult(!processes.Any(IsAlive)), "the processes without environment have ended");
    }

    [UnixFact]
    public async Task A_process_is_asked_before_it_is_killed()
    {
        using var directory = new TempDirectory();
        using var host = ProcessHost.Start(
            _token, "run", $"trap 'echo asked > \"{directory["trace"]}\"; exit' TERM; echo ready; while :; do sleep 0.05; done");
        await ReadLines(host, 1);

        host.Kill();

        await NothingIsLeft();
        Assert.Equal("asked\n", await File.ReadAllTextAsync(directory["trace"]));
    }

    [UnixFact]
    public async Task Nor_when_it_is_killed_in_the_middle_of_a_start()
    {
        // At another moment each time: before the first process, and after the first, the second, ...
        foreach (var started in new[] { 0, 1, 2, 3, 5, 8 })
        {
            using var host = ProcessHost.Start(_token, "start-without-end");
            await ReadLines(host, started);
            host.Kill();

            await NothingIsLeft();
        }
    }

    [UnixFact]
    public async Task Nor_when_Ctrl_C_or_a_closed_terminal_reached_the_watchdog_first()
    {
        using var host = ProcessHost.Start(_token, "run", "trap '' INT TERM HUP; echo ready; while :; do sleep 1; done");
        await ReadLines(host, 1);
        var watchdog = await WatchdogAsync();
        foreach (var signal in new[] { "INT", "TERM", "HUP", "QUIT" })
        {
            Signal(signal, watchdog);
        }

        host.Kill();

        await NothingIsLeft();
    }

    [UnixFact]
    public async Task A_killed_watchdog_is_replaced()
    {
        using var directory = new TempDirectory();
        using var host = ProcessHost.Start(
            _token, "run", $"echo ready; while [ ! -e '{directory["go"]}' ]; do sleep 0.05; done", "echo ready; exec sleep 1000");
        await ReadLines(host, 2);
        var first = await WatchdogAsync();

        // It is noticed when the next process starts or, as here, ends.
        Signal("KILL", first);
        await File.WriteAllTextAsync(directory["go"], "");
        await Eventually.TrueAsync(() => Task.FromResult(Watchdogs().Any(id => id != first)), "there is another watchdog");
        host.Kill();

        await NothingIsLeft();
    }

    [UnixFact]
    public async Task All_children_of_the_application_can_be_included()
    {
        using (var killed = ProcessHost.Start(_token, "take-all-children", "sleep 1000 & echo ready; wait"))
        {
            await ReadLines(killed, 1);
            killed.Kill();
            await NothingIsLeft();
        }

        using var ended = ProcessHost.Start(_token, "take-all-children", "sleep 1000 & echo ready");
        await ended.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(MarkedProcesses.Find(_token));
    }

    [UnixFact]
    public async Task An_orderly_end_leaves_no_process_either()
    {
        using var host = ProcessHost.Start(_token, "run-and-end", "(sleep 1000 &); echo ready; sleep 1000", "trap '' TERM; echo ready; exec sleep 1");

        await host.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, host.ExitCode);
        Assert.Empty(MarkedProcesses.Find(_token));
    }

    [UnixFact]
    public async Task An_application_inside_a_killed_application_leaves_no_process()
    {
        var inner = $"exec dotnet '{typeof(WatchdogTests).Assembly.Location}' run 'sleep 1000 & echo ready; wait'";
        using var host = ProcessHost.Start(_token, "run", inner);
        await ReadLines(host, 1);
        Assert.Equal(2, Watchdogs().Count);

        host.Kill();

        await NothingIsLeft();
    }

    [UnixFact]
    public async Task A_watchdog_touches_nothing_of_another_application()
    {
        using var killed = ProcessHost.Start(_token, "run", "echo ready; exec sleep 1000");
        using var other = ProcessHost.Start(_token, "run", "echo $$; exec sleep 1000");
        await ReadLines(killed, 1);
        var survivor = (await ReadLines(other, 1)).Single();
        var watchdogs = Watchdogs().Count;

        killed.Kill();
        await Eventually.TrueAsync(() => Task.FromResult(Watchdogs().Count == watchdogs - 1), "one watchdog has done its work");

        Assert.True(IsAlive(survivor));
        other.Kill();
        await NothingIsLeft();
    }

    private static async Task<List<string>> ReadLines(Process host, int count)
    {
        var lines = new List<string>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (lines.Count < count)
        {
            lines.Add(await host.StandardOutput.ReadLineAsync(deadline.Token)
                ?? throw new InvalidOperationException($"The host ended after: {string.Join('|', lines)}"));
        }

        return lines;
    }

    private static bool IsAlive(string pid)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -0 {pid} 2>/dev/null"]);
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }

    private static void Signal(string signal, int pid)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {pid}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    // A shell that runs a command of its own is two processes of one command line for a moment.
    private async Task<int> WatchdogAsync()
    {
        List<int> found = [];
        await Eventually.TrueAsync(() => Task.FromResult((found = Watchdogs()).Count == 1), "there is one watchdog");
        return found[0];
    }

    private List<int> Watchdogs() => [.. MarkedProcesses.Watchdogs(_token).Select(MarkedProcesses.Id)];

    private Task NothingIsLeft() => Eventually.TrueAsync(
        () => Task.FromResult(MarkedProcesses.Find(_token).Count == 0),
        "no process of the application lives, its watchdog included",
        TimeSpan.FromSeconds(30));
}
