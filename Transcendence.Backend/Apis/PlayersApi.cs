using System.Linq.Expressions;

namespace Transcendence.Backend.Apis;

/// <summary>Who plays.</summary>
internal static class PlayersApi
{
    /// <summary>Maps <c>/api/players</c>.</summary>
    public static void MapPlayersApi(this IEndpointRouteBuilder api)
    {
        var players = api.MapGroup("/players").WithTags("Players").HasCommonErrors();
        players.MapGet("/", ListAsync).WithName("ListPlayers").WithSummary("List players, in the order in which they joined")
            .WithDescription("With after, the id of a player, the list begins behind that: so a long list is read to its end, with the last item of each page.");
        players.MapPost("/", CreateAsync).WithName("CreatePlayer").WithSummary("Add a player")
            .ProducesProblem(StatusCodes.Status409Conflict).TakesBody();
        players.MapGet("/{id}", GetAsync).WithName("GetPlayer").WithSummary("Get a player").ProducesProblem(StatusCodes.Status404NotFound);
        players.MapPut("/{id}", RenameAsync).WithName("RenamePlayer").WithSummary("Rename a player")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status404NotFound).TakesBody();
        players.MapDelete("/{id}", DeleteAsync).WithName("DeletePlayer").WithSummary("Remove a player who has played no match")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>What a client sees of a player.</summary>
    public static readonly Expression<Func<Player, PlayerResponse>> Response = player => new PlayerResponse(
        player.Id, player.Name, player.Rating, player.Wins, player.Losses, player.CreatedAt);

    private static readonly Func<Player, PlayerResponse> s_toResponse = Response.Compile();

    private static async Task<Ok<Page<PlayerResponse>>> ListAsync(
        BackendDbContext db, CancellationToken cancellationToken, long after = 0, [PageNumber] int page = 1, [PageSize] int pageSize = Paging.DefaultSize) =>
        TypedResults.Ok(await db.Players.Where(p => p.Id > after).OrderBy(p => p.Id).Select(Response).ToPageAsync(page, pageSize, cancellationToken));

    private static async Task<Results<Ok<PlayerResponse>, ProblemHttpResult>> GetAsync(
        long id, BackendDbContext db, CancellationToken cancellationToken) =>
        await db.Players.Where(p => p.Id == id).Select(Response).FirstOrDefaultAsync(cancellationToken) is { } player
            ? TypedResults.Ok(player)
            : NoPlayer(id);

    private static async Task<Results<Created<PlayerResponse>, ProblemHttpResult>> CreateAsync(
        NewPlayer body, BackendDbContext db, BackendMetrics metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var player = new Player { Name = body.Name!, CreatedAt = time.GetUtcNow() };
        db.Add(player);
        if (await db.WriteAsync(() => SaveAsync(db, player, cancellationToken), cancellationToken) is { } refusal)
        {
            return refusal;
        }

        metrics.Players.Inc();
        return TypedResults.Created($"/api/players/{player.Id}", s_toResponse(player));
    }

    private static async Task<Results<Ok<PlayerResponse>, ProblemHttpResult>> RenameAsync(
        long id, NewPlayer body, BackendDbContext db, CancellationToken cancellationToken) =>
        await db.WriteAsync<Results<Ok<PlayerResponse>, ProblemHttpResult>>(async () =>
        {
            if (await db.Players.FindAsync([id], cancellationToken) is not { } player)
            {
                return NoPlayer(id);
            }

            player.Name = body.Name!;
            return await SaveAsync(db, player, cancellationToken) is { } refusal ? refusal : TypedResults.Ok(s_toResponse(player));
        }, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        long id, BackendDbContext db, BackendMetrics metrics, CancellationToken cancellationToken)
    {
        var refusal = await db.WriteAsync(async () =>
        {
            if (await db.Players.FindAsync([id], cancellationToken) is not { } player)
            {
                return NoPlayer(id);
            }

            if (player.Wins + player.Losses > 0)
            {
                return TypedResults.Problem(
                    $"Player {id} has played; the opponents' matches and ratings rest on it. Rename the player instead.",
                    statusCode: StatusCodes.Status409Conflict);
            }

            db.Remove(player);
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        metrics.Players.Dec();
        return TypedResults.NoContent();
    }

    private static async Task<ProblemHttpResult?> SaveAsync(BackendDbContext db, Player player, CancellationToken cancellationToken)
    {
        if (await db.Players.AnyAsync(other => other.NameKey == player.NameKey && other.Id != player.Id, cancellationToken))
        {
            return TypedResults.Problem(
                $"There is a player named '{player.Name}' already (upper and lower case are the same).", statusCode: StatusCodes.Status409Conflict);
        }

        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private static ProblemHttpResult NoPlayer(long id) =>
        TypedResults.Problem($"There is no player {id}.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>What a client says of a player.</summary>
/// <param name="Name">
/// 1 to 32 letters, digits, spaces, hyphens, underscores, dots and apostrophes. Nobody else may have it, in whatever case.
/// </param>
public sealed record NewPlayer([property: Required(ErrorMessage = ApiContract.Required), PlayerName] string? Name);

/// <summary>A player.</summary>
/// <param name="Id">The key.</param>
/// <param name="Name">The name.</param>
/// <param name="Rating">The Elo rating; 1200 before the first match.</param>
/// <param name="Wins">Matches won.</param>
/// <param name="Losses">Matches lost.</param>
/// <param name="CreatedAt">When the player joined, UTC.</param>
public sealed record PlayerResponse(long Id, string Name, int Rating, int Wins, int Losses, DateTimeOffset CreatedAt);
