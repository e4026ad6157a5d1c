using System.Diagnostics;
using System.IO.Compression;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Engine;

/// <summary>The build's choice of the engine, with the repository's real project files and sources of packages of the test's own.</summary>
public sealed class EngineChoiceTests : IDisposable
{
    private const string Version = "13.2.0";

    private static readonly string s_root = ServiceProcess.RepositoryRoot;

    private readonly TempDirectory directory = new();

    public EngineChoiceTests()
    {
        foreach (var file in Directory.EnumerateFiles(s_root, "*", SearchOption.AllDirectories).Where(IsOfTheBuild))
        {
            var copy = directory[Path.GetRelativePath(s_root, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Directory.CreateDirectory(directory["feed"]);
    }

    private string ChoiceFile => directory["obj/engine.props"];

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("Transcendence.AppHost")]
    [InlineData("Transcendence.Tests")]
    [InlineData("Transcendence.sln")]
    public async Task WithoutAspiresPackagesItIsTheEmbeddedOneSaidOnceAndRemembered(string project)
    {
        UseFeed(onlyFeed: true);
        var first = await DecideAsync(project);
        Assert.Single(Lines(first), line => line.Contains("Engine: Embedded, because the Aspire 13.2.0 packages cannot be restored here.", StringComparison.Ordinal));
        Assert.Contains("-p:Engine=Aspire", first, StringComparison.Ordinal);
        Assert.Contains("<Engine>Embedded</Engine>", await File.ReadAllTextAsync(ChoiceFile), StringComparison.Ordinal);

        Assert.DoesNotContain("Engine:", await DecideAsync(project), StringComparison.Ordinal);

        // As after `git clean`, and as after an update to another version of Aspire.
        await File.WriteAllTextAsync(ChoiceFile, (await File.ReadAllTextAsync(ChoiceFile)).Replace(Version, "13.1.0", StringComparison.Ordinal));
        Assert.Contains("Engine: Embedded", await DecideAsync(project), StringComparison.Ordinal);
        File.Delete(ChoiceFile);
        Assert.Contains("Engine: Embedded", await DecideAsync(project), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAspiresPackagesItIsAspire()
    {
        UseFeed(onlyFeed: false);
        Pack("Aspire.AppHost.Sdk", ("Sdk/Sdk.props", "<Project />"), ("Sdk/Sdk.targets", "<Project />"));
        Pack("Aspire.Hosting.AppHost");
        Pack("Aspire.Hosting.Testing");

        // No container runtime answers, which is said with the remedy.
        var said = await DecideAsync("Transcendence.AppHost");
        Assert.Contains("Engine: Aspire, because the Aspire 13.2.0 packages can be restored. Neither Docker nor Podman answers", said, StringComparison.Ordinal);
        Assert.Equal("Aspire", await PropertyAsync("Engine"));
        Assert.Equal("obj/Aspire/", await PropertyAsync("BaseIntermediateOutputPath"));

        // What was asked for goes before what was decided.
        Assert.Equal("Embedded", await PropertyAsync("Engine", "-p:Engine=Embedded"));
        Assert.Equal("obj/Embedded/", await PropertyAsync("BaseIntermediateOutputPath", "-p:Engine=Embedded"));
    }

    [Fact]
    public async Task AnEngineThatIsAskedForIsNotDecidedUpon()
    {
        UseFeed(onlyFeed: true);
        Assert.DoesNotContain("Engine:", await DecideAsync("Transcendence.AppHost", "-p:Engine=Embedded"), StringComparison.Ordinal);
        Assert.False(File.Exists(ChoiceFile));
    }

    private static bool IsOfTheBuild(string file)
    {
        var path = Path.GetRelativePath(s_root, file).Replace('\\', '/');
        return !path.Split('/').Any(part => part is "obj" or "bin" or ".git")
            && (Path.GetExtension(path) is ".csproj" or ".props" or ".targets" or ".sln" || path is "global.json");
    }

    private static string[] Lines(string text) => text.Split('\n');

    /// <summary>A source of packages of the test's own; beside the real ones, or alone. What is restored goes nowhere else.</summary>
    private void UseFeed(bool onlyFeed)
    {
        var real = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(directory["NuGet.config"], $"""
            <configuration>
              <packageSources>
                {(onlyFeed ? "<clear />" : "")}
                <add key="feed" value="feed" />
              </packageSources>
              <fallbackPackageFolders>
                {(onlyFeed ? "" : $"<add key=\"real\" value=\"{real}\" />")}
              </fallbackPackageFolders>
            </configuration>
            """);
    }

    private void Pack(string id, params (string Path, string Text)[] files)
    {
        using var package = ZipFile.Open(directory[$"feed/{id}.{Version}.nupkg"], ZipArchiveMode.Create);
        Add($"{id}.nuspec", $"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata><id>{id}</id><version>{Version}</version><authors>a test</authors><description>Stands for {id}.</description></metadata>
            </package>
            """);
        foreach (var (path, text) in files)
        {
            Add(path, text);
        }

        void Add(string path, string text)
        {
            using var writer = new StreamWriter(package.CreateEntry(path).Open());
            writer.Write(text);
        }
    }

    private Task<string> DecideAsync(string project, params string[] arguments) =>
        RunAsync(["msbuild", project == "Transcendence.sln" ? project : $"{project}/{project}.csproj", "-t:DecideEngine", "-v:m", "-nologo", .. arguments]);

    private async Task<string> PropertyAsync(string name, params string[] arguments) =>
        (await RunAsync(["msbuild", "Transcendence.AppHost/Transcendence.AppHost.csproj", $"-getProperty:{name}", .. arguments])).Trim();

    private async Task<string> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = directory["packages"];
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment.Remove("Engine");
        start.Environment["DOCKER_HOST"] = start.Environment["CONTAINER_HOST"] = "tcp://127.0.0.1:9"; // Nothing answers there.
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var text = await output + await error;
        Assert.True(process.ExitCode == 0, text);
        return text;
    }
}
