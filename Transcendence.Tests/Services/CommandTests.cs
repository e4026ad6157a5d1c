using System.Net.Http.Json;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Services;

/// <summary>What a service's program does besides serving: in its container there is nothing else that could.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Transcendence.Backend", "ASPNETCORE_URLS")]
    [InlineData("Transcendence.Alerts", "HTTP_PORTS")]
    public async Task TheHealthOfTheServiceBesideItIsTheExitCode(string project, string setting)
    {
        await using var service = await ServiceProcess.StartAsync(project, Database("served.db", project));
        var listens = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = null, [setting] = setting == "HTTP_PORTS" ? $"{service.Port}" : $"{service.Address}" };
        var (code, _, error) = await RunAsync(project, "--health", listens);
        Assert.True(code == 0, error);

        service.Kill();
        await service.WaitForExitAsync();
        (code, _, error) = await RunAsync(project, "--health", listens);
        Assert.Equal(1, code);
        Assert.Contains($":{service.Port}/health does not answer:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseIsCopiedWhileTheServiceWritesAndTakenBackWhereThereIsNone()
    {
        const string Backend = "Transcendence.Backend";
        byte[] copy;
        await using (var service = await ServiceProcess.StartAsync(Backend, Database("old.db", Backend)))
        {
            using var created = await service.Client.PostAsJsonAsync(new Uri("/api/players", UriKind.Relative), new { name = "anna" });
            Assert.True(created.IsSuccessStatusCode);
            (var saved, copy, var complaint) = await RunAsync(Backend, "--backup", Database("old.db", Backend));
            Assert.True(saved == 0, complaint);
            using var later = await service.Client.PostAsJsonAsync(new Uri("/api/players", UriKind.Relative), new { name = "later" });
            Assert.True(later.IsSuccessStatusCode);
        }

        var (code, _, error) = await RunAsync(Backend, "--restore", Database("new.db", Backend), copy);
        Assert.True(code == 0, error);
        await using (var restored = await ServiceProcess.StartAsync(Backend, Database("new.db", Backend)))
        {
            var players = await restored.Client.GetStringAsync(new Uri("/api/players", UriKind.Relative));
            Assert.Contains("anna", players, StringComparison.Ordinal);
            Assert.DoesNotContain("later", players, StringComparison.Ordinal);
        }

        await RefusedAsync("new.db", copy, $"'{_directory["new.db"]}' is there");
        await File.WriteAllTextAsync(_directory["stale.db-wal"], "");
        await RefusedAsync("stale.db", copy, $"'{_directory["stale.db-wal"]}' is there");
        await RefusedAsync("empty.db", [], "nothing was read");
        await RefusedAsync("garbage.db", new byte[8192], "file is not a database");
        Assert.DoesNotContain(Directory.EnumerateFiles(_directory.FullName), file => Path.GetFileName(file) is "stale.db" or "empty.db" or "garbage.db" || Path.GetFileName(file).StartsWith(".restore", StringComparison.Ordinal));

        (code, copy, error) = await RunAsync(Backend, "--backup", Database("missing.db", Backend));
        Assert.Equal(1, code);
        Assert.Empty(copy);
        Assert.Contains("The database 'backend' cannot be backed up:", error, StringComparison.Ordinal);

        async Task RefusedAsync(string file, byte[] input, string words)
        {
            var (exitCode, _, complaint) = await RunAsync(Backend, "--restore", Database(file, Backend), input);
            Assert.Equal(1, exitCode);
            Assert.Contains(words, complaint, StringComparison.Ordinal);
            Assert.Contains("Nothing was changed.", complaint, StringComparison.Ordinal);
        }
    }

    private Dictionary<string, string?> Database(string file, string project) =>
        new() { [$"ConnectionStrings__{project.Split('.')[1].ToLowerInvariant()}"] = $"Data Source={_directory[file]}" };

    private static async Task<(int ExitCode, byte[] Output, string Error)> RunAsync(string project, string command, Dictionary<string, string?> environment, byte[]? input = null)
    {
        var dll = ServiceProcess.LocateAssembly(project);
        var start = new ProcessStartInfo("dotnet", [dll, command])
        {
            WorkingDirectory = Path.GetDirectoryName(dll), RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(input ?? []);
        process.StandardInput.Close();
        await reading.WaitAsync(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToArray(), await error);
    }
}
