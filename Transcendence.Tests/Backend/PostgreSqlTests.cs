using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

/// <summary>What several backends that share a database owe each other.</summary>
/// <param name="backend">One of them.</param>
[Collection(PostgreSqlBackend.Name)]
public sealed class PostgreSqlTests(PostgreSqlBackend backend)
{
    [SkippableFact]
    public async Task NoMatchIsLostThatReplicasRecordAtOnce()
    {
        var first = backend.Client;
        await using var another = await backend.StartAnotherAsync();
        long[] players = [await first.AddPlayerAsync(), await first.AddPlayerAsync(), await another.Client.AddPlayerAsync()];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var i = 0; i < 10; i++)
            {
                using var response = await (worker % 2 == 0 ? first : another.Client).PostMatchAsync(players[(worker + i) % 3], players[(worker + i + 1) % 3], 11, i);
                Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            }
        }));

        var standings = await Task.WhenAll(players.Select(id => another.Client.GetJsonAsync($"/api/players/{id}")));
        Assert.Equal((80, 80, 3600), (standings.Sum(p => p.Number("wins")), standings.Sum(p => p.Number("losses")), standings.Sum(p => p.Number("rating"))));
    }

    [SkippableFact]
    public async Task ANameAndAnIdempotencyKeyAreTakenOnce()
    {
        var first = backend.Client;
        await using var another = await backend.StartAnotherAsync();
        HttpClient[] clients = [first, another.Client];
        var name = BackendService.NewName();
        var created = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => clients[i % 2].PostJsonAsync("/api/players", new { name })));
        Assert.Equal([HttpStatusCode.Created, .. Enumerable.Repeat(HttpStatusCode.Conflict, 5)], created.Select(c => c.StatusCode).Order());

        var (player1, player2) = (await first.AddPlayerAsync(), await first.AddPlayerAsync());
        var recorded = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/matches", UriKind.Relative))
            {
                Content = System.Net.Http.Json.JsonContent.Create(new { player1Id = player1, player2Id = player2, player1Score = 11, player2Score = 2 }),
                Headers = { { "Idempotency-Key", name } },
            };
            return await clients[i % 2].SendAsync(request);
        }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Created], recorded.Select(r => r.StatusCode).Order());
        Assert.Single((await Task.WhenAll(recorded.Select(r => r.Content.ReadAsStringAsync()))).Distinct()); // The time that was stored is the one that was told.
    }

    [SkippableFact]
    public async Task EachReplicaTellsHowManyPlayersThereAre()
    {
        var first = backend.Client;
        await using var another = await backend.StartAnotherAsync();
        await another.Client.AddPlayerAsync();
        Assert.Equal(await another.Client.SampleAsync("transcendence_players"), await first.SampleAsync("transcendence_players"));
        Assert.Equal((await first.GetJsonAsync("/api/players")).Number("totalCount"), await first.SampleAsync("transcendence_players"));
    }

    [SkippableFact]
    public async Task AServerThatIsGoneIsSaidAndItsReturnNeedsNoRestart()
    {
        var client = backend.Client;
        var player = await backend.AddPlayerAsync();
        await backend.WhileHangingAsync(async () =>
        {
            using var answer = await client.SendAsync("GET", $"/api/players/{player}");
            await answer.ProblemAsync(503);
            using var health = await client.SendAsync("GET", "/health");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
            using var metrics = await client.SendAsync("GET", "/metrics");
            Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        });
        await Eventually.TrueAsync(async () => (await client.SendAsync("GET", $"/api/players/{player}")).StatusCode == HttpStatusCode.OK, "it answers again");
    }

    [SkippableTheory]
    [InlineData("Host=localhost;Hoost=1", "The setting ConnectionStrings:backend cannot be used: ")]
    [InlineData("{0};Password=wrong", "cannot be used: 28P01: password authentication failed for user \"postgres\". See that the server runs, and that ConnectionStrings:backend has its address, user and password.")]
    public async Task AWrongSettingIsOneMessageWithoutThePassword(string setting, string message)
    {
        var settings = new Dictionary<string, string?> { ["ConnectionStrings__backend"] = string.Format(CultureInfo.InvariantCulture, setting, backend.Address) };
        await using var process = ServiceProcess.Launch("Transcendence.Backend", settings);
        Assert.Equal(1, await process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(message, process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", process.Error, StringComparison.Ordinal);
    }
}
