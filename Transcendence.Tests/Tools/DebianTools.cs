using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;

namespace Transcendence.Tests.Tools;

/// <summary>
/// Prometheus and Alertmanager from the packages of this machine's distribution, fetched once, by a user without privileges:
/// as root, another process with another user fetches them.
/// </summary>
public sealed class DebianTools : IAsyncLifetime, IDisposable
{
    private const string Nobody = "65534";
    private static readonly string[] s_aptCommands = ["apt-get", "apt-cache", "dpkg-deb"];
    private readonly TempDirectory _directory = new();

    /// <summary>The tools by their names.</summary>
    internal IReadOnlyDictionary<string, InstalledTool> Tools { get; private set; } = new Dictionary<string, InstalledTool>();

    /// <summary>A <c>PATH</c> on which there is apt, but none of the tools, even where they are installed.</summary>
    internal string SearchPath => _directory["bin"];

    /// <summary>What precedes a command line so that it runs without privileges; empty when there are none to drop.</summary>
    internal static string[] WithoutPrivileges => Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [];

    /// <summary>A directory in which a user without privileges may write.</summary>
    internal string Shared(string name) => Share(Directory.CreateDirectory(_directory[name]).FullName, writable: true);

    /// <summary>A description of which only the packages are left.</summary>
    internal static NativeTool PackagesOnly(NativeTool tool) => tool with { Archives = new Dictionary<string, ToolArchive>() };

    /// <summary>Installs both tools and writes them to standard output, as JSON.</summary>
    internal static async Task<int> InstallAsync(string cache, string searchPath)
    {
        if (Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException("This is to show that no privileges are needed.");
        }

        var installer = new ToolInstaller(cache) { SearchPath = searchPath };
        var tools = await Task.WhenAll(installer.InstallAsync(PackagesOnly(PrometheusTool.Tool.Binary)), installer.InstallAsync(PackagesOnly(AlertmanagerTool.Tool.Binary)));
        Console.WriteLine(JsonSerializer.Serialize(tools));
        return 0;
    }

    public async Task InitializeAsync()
    {
        Share(_directory.FullName, writable: false);
        Directory.CreateDirectory(SearchPath);
        foreach (var apt in s_aptCommands)
        {
            File.CreateSymbolicLink(Path.Combine(SearchPath, apt), Path.Combine("/usr/bin", apt));
        }

        // The sources may lie where only their owner may look.
        var program = Directory.CreateDirectory(_directory["program"]).FullName;
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        }

        string[] command = [.. WithoutPrivileges, "dotnet", Path.Combine(program, Path.GetFileName(typeof(DebianTools).Assembly.Location)), "install-tools", Shared("cache"), SearchPath];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            Environment = { ["HOME"] = Shared("home") },
        })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var killing = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await error}{output}");
        Tools = JsonSerializer.Deserialize<InstalledTool[]>(output)!.ToDictionary(tool => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(tool.Root)))!);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    private static string Share(string directory, bool writable)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, FakeTool.Executable | (writable ? UnixFileMode.GroupWrite | UnixFileMode.OtherWrite : 0));
        }

        return directory;
    }
}
