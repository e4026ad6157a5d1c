using System.ComponentModel;

namespace Transcendence.Hosting.Tools;

/// <summary>How a short-lived command ended.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    /// <summary>What it complained about, as the end of a sentence; empty when it said nothing. What went wrong first is the cause of what follows.</summary>
    public string Because => string.Concat(
        Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Take(2).Select((line, i) => (i == 0 ? ": " : "; ") + line));
}

/// <summary>Finds short-lived commands, as a shell would, and runs them.</summary>
internal static class ChildProcess
{
    /// <summary>The directories of a <c>PATH</c>; relative ones mean another place in every directory, and are left out.</summary>
    public static string[] Split(string searchPath) =>
        [.. searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(directory => directory.Trim('"')).Where(Path.IsPathRooted).Distinct()];

    /// <summary>Every executable file with one of the names in one of the directories, in the order of the names, then of the directories.</summary>
    public static IEnumerable<string> Find(IReadOnlyList<string> directories, params IEnumerable<string> names) =>
        from name in names
        from directory in directories
        let path = Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name)
        where File.Exists(path) && (OperatingSystem.IsWindows() || ((int)File.GetUnixFileMode(path) & 0b001_001_001) != 0)
        select path;

    /// <summary>Runs a command, named by its absolute path, to its end; or ends it and all that it started, when it is cancelled.</summary>
    /// <remarks>Its patience is how long it may go without writing a line. Lines of standard output are told on any thread, one at a time.</remarks>
    /// <exception cref="ToolSourceException">It cannot be started, or it said nothing for too long.</exception>
    public static async Task<ChildResult> RunAsync(string fileName, IEnumerable<string> arguments, TimeSpan patience, Action<string>? onLine = null,
        string? workingDirectory = null, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        // What it says is read by program.
        start.Environment["LC_ALL"] = "C.UTF-8";

        using var silence = new CancellationTokenSource(patience);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var process = await StartAsync(start, cancellationToken).ConfigureAwait(false);
        // Its end closes the pipes, and with them ends the reading.
        await using var killing = end.Token.Register(() => process.Kill(entireProcessTree: true)).ConfigureAwait(false);
        process.StandardInput.Close();
        var texts = await Task.WhenAll(ReadAsync(process.StandardOutput, onLine), ReadAsync(process.StandardError, null)).ConfigureAwait(false);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

        cancellationToken.ThrowIfCancellationRequested();
        return silence.IsCancellationRequested
            ? throw new ToolSourceException($"'{Path.GetFileName(fileName)}' said nothing for {patience.TotalSeconds:0} s and was ended")
            : new ChildResult(process.ExitCode, texts[0], texts[1]);

        async Task<string> ReadAsync(StreamReader reader, Action<string>? lineRead)
        {
            var text = new StringBuilder();
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                silence.CancelAfter(patience);
                text.Append(line).Append('\n');
                lineRead?.Invoke(line);
            }

            return text.ToString();
        }
    }

    private static async Task<Process> StartAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        // Text file busy: another thread forked a child while the binary was being written, and that child has not yet closed the file.
        static bool IsBusy(Exception e) => e is Win32Exception { NativeErrorCode: 26 } && !OperatingSystem.IsWindows();
        try
        {
            return await RetryAsync(() => Process.Start(start)!, IsBusy, cancellationToken).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new ToolSourceException($"does not start: {e.Message}");
        }
    }

    /// <summary>Tries again for two seconds what fails only for a moment.</summary>
    internal static async Task<T> RetryAsync<T>(Func<T> action, Func<Exception, bool> passes, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return action();
            }
            catch (Exception e) when (attempt < 20 && passes(e))
            {
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
