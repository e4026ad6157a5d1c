using System.Linq.Expressions;
using Microsoft.AspNetCore.Mvc;

namespace Transcendence.Backend.Apis;

/// <summary>Who beat whom.</summary>
internal static class MatchesApi
{
    /// <summary>Maps <c>/api/matches</c>.</summary>
    public static void MapMatchesApi(this IEndpointRouteBuilder api)
    {
        var matches = api.MapGroup("/matches").WithTags("Matches").HasCommonErrors();
        matches.MapGet("/", ListAsync).WithName("ListMatches").WithSummary("List matches, the last one first")
            .WithDescription("With after, the id of a match, the list begins behind that: so a long list is read to its end, with the last item of each page.");
        matches.MapPost("/", RecordAsync).WithName("RecordMatch").WithSummary("Record a finished match")
            .WithDescription(
                "Moves both players' ratings. A player who does not exist is bad input (400). With an Idempotency-Key header the request " +
                "may be repeated: the repetition answers 200 with the match that the first one recorded.")
            .ProducesProblem(StatusCodes.Status409Conflict).TakesBody();
        matches.MapGet("/{id}", GetAsync).WithName("GetMatch").WithSummary("Get a match").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static readonly Expression<Func<Match, MatchResponse>> s_response = match => new MatchResponse(
        match.Id,
        new MatchSide(match.Player1Id, match.Player1.Name, match.Player1Score),
        new MatchSide(match.Player2Id, match.Player2.Name, match.Player2Score),
        match.Player1Score > match.Player2Score ? match.Player1Id : match.Player2Id,
        match.RatingChange,
        match.PlayedAt);

    private static readonly Func<Match, MatchResponse> s_toResponse = s_response.Compile();

    private static async Task<Ok<Page<MatchResponse>>> ListAsync(
        BackendDbContext db,
        CancellationToken cancellationToken,
        long? playerId = null,
        long after = long.MaxValue,
        [PageNumber] int page = 1,
        [PageSize] int pageSize = Paging.DefaultSize)
    {
        var matches = db.Matches.Where(m => m.Id < after);
        return TypedResults.Ok(await Paging.ToPageAsync(count => Beginning(count).OrderByDescending(m => m.Id).Select(s_response), page, pageSize, cancellationToken));

        // Of each side by its index, in order: of both at once a database would sort all matches of the player.
        IQueryable<Match> Beginning(int count) => playerId is not { } id ? matches
            : matches.Where(m => m.Player1Id == id).OrderByDescending(m => m.Id).Take(count)
                .Concat(matches.Where(m => m.Player2Id == id).OrderByDescending(m => m.Id).Take(count));
    }

    private static async Task<Results<Ok<MatchResponse>, ProblemHttpResult>> GetAsync(
        long id, BackendDbContext db, CancellationToken cancellationToken) =>
        await db.Matches.Where(m => m.Id == id).Select(s_response).FirstOrDefaultAsync(cancellationToken) is { } match
            ? TypedResults.Ok(match)
            : TypedResults.Problem($"There is no match {id}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<Created<MatchResponse>, Ok<MatchResponse>, ValidationProblem, ProblemHttpResult>> RecordAsync(
        NewMatch body,
        BackendDbContext db,
        BackendMetrics metrics,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = "Idempotency-Key"), StringLength(Match.MaxIdempotencyKeyLength, MinimumLength = 1)] string? idempotencyKey = null)
    {
        var answer = await db.WriteAsync<Results<Created<MatchResponse>, Ok<MatchResponse>, ValidationProblem, ProblemHttpResult>>(async () =>
        {
            var players = await db.Players.Where(p => p.Id == body.Player1Id || p.Id == body.Player2Id).ToDictionaryAsync(p => p.Id, cancellationToken);
            if (idempotencyKey is not null
                && await db.Matches.Where(m => m.IdempotencyKey == idempotencyKey).Select(s_response).FirstOrDefaultAsync(cancellationToken) is { } earlier)
            {
                return body.Describes(earlier)
                    ? TypedResults.Ok(earlier)
                    : TypedResults.Problem($"This Idempotency-Key was used for match {earlier.Id}, which is another.", statusCode: StatusCodes.Status409Conflict);
            }

            var unknown = new[] { ("player1Id", body.Player1Id!.Value), ("player2Id", body.Player2Id!.Value) }
                .Where(reference => !players.ContainsKey(reference.Item2))
                .ToDictionary(reference => reference.Item1, reference => new[] { $"There is no player {reference.Item2}." });
            if (unknown.Count > 0)
            {
                return TypedResults.ValidationProblem(unknown);
            }

            var match = Play(players[body.Player1Id.Value], players[body.Player2Id.Value], body, time.GetUtcNow(), idempotencyKey);
            db.Add(match);
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Created($"/api/matches/{match.Id}", s_toResponse(match));
        }, cancellationToken);
        if (answer.Result is Created<MatchResponse>)
        {
            metrics.MatchesPlayed.Inc();
        }

        return answer;
    }

    private static Match Play(Player player1, Player player2, NewMatch body, DateTimeOffset now, string? idempotencyKey)
    {
        var (winner, loser) = body.Player1Score > body.Player2Score ? (player1, player2) : (player2, player1);
        var points = Elo.PointsWon(winner.Rating, loser.Rating);
        winner.Rating += points;
        winner.Wins++;
        loser.Rating -= points;
        loser.Losses++;
        return new Match
        {
            Player1 = player1,
            Player2 = player2,
            Player1Score = body.Player1Score!.Value,
            Player2Score = body.Player2Score!.Value,
            RatingChange = points,
            PlayedAt = now,
            IdempotencyKey = idempotencyKey,
        };
    }
}

