using System.Net;

namespace Transcendence.Tests.Backend;

public abstract class PlayersTests(BackendService backend)
{
    private readonly HttpClient _client = backend.Client;

    [SkippableFact]
    public async Task APlayerWhoJoinedCanBeLookedUpAtTheAddressGiven()
    {
        var name = BackendService.NewName();
        using var created = await _client.PostJsonAsync("/api/players", new { name = $"  {name} " });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        var player = await _client.GetJsonAsync(created.Headers.Location!.ToString());
        Assert.Equal(name, player.Text("name"));
        Assert.Equal(1200, player.Number("rating"));
        Assert.Equal(0, player.Number("wins"));
        Assert.Equal(0, player.Number("losses"));
        Assert.InRange(player.GetProperty("createdAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [SkippableTheory]
    [InlineData("Zoé")]
    [InlineData("Łukasz-ß_1.O'Neil")]
    [InlineData("田中 さくら")]
    [InlineData("1")]
    [InlineData("abcdefghijklmnopqrstuvwxyz012345")]
    public async Task NamesOfAnyScriptAreKeptAsTheyAre(string name)
    {
        using var created = await _client.PostJsonAsync("/api/players", new { name });
        Assert.Equal(name, (await created.JsonAsync()).Text("name"));
    }

    [SkippableFact]
    public async Task ANameIsTakenInWhateverCase()
    {
        var name = BackendService.NewName() + "é";
        using var first = await _client.PostJsonAsync("/api/players", new { name });
        using var second = await _client.PostJsonAsync("/api/players", new { name = name.ToUpperInvariant() + " " });
        await second.ProblemAsync(409);
    }

    [SkippableFact]
    public async Task OfThoseWhoWantANameAtTheSameTimeOneGetsIt()
    {
        var name = BackendService.NewName();
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _client.PostJsonAsync("/api/players", new { name })));
        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.Created));
        Assert.Equal(19, responses.Count(response => response.StatusCode == HttpStatusCode.Conflict));
    }

    [SkippableFact]
    public async Task APlayerCanBeRenamedButNotToAnothersName()
    {
        var id = await backend.AddPlayerAsync();
        var other = (await _client.GetJsonAsync($"/api/players/{await backend.AddPlayerAsync()}")).Text("name");
        var name = BackendService.NewName();

        using var renamed = await _client.SendAsync("PUT", $"/api/players/{id}", $$"""{"name":"{{name}}"}""");
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        using var recased = await _client.SendAsync("PUT", $"/api/players/{id}", $$"""{"name":"{{name.ToUpperInvariant()}}"}""");
        Assert.Equal(HttpStatusCode.OK, recased.StatusCode);
        using var refused = await _client.SendAsync("PUT", $"/api/players/{id}", $$"""{"name":"{{other}}"}""");
        await refused.ProblemAsync(409);

        Assert.Equal(name.ToUpperInvariant(), (await _client.GetJsonAsync($"/api/players/{id}")).Text("name"));
    }

    [SkippableFact]
    public async Task APlayerCanLeaveBeforeTheFirstMatchOnly()
    {
        var stays = await backend.AddPlayerAsync();
        var opponent = await backend.AddPlayerAsync();
        var leaves = await backend.AddPlayerAsync();
        using var match = await _client.PostMatchAsync(stays, opponent, 11, 3);

        using var left = await _client.SendAsync("DELETE", $"/api/players/{leaves}");
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        using var gone = await _client.SendAsync("GET", $"/api/players/{leaves}");
        await gone.ProblemAsync(404);
        using var refused = await _client.SendAsync("DELETE", $"/api/players/{stays}");
        await refused.ProblemAsync(409);

        // An id is not given a second time.
        Assert.True(await backend.AddPlayerAsync() > leaves);
    }

    [SkippableFact]
    public async Task PagesHoldEveryPlayerOnceInTheOrderOfJoining()
    {
        var added = new List<long>();
        for (var i = 0; i < 7; i++)
        {
            added.Add(await backend.AddPlayerAsync());
        }

        // Behind the last item of each page, which leads to the end of a list of any length.
        var total = (await _client.GetJsonAsync("/api/players")).Number("totalCount");
        var listed = new List<long>();
        while (true)
        {
            var answer = await _client.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/api/players?after={listed.LastOrDefault()}&pageSize=3"));
            Assert.Equal(1, answer.Number("page"));
            Assert.Equal(3, answer.Number("pageSize"));
            Assert.Equal(total - listed.Count, answer.Number("totalCount"));
            if (answer.Items() is not { Length: > 0 } items)
            {
                break;
            }

            listed.AddRange(items.Select(player => player.Number("id")));
        }

        // The second page begins where the first ends.
        Assert.Equal(listed.Skip(3).Take(3), (await _client.GetJsonAsync("/api/players?page=2&pageSize=3")).Items().Select(player => player.Number("id")));
        Assert.Equal(total, listed.Count);
        Assert.Equal(listed.Order(), listed);
        Assert.Equal(listed.Distinct(), listed);
        Assert.Empty(added.Except(listed));
    }
}

/// <summary>With SQLite.</summary>
/// <param name="backend">The backend.</param>
[Collection(BackendService.Shared)]
public sealed class PlayersWithSqliteTests(BackendService backend) : PlayersTests(backend);

/// <summary>With PostgreSQL.</summary>
/// <param name="backend">The backend.</param>
[Collection(PostgreSqlBackend.Name)]
public sealed class PlayersWithPostgreSqlTests(PostgreSqlBackend backend) : PlayersTests(backend);
