using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The Aspire CLI as a user runs it: in the repository's root.</summary>
/// <param name="home">A home of its own: that is where the CLI looks for running AppHosts, and other tests run this one too.</param>
internal sealed class AspireCli(string home)
{
    private Task? _restored;

    /// <summary>What an AppHost needs to be found by it.</summary>
    public Dictionary<string, string?> Environment { get; } = new()
    {
        ["DOTNET_CLI_HOME"] = System.Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
        ["HOME"] = home,
        ["DOTNET_NOLOGO"] = "1",
    };

    /// <summary>Runs a command of it.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has all that it wrote.</exception>
    public async Task<string> RunAsync(params string[] arguments)
    {
        await (_restored ??= DotnetAsync("tool", "restore"));
        return await DotnetAsync(["aspire", .. arguments, "--nologo", "--non-interactive"]);
    }

    private async Task<string> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = ServiceProcess.RepositoryRoot, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment)
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
