namespace Transcendence.Backend.Apis;

/// <summary>Who is the best.</summary>
internal static class LeaderboardApi
{
    /// <summary>Maps <c>/api/leaderboard</c>.</summary>
    public static void MapLeaderboardApi(this IEndpointRouteBuilder api) =>
        api.MapGet("/leaderboard", ListAsync).WithTags("Leaderboard").WithName("GetLeaderboard").HasCommonErrors()
            .WithSummary("List those who have played, the best first")
            .WithDescription("By Elo rating; of equals the one with more wins, then the one who joined first. The first 10,000 places, at most.");

    private static async Task<Ok<Page<LeaderboardEntry>>> ListAsync(
        BackendDbContext db, CancellationToken cancellationToken, [PageNumber] int page = 1, [PageSize] int pageSize = Paging.DefaultSize)
    {
        var players = await db.Players
            .Where(p => p.Wins + p.Losses > 0)
            .OrderByDescending(p => p.Rating).ThenByDescending(p => p.Wins).ThenBy(p => p.Id)
            .Select(PlayersApi.Response)
            .ToPageAsync(page, pageSize, cancellationToken);
        var rank = (page - 1) * pageSize;
        return TypedResults.Ok(new Page<LeaderboardEntry>(
            [.. players.Items.Select(p => new LeaderboardEntry(++rank, p.Id, p.Name, p.Rating, p.Wins, p.Losses))],
            page,
            pageSize,
            players.TotalCount));
    }
}

/// <summary>A place on the leaderboard.</summary>
/// <param name="Rank">The place; the best is 1, and no two share one.</param>
/// <param name="PlayerId">Who has it.</param>
/// <param name="Name">The player's name.</param>
/// <param name="Rating">The Elo rating.</param>
/// <param name="Wins">Matches won.</param>
/// <param name="Losses">Matches lost.</param>
public sealed record LeaderboardEntry(int Rank, long PlayerId, string Name, int Rating, int Wins, int Losses);
