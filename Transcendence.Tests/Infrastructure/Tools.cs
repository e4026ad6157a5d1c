using System.Diagnostics;

namespace Transcendence.Tests.Infrastructure;

/// <summary>
/// The real tools that tests run: <c>prometheus</c> with <c>promtool</c>, <c>alertmanager</c> with <c>amtool</c>. They come
/// from where the application has them from: nothing has to be installed before.
/// </summary>
internal static partial class Tools
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
        Task<ProcessStartInfo>? found = null;
        AskEngine(command, ref found);
        var start = found is not null ? await found : new ProcessStartInfo(FindOnPath(command));
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

    /// <summary>Asks an engine that fetches tools itself. Aspire's has containers instead: then the tools have to be installed.</summary>
    static partial void AskEngine(string command, ref Task<ProcessStartInfo>? tool);

    private static string FindOnPath(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        // Debian calls Alertmanager prometheus-alertmanager.
        .SelectMany(directory => new[] { command, "prometheus-" + command }, (directory, name) => Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name))
        .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{command} is not on PATH. This test needs it: install Prometheus and Alertmanager, or test with -p:Engine=Embedded, which fetches them.");
}
