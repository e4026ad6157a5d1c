using Transcendence.Tests.Gateway;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Services;

/// <summary>Services answer to the names by which they are called and scraped, and to no others.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("backend", "Transcendence.Backend")]
    [InlineData("alerts", "Transcendence.Alerts")]
    [InlineData("gateway", "Transcendence.Gateway")]
    [InlineData("processes", "Transcendence.Processes")]
    public async Task AServiceAnswersToItsNamesAndToNoOthers(string name, string project)
    {
        using var directory = new TempDirectory();
        var port = FreePort.Next();
        await using var service = await ServiceProcess.StartAsync(
            project,
            new Dictionary<string, string?>
            {
                [$"ConnectionStrings__{name}"] = $"Data Source={directory[name + ".db"]}",
                ["Processes__File"] = directory["processes.json"],
                ["Management__Port"] = $"{port}", // The gateway has its metrics there.
            },
            port);

        foreach (var host in new[] { "localhost", "127.0.0.1", "[::1]", name, $"{name}.dev.internal", "aspire.dev.internal" })
        {
            Assert.Equal(200, (await RawHttp.GetAsync(port, "/metrics", $"{host}:{port}")).Status);
        }

        foreach (var host in new[] { "evil.example", $"{name}.evil.example", "127.0.0.1.evil.example", "192.168.0.1", "x" })
        {
            Assert.Equal(400, (await RawHttp.GetAsync(port, "/metrics", $"{host}:{port}")).Status);
        }
    }
}
