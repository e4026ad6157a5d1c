using System.Reflection;
using System.Runtime.InteropServices;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>The TypeScript compiler of the package Microsoft.TypeScript.MSBuild, a native program: there need be no node.</summary>
internal static partial class TypeScriptCompiler
{
    private static readonly string s_folder = Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Tests", "Monitoring", "Dashboards");

    /// <summary>Checks a dashboard against <c>grafana-dashboard.ts</c>.</summary>
    /// <param name="dashboard">The dashboard's JSON.</param>
    /// <returns>The faults, each with its line in the JSON; none when all is well.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(string dashboard)
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["dashboard.ts"], $"import type {{ Dashboard }} from 'grafana-dashboard'; export const dashboard: Dashboard =\n{dashboard}");
        var types = Path.Combine(s_folder, "grafana-schema", "dist", "types");
        await File.WriteAllTextAsync(directory["tsconfig.json"], JsonSerializer.Serialize(new
        {
            compilerOptions = new
            {
                strict = true,
                noEmit = true,
                target = "es2022",
                lib = (string[])["es2022"],
                module = "esnext",
                moduleResolution = "bundler",
                types = (string[])[],
                paths = new Dictionary<string, string[]>
                {
                    ["grafana-dashboard"] = [Path.Combine(s_folder, "grafana-dashboard.ts")],
                    ["@grafana/schema"] = [Path.Combine(types, "index.d.ts")],
                    ["@grafana/schema/*"] = [Path.Combine(types, "*")],
                },
            },
            files = (string[])["dashboard.ts"],
        }));

        var start = new ProcessStartInfo(Locate(), ["-p", directory.FullName, "--pretty", "false"])
        {
            WorkingDirectory = directory.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var lines = (await output + await error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.True(process.ExitCode == 0 == (lines.Length == 0), $"tsc ended with {process.ExitCode}:\n{string.Join('\n', lines)}");

        // The JSON begins on the second line of the file that is compiled.
        return [.. lines.Select(line => Position().Replace(line, match => $"line {int.Parse(match.Groups["line"].ValueSpan, null) - 1}"))];
    }

    private static string Locate()
    {
        var package = typeof(TypeScriptCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "TypeScript").Value!;
        var system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var compiler = Path.Combine(package, "tools", "runtimes", $"{system}-{architecture}", OperatingSystem.IsWindows() ? "tsc.exe" : "tsc");

        // NuGet need not make what it extracts executable.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(compiler) & UnixFileMode.UserExecute) == 0)
        {
            File.SetUnixFileMode(compiler, File.GetUnixFileMode(compiler) | UnixFileMode.UserExecute);
        }

        return compiler;
    }

    [GeneratedRegex(@"^dashboard\.ts\((?<line>\d+),\d+\)")]
    private static partial Regex Position();
}
