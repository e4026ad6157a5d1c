using System.Net;
using System.Net.Sockets;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

/// <summary>A backend that cannot start says in one line what is wrong and what to do.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task The_directory_is_created()
    {
        await using var backend = await BackendService.StartAsync(directory["a/b/backend.db"]);
        Assert.True(File.Exists(directory["a/b/backend.db"]));
    }

    // .NET looks for it on Linux in XDG_DATA_HOME, on macOS below HOME; on Windows a test cannot move it.
    [UnixFact]
    public async Task Without_a_setting_the_data_lie_in_the_users_data_directory()
    {
        await using var backend = await ServiceProcess.StartAsync(
            "Transcendence.Backend",
            new Dictionary<string, string?> { ["HOME"] = directory.FullName, ["XDG_DATA_HOME"] = directory["share"] });
        Assert.Single(Directory.GetFiles(directory.FullName, "backend.db", SearchOption.AllDirectories), path => path.EndsWith("/transcendence/backend/backend.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_created_is_explained()
    {
        await File.WriteAllTextAsync(directory["file"], "");
        await ExplainsAsync(BackendService.Settings(directory["file/data/backend.db"]), directory["file/data/backend.db"], "Make its directory writable", "ConnectionStrings__backend");
    }

    [Fact]
    public async Task A_database_that_is_a_directory_is_explained()
    {
        Directory.CreateDirectory(directory["backend.db"]);
        await ExplainsAsync(BackendService.Settings(directory["backend.db"]), directory["backend.db"], "unable to open database file", "ConnectionStrings__backend");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_explained_and_left_alone()
    {
        var content = string.Concat(Enumerable.Repeat("not a database ", 1000));
        await File.WriteAllTextAsync(directory["backend.db"], content);
        await ExplainsAsync(BackendService.Settings(directory["backend.db"]), directory["backend.db"], "file is not a database", "move it away");
        Assert.Equal(content, await File.ReadAllTextAsync(directory["backend.db"]));
    }

    [Fact]
    public async Task A_database_that_another_backend_uses_is_explained()
    {
        await using var first = await BackendService.StartAsync(directory["backend.db"]);
        await ExplainsAsync(BackendService.Settings(directory["backend.db"]), directory["backend.db"], "Stop the other process");
        Assert.Equal("Healthy", (await first.Client.GetJsonAsync("/api/health")).Text("status"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Cache=Shared")]
    [InlineData("Data Source=x.db;Colour=Green")]
    public async Task A_connection_string_that_names_no_file_is_explained(string setting) =>
        await ExplainsAsync(new() { ["ConnectionStrings__backend"] = setting }, "ConnectionStrings:backend", "Data Source=/path/to/backend.db");

    [Fact]
    public async Task A_port_in_use_is_explained()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var settings = BackendService.Settings(directory["backend.db"]);
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
