using System.Diagnostics;

namespace Transcendence.Tests.Infrastructure;

/// <summary>The real tools that tests run: <c>prometheus</c>, <c>promtool</c>, <c>alertmanager</c>, <c>amtool</c>.</summary>
internal static class Tools
{
    /// <summary>Finds a tool's binary.</summary>
    /// <param name="command">The command, e.g. <c>promtool</c>, by the name that its own project gives it.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="FileNotFoundException">It is not on this machine.</exception>
    public static Task<string> FindAsync(string command)
    {
        string[] names = OperatingSystem.IsWindows() ? [command + ".exe"] : [command, "prometheus-" + command];
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Task.FromResult(
            names.SelectMany(name => directories.Select(directory => Path.Combine(directory, name))).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{command} is not on the PATH."));
    }

    /// <summary>Runs a tool to its end.</summary>
    /// <param name="command">The command, as in <see cref="FindAsync"/>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The exit code, and what it wrote to standard output and then to standard error.</returns>
    /// <exception cref="TimeoutException">It did not end within a minute; it has been ended.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(await FindAsync(command), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} {string.Join(' ', arguments)} did not end.");
        }

        return (process.ExitCode, await output + await error);
    }
}
