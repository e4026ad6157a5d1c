using System.Diagnostics;

namespace Transcendence.Hosting.Processes;

/// <summary>
/// Tells when the <c>dotnet run</c> or <c>dotnet watch</c> that started this process has died: this process is then an
/// orphan of its own, which nobody can reach with Ctrl+C.
/// </summary>
/// <remarks>Not needed on Windows, where <c>dotnet run</c> holds what it starts in a job object.</remarks>
internal sealed class ParentWatcher : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer = new(s_interval);

    private ParentWatcher()
    {
    }

    /// <summary>
    /// Watches the parent if it is one of those, and calls back once from a pool thread when it is gone.
    /// </summary>
    /// <returns>The watcher, or <see langword="null"/> when this process was started in another way.</returns>
    public static ParentWatcher? TryStart(Action onParentExited)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var parent = Libc.GetParentId();
        if (!IsDotnetRun(CommandLine(parent)))
        {
            return null;
        }

        var watcher = new ParentWatcher();
        _ = watcher.WatchAsync(parent, onParentExited);
        return watcher;
    }

    public void Dispose() => _timer.Dispose();

    internal static bool IsDotnetRun(IReadOnlyList<string> commandLine) =>
        commandLine.Count > 0
        && Path.GetFileName(commandLine[0]) == "dotnet"
        && commandLine.Skip(1).Any(argument => argument is "run" or "watch" || Path.GetFileName(argument) == "dotnet-watch.dll");

    private async Task WatchAsync(int parent, Action onParentExited)
    {
        // Another parent than before: the orphan was adopted.
        while (!OperatingSystem.IsWindows() && await _timer.WaitForNextTickAsync())
        {
            if (Libc.GetParentId() != parent)
            {
                onParentExited();
                return;
            }
        }
    }

    private static string[] CommandLine(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }

        using var ps = Process.Start(
            new ProcessStartInfo("ps", ["-o", "command=", "-p", $"{pid}"]) { RedirectStandardOutput = true })!;
        var line = ps.StandardOutput.ReadToEnd();
        ps.WaitForExit();
        return line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }
}
