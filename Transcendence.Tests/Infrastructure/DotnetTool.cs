namespace Transcendence.Tests.Infrastructure;

/// <summary>The local tools of this repository, as a user runs them: in its root.</summary>
internal static class DotnetTool
{
    private static readonly Lazy<Task<string>> s_restored = new(() => DotnetAsync(["tool", "restore"], null));

    /// <summary>Runs a command of one of them.</summary>
    /// <param name="arguments">The tool, and its arguments.</param>
    /// <param name="environment">What it has in its environment besides.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has all that it wrote.</exception>
    public static async Task<string> RunAsync(string[] arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        await s_restored.Value;
        return await DotnetAsync(arguments, environment);
    }

    private static async Task<string> DotnetAsync(string[] arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = ServiceProcess.RepositoryRoot, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', arguments)} did not end. It wrote:\n{await output}{await error}");
        }

        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await error}");
    }
}
