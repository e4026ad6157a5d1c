using System.ComponentModel;
using System.Diagnostics;

namespace Transcendence.Hosting.Processes;

/// <summary>A running process with everything it starts: its tree ends when it ends.</summary>
internal sealed class SupervisedProcess
{
    // For what the process left behind, which gets SIGTERM only when the process itself has ended.
    private static readonly TimeSpan s_leftoverGracePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_leftoverTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_outputTimeout = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly string _marker;
    private readonly TaskCompletionSource _rootExited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal SupervisedProcess(Process process, string marker, Action<string, bool> onOutput)
    {
        _process = process;
        _marker = marker;
        Id = process.Id;
        StartTime = DateTimeOffset.UtcNow;
        Exited = RunAsync(onOutput);
    }

    public int Id { get; }

    public DateTimeOffset StartTime { get; }

    /// <summary>
    /// Completes with the exit code (128 + the signal's number when one ended it) once the process and its descendants
    /// have ended and all their output has been delivered.
    /// </summary>
    public Task<int> Exited { get; }

    /// <summary>
    /// Asks the process to end (SIGTERM; Ctrl+Break on Windows), and kills its tree when it still runs after the grace
    /// period, or at once on cancellation. Completes when <see cref="Exited"/> has.
    /// </summary>
    public async Task StopAsync(TimeSpan gracePeriod, CancellationToken cancellationToken)
    {
        if (!_rootExited.Task.IsCompleted)
        {
            if (RequestExit())
            {
                await Task.WhenAny(_rootExited.Task, Delay(gracePeriod, cancellationToken));
            }

            if (!_rootExited.Task.IsCompleted)
            {
                Kill();
            }
        }

        await Exited;
    }

    private static async Task Delay(TimeSpan time, CancellationToken cancellationToken) =>
        await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private bool RequestExit()
    {
        if (OperatingSystem.IsWindows())
        {
            return WindowsConsole.SendBreak(Id);
        }

        return Libc.Kill(Id, Libc.SigTerm) == 0;
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It, or a part of its tree, ended by itself meanwhile.
        }
    }

    private async Task<int> RunAsync(Action<string, bool> onOutput)
    {
        using var process = _process;
        using var output = process.StandardOutput.BaseStream;
        using var error = process.StandardError.BaseStream;
        using var job = OperatingSystem.IsWindows() ? WindowsJob.Create(process) : null;

        var outputEnd = Task.WhenAll(
            LineReader.ReadAsync(output, line => onOutput(line, false)),
            LineReader.ReadAsync(error, line => onOutput(line, true)));

        await process.WaitForExitAsync();
        _rootExited.SetResult();
        job?.Dispose();
        await EndLeftoverAsync();

        // Only a process that escaped this (because the system does not show its environment) can keep a pipe open.
        if (await Task.WhenAny(outputEnd, Task.Delay(s_outputTimeout)) == outputEnd)
        {
            await outputEnd;
        }

        return process.ExitCode;
    }

    /// <summary>Ends the descendants that outlived the process; they are nobody's children now.</summary>
    private async Task EndLeftoverAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var asked = new HashSet<int>();
        var clock = Stopwatch.StartNew();
        while (ProcessTable.FindMarked(_marker) is { Count: > 0 } leftover && clock.Elapsed < s_leftoverTimeout)
        {
            foreach (var pid in leftover)
            {
                if (clock.Elapsed > s_leftoverGracePeriod)
                {
                    _ = Libc.Kill(pid, Libc.SigKill);
                }
                else if (asked.Add(pid))
                {
                    _ = Libc.Kill(pid, Libc.SigTerm);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
