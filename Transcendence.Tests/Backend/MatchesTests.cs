using System.Net;
using System.Net.Http.Json;

namespace Transcendence.Tests.Backend;

public abstract class MatchesTests(BackendService backend)
{
    private readonly HttpClient _client = backend.Client;

    [SkippableTheory]
    [InlineData(11, 4, true)]
    [InlineData(4, 11, false)]
    [InlineData(1, 0, true)]
    [InlineData(0, 1000, false)]
    public async Task AMatchIsRecordedWithItsScoresAndMovesBothRatings(int score1, int score2, bool firstWins)
    {
        var player1 = await backend.AddPlayerAsync();
        var player2 = await backend.AddPlayerAsync();
        var (winner, loser) = firstWins ? (player1, player2) : (player2, player1);

        using var created = await _client.PostMatchAsync(player1, player2, score1, score2);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        var match = await _client.GetJsonAsync(created.Headers.Location!.ToString());
        Assert.Equal((player1, score1), (match.GetProperty("player1").Number("playerId"), match.GetProperty("player1").Number("score")));
        Assert.Equal((player2, score2), (match.GetProperty("player2").Number("playerId"), match.GetProperty("player2").Number("score")));
        Assert.Equal(winner, match.Number("winnerId"));

        // Equals: the winner was expected to win half, so takes half of K = 32.
        Assert.Equal(16, match.Number("ratingChange"));
        Assert.Equal((1216, 1, 0), Standing(await _client.GetJsonAsync($"/api/players/{winner}")));
        Assert.Equal((1184, 0, 1), Standing(await _client.GetJsonAsync($"/api/players/{loser}")));
    }

    // Worked by hand from 32 / (1 + 10^((winner - loser) / 400)): 1200:1200 → 16; 1216:1184 → 14.53; 1231:1169 → 13.18;
    // then the loser wins, 1156:1244 → 19.97.
    [SkippableFact]
    public async Task TheBetterTheWinnerWasAlreadyTheLessThereIsToWin()
    {
        var strong = await backend.AddPlayerAsync();
        var weak = await backend.AddPlayerAsync();
        var changes = new List<long>();
        foreach (var (score1, score2) in new[] { (11, 1), (11, 1), (11, 1), (1, 11) })
        {
            using var response = await _client.PostMatchAsync(strong, weak, score1, score2);
            changes.Add((await response.JsonAsync()).Number("ratingChange"));
        }

        Assert.Equal([16, 15, 13, 20], changes);
        Assert.Equal(1224, (await _client.GetJsonAsync($"/api/players/{strong}")).Number("rating"));
        Assert.Equal(1176, (await _client.GetJsonAsync($"/api/players/{weak}")).Number("rating"));
    }

    [SkippableFact]
    public async Task MatchesPostedAtTheSameTimeLoseNoRatingAndNoMatch()
    {
        var players = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            players.Add(await backend.AddPlayerAsync());
        }

