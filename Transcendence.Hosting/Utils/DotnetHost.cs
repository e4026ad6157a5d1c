using System.Runtime.InteropServices;

namespace Transcendence.Hosting.Utils;

/// <summary>The <c>dotnet</c> command that runs this process.</summary>
internal static class DotnetHost
{
    /// <summary>Its absolute path, or just its name where it cannot be told.</summary>
    /// <remarks>It lies three levels above the runtime: <c>dotnet</c> beside <c>shared/Microsoft.NETCore.App/VERSION/</c>.</remarks>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(path) ? path : name;
    }
}
