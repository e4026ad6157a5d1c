using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Transcendence.Hosting.Processes;

/// <summary>
/// Starts the processes of one application and sees to it that none outlives it, nor any of their descendants, even
/// when the application is killed at any moment: <see cref="Watchdog"/> on Unix, <see cref="WindowsJob"/> on Windows.
/// </summary>
internal sealed class ProcessSupervisor : IAsyncDisposable
{
    private const int TextFileBusy = 26;

    private static readonly TimeSpan s_gracePeriod = TimeSpan.FromSeconds(5);

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<SupervisedProcess, bool> _running = new();
    private readonly Watchdog? _watchdog;
    private int _started;
    private volatile bool _disposed;

    public ProcessSupervisor()
    {
        if (!OperatingSystem.IsWindows())
        {
            _watchdog = new Watchdog(_run);
        }
    }

    /// <summary>Starts a process.</summary>
    /// <param name="spec">What to start.</param>
    /// <param name="onOutput">
    /// Gets each line, without its end, and whether it came from standard error. Called from one thread at a time for
    /// each of the two streams; the process waits while it runs. It must not throw.
    /// </param>
    /// <exception cref="ProcessStartException">It could not be started; the message says why and what to do.</exception>
    public SupervisedProcess Start(ProcessSpec spec, Action<string, bool> onOutput)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw ProcessStartException.WorkingDirectoryMissing(spec);
        }

        var marker = $"{_run}.{Interlocked.Increment(ref _started)}";
        if (OperatingSystem.IsWindows())
        {
            WindowsJob.HoldThisProcess();
        }
        else
        {
            _watchdog!.Start();
        }

        var process = Start(spec, StartInfo(spec, marker));
        process.StandardInput.Close();
        var supervised = new SupervisedProcess(process, marker, onOutput);
        _running[supervised] = true;
        if (!OperatingSystem.IsWindows())
        {
            _watchdog!.Register(supervised.Id);
        }

        _ = ForgetWhenExitedAsync(supervised);
        return supervised;
    }

    /// <summary>
    /// Makes all that this process starts from now on, in whatever way, end with the application. For an application that
    /// has its process to itself: what another one starts beside it would end with it too.
    /// </summary>
    public void TakeAllChildren()
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsJob.HoldThisProcess();
        }
        else
        {
            _watchdog!.Start();
            Environment.SetEnvironmentVariable(
                ChildEnvironment.Marker, ChildEnvironment.Mark(Environment.GetEnvironmentVariable(ChildEnvironment.Marker), $"{_run}.0"));
        }
    }

    /// <summary>Stops everything that still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await Task.WhenAll(_running.Keys.Select(process => process.StopAsync(s_gracePeriod, CancellationToken.None)));
        if (!OperatingSystem.IsWindows())
        {
            await _watchdog!.DisposeAsync();
        }
    }

    private static Process Start(ProcessSpec spec, ProcessStartInfo startInfo)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Process.Start(startInfo)!;
            }
            catch (Win32Exception exception) when (
                exception.NativeErrorCode == TextFileBusy && !OperatingSystem.IsWindows() && attempt < 50)
            {
                // A program that was just written is held open by another child until that one's exec.
                Thread.Sleep(TimeSpan.FromMilliseconds(20));
            }
            catch (Win32Exception exception)
            {
                throw ProcessStartException.From(spec, exception);
            }
        }
    }

    private static ProcessStartInfo StartInfo(ProcessSpec spec, string marker)
    {
        var isPath = Path.GetFileName(spec.FileName) != spec.FileName;
        var startInfo = new ProcessStartInfo(
            isPath ? Path.GetFullPath(spec.FileName, Path.GetFullPath(spec.WorkingDirectory)) : spec.FileName,
            spec.Arguments)
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        if (OperatingSystem.IsWindows())
        {
            // Ctrl+Break can be sent to a group only, and only in a shared console.
            startInfo.CreateNewProcessGroup = true;
            startInfo.CreateNoWindow = !WindowsConsole.Exists;
        }

        ChildEnvironment.Apply(startInfo.Environment, spec, marker);
        return startInfo;
    }

    private async Task ForgetWhenExitedAsync(SupervisedProcess process)
    {
        await process.Exited;
        _running.TryRemove(process, out _);
        if (!OperatingSystem.IsWindows())
        {
            _watchdog!.Unregister(process.Id);
        }
    }
}