        var random = new Random(42);
        var posts = Enumerable.Range(0, 200).Select(_ =>
        {
            var pair = players.OrderBy(_ => random.Next()).Take(2).ToArray();
            var first = random.Next(0, 11);
            return (pair[0], pair[1], first, 11);
        }).ToArray();
        var responses = await Task.WhenAll(posts.Select(post => _client.PostMatchAsync(post.Item1, post.Item2, post.first, post.Item4)));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Created, response.StatusCode));

        var matches = new List<JsonElement>();
        foreach (var response in responses)
        {
            matches.Add(await response.JsonAsync());
        }

        Assert.Equal(200, matches.Select(match => match.Number("id")).Distinct().Count());

        // Whatever the order in which they went through: played again one by one in that order, they give the same.
        var expected = players.ToDictionary(player => player, _ => (Rating: 1200L, Wins: 0L, Losses: 0L));
        foreach (var match in matches.OrderBy(match => match.Number("id")))
        {
            var sides = new[] { match.GetProperty("player1").Number("playerId"), match.GetProperty("player2").Number("playerId") };
            var winner = match.Number("winnerId");
            var loser = sides.Single(side => side != winner);
            var points = (long)Math.Round(32 - (32 / (1 + Math.Pow(10, (expected[loser].Rating - expected[winner].Rating) / 400.0))), MidpointRounding.AwayFromZero);
            Assert.Equal(points, match.Number("ratingChange"));
            expected[winner] = (expected[winner].Rating + points, expected[winner].Wins + 1, expected[winner].Losses);
            expected[loser] = (expected[loser].Rating - points, expected[loser].Wins, expected[loser].Losses + 1);
        }

        foreach (var player in players)
        {
            Assert.Equal(expected[player], Standing(await _client.GetJsonAsync($"/api/players/{player}")));
        }

        Assert.Equal(6 * 1200, expected.Values.Sum(standing => standing.Rating));
    }

    [SkippableFact]
    public async Task MatchesAreListedLastFirstAndByPlayer()
    {
        var player = await backend.AddPlayerAsync();
        var opponents = new[] { await backend.AddPlayerAsync(), await backend.AddPlayerAsync() };
        var recorded = new List<long>();
        foreach (var (first, second) in new[] { (player, opponents[0]), (opponents[0], opponents[1]), (opponents[1], player), (player, opponents[1]) })
        {
            using var response = await _client.PostMatchAsync(first, second, 11, 9);
            recorded.Add((await response.JsonAsync()).Number("id"));
        }

        var all = await _client.GetJsonAsync("/api/matches?pageSize=4");
        Assert.Equal(Enumerable.Reverse(recorded), all.Items().Select(match => match.Number("id")));

        var first2 = await _client.GetJsonAsync($"/api/matches?playerId={player}&pageSize=2");
        var rest = await _client.GetJsonAsync($"/api/matches?playerId={player}&pageSize=2&page=2");
        Assert.Equal(3, first2.Number("totalCount"));
        Assert.Equal(
            [recorded[3], recorded[2], recorded[0]],
            first2.Items().Concat(rest.Items()).Select(match => match.Number("id")));

        // Behind a match, whichever side the player was on.
        var behind = await _client.GetJsonAsync($"/api/matches?playerId={player}&pageSize=2&after={recorded[3]}");
        Assert.Equal([recorded[2], recorded[0]], behind.Items().Select(match => match.Number("id")));
        Assert.Equal(2, behind.Number("totalCount"));
        Assert.Equal(recorded[0], (await _client.GetJsonAsync($"/api/matches?pageSize=1&after={recorded[1]}")).Items().Single().Number("id"));
    }

    [SkippableFact]
    public async Task AMatchNamesItsPlayersAsTheyAreCalledNow()
    {
        var player1 = await backend.AddPlayerAsync();
        var player2 = await backend.AddPlayerAsync();
        using var created = await _client.PostMatchAsync(player1, player2, 11, 9);
        var name = BackendService.NewName();
        using var renamed = await _client.SendAsync("PUT", $"/api/players/{player1}", $$"""{"name":"{{name}}"}""");

        var match = await _client.GetJsonAsync(created.Headers.Location!.ToString());
        Assert.Equal(name, match.GetProperty("player1").Text("name"));
    }

    [SkippableFact]
    public async Task AMatchRepeatedWithItsIdempotencyKeyIsOneMatch()
    {
        var player1 = await backend.AddPlayerAsync();
        var player2 = await backend.AddPlayerAsync();
        var key = Guid.NewGuid().ToString();

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(11)));
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.Created));
        Assert.Equal(9, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        Assert.Single((await Task.WhenAll(responses.Select(response => response.Content.ReadAsStringAsync()))).Distinct());
        Assert.Equal(1, (await _client.GetJsonAsync($"/api/matches?playerId={player1}")).Number("totalCount"));
        Assert.Equal(1216, (await _client.GetJsonAsync($"/api/players/{player1}")).Number("rating"));

        using var another = await PostAsync(12);
        await another.ProblemAsync(409);

        async Task<HttpResponseMessage> PostAsync(int score)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/matches", UriKind.Relative))
            {
                Content = JsonContent.Create(new { player1Id = player1, player2Id = player2, player1Score = score, player2Score = 5 }),
            };
            request.Headers.Add("Idempotency-Key", key);
            return await _client.SendAsync(request);
        }
    }

    [SkippableFact]
    public async Task TheLeaderboardHasTheBestFirstAndOnlyThoseWhoPlayed()
    {
        var idle = await backend.AddPlayerAsync();
        var best = await backend.AddPlayerAsync();
        var middle = await backend.AddPlayerAsync();
        var worst = await backend.AddPlayerAsync();
        foreach (var (winner, loser) in new[] { (best, middle), (best, worst), (middle, worst) })
        {
            using var response = await _client.PostMatchAsync(winner, loser, 11, 2);
        }

        var entries = new List<JsonElement>();
        for (var page = 1; ; page++)
        {
            var answer = await _client.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/api/leaderboard?page={page}&pageSize=5"));
            if (answer.Items() is not { Length: > 0 } items)
            {
                Assert.Equal(answer.Number("totalCount"), entries.Count);
                break;
            }

            entries.AddRange(items);
        }

        Assert.Equal(Enumerable.Range(1, entries.Count).Select(rank => (long)rank), entries.Select(entry => entry.Number("rank")));
        Assert.Equal(
            entries.OrderByDescending(entry => entry.Number("rating")).ThenByDescending(entry => entry.Number("wins")).ThenBy(entry => entry.Number("playerId")).Select(entry => entry.Number("playerId")),
            entries.Select(entry => entry.Number("playerId")));
        var order = entries.Select(entry => entry.Number("playerId")).Where(new[] { idle, best, middle, worst }.Contains).ToArray();
        Assert.Equal([best, middle, worst], order);
    }

    private static (long Rating, long Wins, long Losses) Standing(JsonElement player) =>
        (player.Number("rating"), player.Number("wins"), player.Number("losses"));
}

/// <summary>With SQLite.</summary>
/// <param name="backend">The backend.</param>
[Collection(BackendService.Shared)]
public sealed class MatchesWithSqliteTests(BackendService backend) : MatchesTests(backend);

/// <summary>With PostgreSQL.</summary>
/// <param name="backend">The backend.</param>
[Collection(PostgreSqlBackend.Name)]
public sealed class MatchesWithPostgreSqlTests(PostgreSqlBackend backend) : MatchesTests(backend);
