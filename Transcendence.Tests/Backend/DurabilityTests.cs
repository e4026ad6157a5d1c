using System.Collections.Concurrent;
using System.Net;
using Microsoft.Data.Sqlite;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

public sealed class DurabilityTests
{
    [Fact]
    public async Task EveryMatchAcknowledgedBeforeSIGKILLIsThereAfterwards()
    {
        using var directory = new TempDirectory();
        var acknowledged = new ConcurrentBag<long>();
        long[] players;

        await using (var backend = await BackendService.StartAsync(directory["backend.db"]))
        {
            players = [await backend.Client.AddPlayerAsync(), await backend.Client.AddPlayerAsync(), await backend.Client.AddPlayerAsync()];
            var posting = Enumerable.Range(0, 4).Select(worker => PostUntilItDiesAsync(backend, worker)).ToArray();
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count >= 100), "100 matches are recorded");
            backend.Kill(); // In the midst of the posts.
            await Task.WhenAll(posting);
        }

        await using var again = await BackendService.StartAsync(directory["backend.db"]);
        foreach (var id in acknowledged)
        {
            using var match = await again.Client.SendAsync("GET", $"/api/matches/{id}");
            Assert.Equal(HttpStatusCode.OK, match.StatusCode);
        }

        // A match is there with its ratings or not at all.
        var total = (await again.Client.GetJsonAsync("/api/matches")).Number("totalCount");
        Assert.True(total >= acknowledged.Count);
        var standings = (await again.Client.GetJsonAsync("/api/players")).Items();
        Assert.Equal(total, standings.Sum(player => player.Number("wins")));
        Assert.Equal(total, standings.Sum(player => player.Number("losses")));
        Assert.Equal(1200 * players.Length, standings.Sum(player => player.Number("rating")));

        async Task PostUntilItDiesAsync(ServiceProcess backend, int worker)
        {
            try
            {
                for (var i = worker; ; i++)
                {
                    using var response = await backend.Client.PostMatchAsync(players[i % 3], players[(i + 1) % 3], 11, i % 11);
                    Assert.Equal(HttpStatusCode.Created, response.StatusCode);
                    acknowledged.Add((await response.JsonAsync()).Number("id"));
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // It has been killed.
            }
        }
    }

    [Fact]
    public async Task WhatAKilledBackendLeavesBehindDoesNotStopTheNextOne()
    {
        using var directory = new TempDirectory();
        await using (var first = await BackendService.StartAsync(directory["backend.db"]))
        {
            await first.Client.AddPlayerAsync();
            Assert.True(File.Exists(directory["backend.db-wal"]));
            first.Kill();
        }

        // What a kill within a migration leaves behind.
        await using (var connection = new SqliteConnection($"Data Source={directory["backend.db"]};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText =
                """
                PRAGMA user_version = 0;
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT OR REPLACE INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await command.ExecuteNonQueryAsync();
        }

        await using var second = await BackendService.StartAsync(directory["backend.db"]);
        Assert.Equal(1, (await second.Client.GetJsonAsync("/api/players")).Number("totalCount"));
    }

    [Fact]
    public async Task ThePlayersGaugeIsTrueAfterARestart()
    {
        using var directory = new TempDirectory();
        await using (var first = await BackendService.StartAsync(directory["backend.db"]))
        {
            Assert.Equal(0, await first.Client.SampleAsync("transcendence_players"));
            var leaves = await first.Client.AddPlayerAsync();
            var player1 = await first.Client.AddPlayerAsync();
            var player2 = await first.Client.AddPlayerAsync();
            using var left = await first.Client.SendAsync("DELETE", $"/api/players/{leaves}");
            using var duplicate = await first.Client.SendAsync("PUT", $"/api/players/{leaves}", """{"name":"x"}""");
            using var match = await first.Client.PostMatchAsync(player1, player2, 11, 7);
            using var refused = await first.Client.PostMatchAsync(player1, player1, 11, 7);
            Assert.Equal(2, await first.Client.SampleAsync("transcendence_players"));
            Assert.Equal(1, await first.Client.SampleAsync("transcendence_matches_played_total"));
        }

        await using var second = await BackendService.StartAsync(directory["backend.db"]);
        Assert.Equal(2, await second.Client.SampleAsync("transcendence_players"));
        Assert.Equal(0, await second.Client.SampleAsync("transcendence_matches_played_total"));
    }
}