/// <summary>A finished match.</summary>
/// <param name="Player1Id">The first player.</param>
/// <param name="Player2Id">The second player: another one.</param>
/// <param name="Player1Score">The first player's points, 0 to 1000: far more than anybody ever played to.</param>
/// <param name="Player2Score">The second player's points: not as many, there is no draw in Pong.</param>
public sealed record NewMatch(
    [property: Required(ErrorMessage = ApiContract.Required)] long? Player1Id,
    [property: Required(ErrorMessage = ApiContract.Required)] long? Player2Id,
    [property: Required(ErrorMessage = ApiContract.Required), Range(0, 1000, ErrorMessage = ApiContract.OutOfRange)] int? Player1Score,
    [property: Required(ErrorMessage = ApiContract.Required), Range(0, 1000, ErrorMessage = ApiContract.OutOfRange)] int? Player2Score) : IValidatableObject
{
    /// <summary>Refuses a match against oneself and a draw.</summary>
    /// <param name="validationContext">Not used.</param>
    /// <returns>What is wrong.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Player1Id == Player2Id)
        {
            yield return new ValidationResult("A match has two different players.", [nameof(Player2Id)]);
        }

        if (Player1Score == Player2Score)
        {
            yield return new ValidationResult("There is no draw in Pong: one player has more points.", [nameof(Player2Score)]);
        }
    }

    internal bool Describes(MatchResponse match) =>
        (Player1Id, Player1Score, Player2Id, Player2Score) == (match.Player1.PlayerId, match.Player1.Score, match.Player2.PlayerId, match.Player2.Score);
}

/// <summary>A match as it was recorded.</summary>
/// <param name="Id">The key.</param>
/// <param name="Player1">The first player.</param>
/// <param name="Player2">The second player.</param>
/// <param name="WinnerId">Which of the two won.</param>
/// <param name="RatingChange">The Elo points that the winner took from the loser.</param>
/// <param name="PlayedAt">When the match was recorded, UTC.</param>
public sealed record MatchResponse(long Id, MatchSide Player1, MatchSide Player2, long WinnerId, int RatingChange, DateTimeOffset PlayedAt);

/// <summary>One side of a match.</summary>
/// <param name="PlayerId">Who played.</param>
/// <param name="Name">The player's present name.</param>
/// <param name="Score">The points made.</param>
public sealed record MatchSide(long PlayerId, string Name, int Score);
