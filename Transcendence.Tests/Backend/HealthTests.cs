using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

public sealed class HealthTests
{
    [Fact]
    public async Task ABackendWhoseDatabaseAnswersIsHealthy()
    {
        using var directory = new TempDirectory();
        await using var backend = await BackendService.StartAsync(directory["backend.db"]);
        Assert.Equal("Healthy", (await backend.Client.GetJsonAsync("/api/health")).Text("status"));
        Assert.Equal("Healthy", (await backend.Client.GetJsonAsync("/api/health/live")).Text("status"));
        using var ready = await backend.Client.SendAsync("GET", "/health");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task ABackendWhoseDatabaseIsGoneSaysSoAcknowledgesNothingAndRecovers()
    {
        using var directory = new TempDirectory();
        await using var backend = await BackendService.StartAsync(directory["data/backend.db"]);
        var player = await backend.Client.AddPlayerAsync();

        // Moved away and back, as a failing disk or a careless hand would: open handles go on working, which is the trap.
        Directory.Move(directory["data"], directory["elsewhere"]);
        using (var health = await backend.Client.SendAsync("GET", "/api/health"))
        {
            Assert.Contains("database", (await health.ProblemAsync(503)).Text("detail"), StringComparison.Ordinal);
        }

        using (var created = await backend.Client.SendAsync("POST", "/api/players", """{"name":"lost"}"""))
        {
            Assert.NotNull(created.Headers.RetryAfter);
            await created.ProblemAsync(503);
        }

        using var ready = await backend.Client.SendAsync("GET", "/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using var alive = await backend.Client.SendAsync("GET", "/api/health/live");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        Directory.Move(directory["elsewhere"], directory["data"]);
        Assert.Equal("Healthy", (await backend.Client.GetJsonAsync("/api/health")).Text("status"));
        Assert.True(await backend.Client.AddPlayerAsync() > player);
    }

    [Fact]
    public async Task RequestsThatCannotReachTheDatabaseAre503AndTheLogSaysWhyInALine()
    {
        using var directory = new TempDirectory();

        // Without pooling each request opens the file, and finds that it is not there.
        await using var backend = await BackendService.StartAsync(directory["data/backend.db"], options: "Pooling=False");
        Directory.Move(directory["data"], directory["elsewhere"]);
        foreach (var path in new[] { "/api/players", "/api/players/1", "/api/matches", "/api/matches/1", "/api/leaderboard" })
        {
            using var response = await backend.Client.SendAsync("GET", path);
            await response.ProblemAsync(503);
        }

        await Eventually.TrueAsync(() => Task.FromResult(backend.Output.Contains("unable to open database file", StringComparison.Ordinal)), "the log has the reason");
        Assert.DoesNotContain("   at ", backend.Output + backend.Error, StringComparison.Ordinal);
    }
}
