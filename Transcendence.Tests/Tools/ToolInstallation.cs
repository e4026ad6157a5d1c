namespace Transcendence.Tests.Tools;

/// <summary>The entry point of this assembly, which test runners do not use: <c>dotnet Transcendence.Tests.dll install-tools CACHE PATH</c>.</summary>
internal static class ToolInstallation
{
    private static Task<int> Main(string[] args) => args switch
    {
        ["install-tools", var cache, var searchPath] => DebianTools.InstallAsync(cache, searchPath),
        _ => throw new ArgumentException($"No such mode: {string.Join(' ', args)}"),
    };
}
