using Transcendence.Tests.Tools;

namespace Transcendence.Tests.Infrastructure;

/// <summary>
/// The real tools that tests run: <c>prometheus</c> with <c>promtool</c>, <c>alertmanager</c> with <c>amtool</c>. They come
/// from where the application has them from: nothing has to be installed before.
/// </summary>
internal static class RealTools
{
    // The application's own cache, so that a tool is fetched once for both.
    internal static readonly string Cache = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "transcendence", "tools");

    /// <summary>Finds or fetches a tool.</summary>
    /// <param name="command">The command, e.g. <c>promtool</c>, by the name that its own project gives it.</param>
    /// <returns>The absolute path.</returns>
    public static async Task<string> FindAsync(string command) => (await DescribeAsync(command)).FileName;

    /// <summary>Finds or fetches a tool, and says how it is started.</summary>
    /// <param name="command">The command, as in <see cref="FindAsync"/>.</param>
    /// <returns>What to start: without arguments, with its output redirected.</returns>
    public static async Task<ProcessStartInfo> DescribeAsync(string command)
    {
        var start = await FetchedTools.DescribeAsync(command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        return start;
    }

    /// <summary>Runs a tool to its end.</summary>
    /// <param name="command">The command, as in <see cref="FindAsync"/>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The exit code, and what it wrote to standard output and then to standard error.</returns>
    /// <exception cref="TimeoutException">It did not end within a minute; it has been ended.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(string command, params string[] arguments)
    {
        var start = await DescribeAsync(command);
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
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
