using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

namespace Transcendence.Hosting.Processes;

/// <summary>
/// The application's end of <c>watchdog.sh</c>: a shell that outlives this process by as long as it takes to end what
/// this process leaves behind, even when it was killed.
/// </summary>
/// <remarks>
/// A shell and not a second .NET process: it is everywhere, starts in a millisecond and takes 1 MB. When it is killed
/// itself it is started again.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class Watchdog(string run) : IAsyncDisposable
{
    private static readonly TimeSpan s_gracePeriod = TimeSpan.FromSeconds(5);
    private static readonly Lazy<string> s_script = new(ReadScript);

    // What marks it itself: an application around this one, but never its own run, which it would wait for in vain.
    private readonly string? _outerRuns = Environment.GetEnvironmentVariable(ChildEnvironment.Marker);
    private readonly Lock _lock = new();
    private readonly HashSet<int> _registered = [];
    private Process? _shell;

    /// <summary>Starts the shell if it does not run: to be called before the first process is started.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_shell is not { HasExited: false })
            {
                Restart();
            }
        }
    }

    public void Register(int pid) => Tell('+', pid);

    public void Unregister(int pid) => Tell('-', pid);

    /// <summary>Ends what is left of the run, then the shell.</summary>
    public async ValueTask DisposeAsync()
    {
        Process? shell;
        lock (_lock)
        {
            shell = _shell;
            _shell = null;
            if (shell is null)
            {
                return;
            }

            try
            {
                shell.StandardInput.BaseStream.Write("end\n"u8);
                shell.StandardInput.BaseStream.Dispose();
            }
            catch (IOException)
            {
                // Killed meanwhile: nothing is left to be told.
            }
        }

        using (shell)
        {
            await shell.WaitForExitAsync();
        }
    }

    private void Tell(char verb, int pid)
    {
        lock (_lock)
        {
            if (!(verb == '+' ? _registered.Add(pid) : _registered.Remove(pid)) || _shell is null)
            {
                return;
            }

            try
            {
                Write(_shell, verb, pid);
            }
            catch (IOException)
            {
                Restart();
            }
        }
    }

    private void Restart()
    {
        _shell?.Dispose();
        _shell = Process.Start(StartInfo())!;
        _shell.StandardOutput.Close();
        _shell.StandardError.Close();
        foreach (var pid in _registered)
        {
            Write(_shell, '+', pid);
        }
    }

    // .NET opens its pipes close-on-exec, so no other child holds the writing end: the shell sees this process's end.
    private ProcessStartInfo StartInfo() => new("/bin/sh")
    {
        ArgumentList =
        {
            "-c", "eval \"$WATCHDOG\"", "transcendence-watchdog", run,
            ((int)s_gracePeriod.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
        // Not an argument: a list of processes shows those.
        Environment = { ["WATCHDOG"] = s_script.Value, [ChildEnvironment.Marker] = _outerRuns },
        WorkingDirectory = "/",
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static void Write(Process shell, char verb, int pid) =>
        shell.StandardInput.BaseStream.Write(Encoding.ASCII.GetBytes($"{verb} {pid}\n"));

    private static string ReadScript()
    {
        using var stream = typeof(Watchdog).Assembly.GetManifestResourceStream("watchdog.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
