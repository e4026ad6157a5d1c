using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The Aspire CLI.</summary>
/// <param name="home">A home of its own: that is where the CLI looks for running AppHosts, and other tests run this one too.</param>
internal sealed class AspireCli(string home)
{
    private Task<string>? _restored;

    /// <summary>What an AppHost needs to be found by it.</summary>
    public Dictionary<string, string?> Environment { get; } = new()
    {
        ["DOTNET_CLI_HOME"] = System.Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
        ["HOME"] = home,
    };

    /// <summary>Runs a command of it.</summary>
    /// <inheritdoc cref="Dotnet.RunAsync"/>
    public async Task<string> RunAsync(params string[] arguments)
    {
        await (_restored ??= Dotnet.RunAsync(["tool", "restore"], Environment));
        return await Dotnet.RunAsync(["aspire", .. arguments, "--nologo", "--non-interactive"], Environment);
    }
}
