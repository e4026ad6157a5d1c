using System.Net.Http.Headers;
using Microsoft.Data.Sqlite;

namespace Transcendence.Benchmarks;

/// <summary>How long lists take, by how long they are: the backend's matches and players, the inbox's alerts.</summary>
internal static class Lists
{
    private const int Requests = 200;
    private const int Rounds = 3;

    // So many rows, from the oldest on: of every thousand players or kinds of alerts one each.
    private const string Rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count)";

    private const string Players = Rows + """
         INSERT INTO Players SELECT i, 'p' || i, 'P' || i, 1000 + i % 400, 1, 1, '2026-01-01 00:00:00+00:00' FROM n;
        """;

    private const string Backend = Rows + """
         INSERT INTO Players SELECT i, 'p' || i, 'P' || i, 1000 + i % 400, 1, 1, '2026-01-01 00:00:00+00:00' FROM n WHERE i <= 1000;
        """ + Rows + """
         INSERT INTO Matches (Player1Id, Player2Id, Player1Score, Player2Score, RatingChange, PlayedAt) SELECT 1 + i % 1000, 1 + (i + 1 + i / 1000 % 998) % 1000, 11, 7, 16, '2026-01-01 00:00:00+00:00' FROM n;
        """;

    private const string Alerts = Rows + """
         INSERT INTO Alerts (Fingerprint, StartsAt, Name, Severity, Labels, Annotations, ResolvedAt, LastSeenAt, Superseded, EndIsInferred)
         SELECT printf('%016x', i % 1000), strftime('%Y-%m-%dT%H:%M:%f0000Z', 'now', (i - $count) || ' seconds'), 'Alert' || i % 1000, 'warning', '{"alertname":"Alert"}', '{}',
         strftime('%Y-%m-%dT%H:%M:%f0000Z', 'now', (i - $count) || ' seconds'), strftime('%Y-%m-%dT%H:%M:%f0000Z', 'now', (i - $count) || ' seconds'), 0, 0 FROM n;
        """;

    /// <summary>Measures at so many rows each.</summary>
    public static async Task<int> RunAsync(params int[] rows)
    {
        Comparison.Begin();
        foreach (var count in rows)
        {
            await MeasureAsync("Backend", Backend, count, "/api/matches", "/api/matches?page=100&pageSize=100", $"/api/matches?after={count / 2}", "/api/matches?playerId=7", "/api/leaderboard");
        }

        foreach (var count in rows)
        {
            await MeasureAsync("Backend", Players, count, "/api/players", "/api/players?page=100&pageSize=100", $"/api/players?after={count / 2}", $"/api/players/{count / 2}", "/api/leaderboard", "/metrics");
        }

        foreach (var count in rows)
        {
            await MeasureAsync("Alerts", Alerts, count, "/api/alerts?state=active", "/api/alerts?state=history", $"/api/alerts?after={count / 2}", "/api/alerts?name=Alert7", "/metrics");
        }

        return Comparison.End();
    }

    /// <summary>Starts one of our services on a database.</summary>
    public static async Task<Peer> StartAsync(string service, string file)
    {
        Environment.SetEnvironmentVariable("GF_SECURITY_ADMIN_USER", "bench");
        Environment.SetEnvironmentVariable("GF_SECURITY_ADMIN_PASSWORD", "bench");
        var peer = await Peer.StartAsync(
            service, 0, Path.Combine(Benchmarks.Root, $"Transcendence.{service}", "bin", "Release", "net10.0", $"Transcendence.{service}"),
            port => [$"--urls=http://127.0.0.1:{port}", $"--ConnectionStrings:{service.ToLowerInvariant()}=Data Source={file}"], "/health");
        peer.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("bench:bench"u8));
        return peer;
    }

    private static async Task MeasureAsync(string service, string fill, int count, params string[] paths)
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(directory.FullName, "data.db");
            using (await StartAsync(service, file)) // It makes the tables.
            {
            }

            Fill(file, fill, count);
            using var peer = await StartAsync(service, file);
            foreach (var path in paths)
            {
                await Peer.WarmAsync(() => RepeatAsync(peer, path));
                await Comparison.RunAsync($"{count} rows", "ms", Rounds, (path, async () => await peer.CpuSecondsOfAsync(() => RepeatAsync(peer, path)) / Requests * 1e3));
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static void Fill(string file, string statements, int count)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.Parameters.AddWithValue("$count", count);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static async Task RepeatAsync(Peer peer, string path)
    {
        for (var i = 0; i < Requests; i++)
        {
            using var response = await peer.Client.GetAsync(new Uri(path, UriKind.Relative));
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
        }
    }
}
