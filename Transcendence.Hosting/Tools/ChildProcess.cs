using System.Diagnostics;
using System.Text;

namespace Transcendence.Hosting.Tools;

/// <summary>How a short-lived command ended.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Error)
{
    /// <summary>What it complained about, as the end of a sentence; empty when it said nothing.</summary>
    public string Because
    {
        get
        {
            var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            // What went wrong first is the cause of what follows.
            var shown = lines.Distinct().Take(2).ToArray();
            return shown.Length == 0 ? "" : ": " + string.Join("; ", shown);
        }
    }
}

/// <summary>Runs short-lived commands.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="fileName">The command's absolute path.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    /// <param name="patience">How long it may go without writing a line before it is ended.</param>
    /// <param name="onLine">Told every line of standard output; may be called on any thread, one call at a time.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="cancellationToken">Ends the command and all that it started.</param>
    /// <exception cref="ToolSourceException">It said nothing for too long.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static async Task<ChildResult> RunAsync(string fileName, IEnumerable<string> arguments, TimeSpan patience, Action<string>? onLine,
        string? workingDirectory = null, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        // What it says is read by program.
        start.Environment["LC_ALL"] = "C.UTF-8";

        using var silence = new CancellationTokenSource(patience);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var process = Process.Start(start)!;
        // Its end closes the pipes, and with them ends the reading.
        await using var killing = end.Token.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        var output = ReadAsync(process.StandardOutput, onLine);
        var error = ReadAsync(process.StandardError, null);
        await Task.WhenAll(output, error);
        await process.WaitForExitAsync(CancellationToken.None);

        cancellationToken.ThrowIfCancellationRequested();
        return silence.IsCancellationRequested
            ? throw new ToolSourceException($"'{Path.GetFileName(fileName)}' said nothing for {patience.TotalSeconds:0} s and was ended")
            : new ChildResult(process.ExitCode, await output, await error);

        async Task<string> ReadAsync(StreamReader reader, Action<string>? lineRead)
        {
            var text = new StringBuilder();
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
            {
                silence.CancelAfter(patience);
                text.Append(line).Append('\n');
                lineRead?.Invoke(line);
            }

            return text.ToString();
        }
    }
}
