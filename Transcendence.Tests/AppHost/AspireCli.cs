using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The Aspire CLI.</summary>
/// <param name="home">A home of its own: that is where the CLI looks for running AppHosts, and other tests run this one too.</param>
internal sealed class AspireCli(string home)
{
    /// <summary>What an AppHost needs to be found by it.</summary>
    public Dictionary<string, string?> Environment { get; } = new()
    {
        ["DOTNET_CLI_HOME"] = System.Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
        ["HOME"] = home,
    };

    /// <inheritdoc cref="DotnetTool.RunAsync"/>
    public Task<string> RunAsync(params string[] arguments) => DotnetTool.RunAsync(["aspire", .. arguments, "--nologo", "--non-interactive"], Environment);
}
