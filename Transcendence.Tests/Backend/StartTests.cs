using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

/// <summary>A backend that cannot start says in one line what is wrong and what to do.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task TheDirectoryIsCreated()
    {
        await using var backend = await BackendService.StartAsync(_directory["a/b/backend.db"]);
        Assert.True(File.Exists(_directory["a/b/backend.db"]));
    }

    // .NET looks for it on Linux in XDG_DATA_HOME, on macOS below HOME; on Windows a test cannot move it.
    [UnixFact]
    public async Task WithoutASettingTheDataLieInTheUsersDataDirectory()
    {
        await using var backend = await ServiceProcess.StartAsync(
            "Transcendence.Backend",
            new Dictionary<string, string?> { ["HOME"] = _directory.FullName, ["XDG_DATA_HOME"] = _directory["share"] });
        Assert.Single(Directory.GetFiles(_directory.FullName, "backend.db", SearchOption.AllDirectories), path => path.EndsWith("/transcendence/backend/backend.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ADirectoryThatCannotBeCreatedIsExplained()
    {
        await File.WriteAllTextAsync(_directory["file"], "");
        await ExplainsAsync(BackendService.Settings(_directory["file/data/backend.db"]), _directory["file/data/backend.db"], "Make its directory writable", "ConnectionStrings__backend");
    }

    [Fact]
    public async Task ADatabaseThatIsADirectoryIsExplained()
    {
        Directory.CreateDirectory(_directory["backend.db"]);
        await ExplainsAsync(BackendService.Settings(_directory["backend.db"]), _directory["backend.db"], "unable to open database file", "ConnectionStrings__backend");
    }

    [Fact]
    public async Task AFileThatIsNoDatabaseIsExplainedAndLeftAlone()
    {
        var content = string.Concat(Enumerable.Repeat("not a database ", 1000));
        await File.WriteAllTextAsync(_directory["backend.db"], content);
        await ExplainsAsync(BackendService.Settings(_directory["backend.db"]), _directory["backend.db"], "file is not a database", "move it away");
        Assert.Equal(content, await File.ReadAllTextAsync(_directory["backend.db"]));
    }

    [Fact]
    public async Task ADatabaseThatAnotherBackendUsesIsExplained()
    {
        await using var first = await BackendService.StartAsync(_directory["backend.db"]);
        await ExplainsAsync(BackendService.Settings(_directory["backend.db"]), _directory["backend.db"], "Stop the other process");
        Assert.Equal("Healthy", (await first.Client.GetJsonAsync("/api/health")).Text("status"));
    }

    /// <summary>As with a file that is read-only, which root is not kept from writing: that it can be written is seen at the start, of one too that needs no migration.</summary>
    [Fact]
    public async Task ADatabaseThatCannotBeWrittenIsExplained()
    {
        await (await BackendService.StartAsync(_directory["backend.db"])).DisposeAsync();
        using var locked = await DatabaseLock.TakeAsync(_directory["backend.db"]);
        await ExplainsAsync(BackendService.Settings(_directory["backend.db"]), _directory["backend.db"], "database is locked", "Stop the other program");
    }

    [Fact]
    public async Task ADatabaseWithoutItsTablesIsExplained()
    {
        await (await BackendService.StartAsync(_directory["backend.db"])).DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={_directory["backend.db"]};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE Matches; DROP TABLE Players";
            await command.ExecuteNonQueryAsync();
        }

        await ExplainsAsync(BackendService.Settings(_directory["backend.db"]), _directory["backend.db"], "no such table: Players", "put a backup in its place");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Cache=Shared")]
    [InlineData("Data Source=x.db;Colour=Green")]
    public async Task AConnectionStringThatNamesNoFileIsExplained(string setting) =>
        await ExplainsAsync(new() { ["ConnectionStrings__backend"] = setting }, "ConnectionStrings:backend", "Data Source=/path/to/backend.db");

    [Fact]
    public async Task APortInUseIsExplained()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var settings = BackendService.Settings(_directory["backend.db"]);
        settings["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        await ExplainsAsync(settings, $"127.0.0.1:{port}", "address already in use", "ASPNETCORE_URLS");
    }

    private static async Task ExplainsAsync(Dictionary<string, string?> settings, params string[] words)
    {
        await using var backend = ServiceProcess.Launch("Transcendence.Backend", settings);
        Assert.Equal(1, await backend.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        var line = Assert.Single(backend.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", backend.Output, StringComparison.Ordinal);
    }
}
