namespace Transcendence.Backend.Data;

/// <summary>A finished match between two players. It is never changed.</summary>
internal sealed class Match
{
    /// <summary>The longest accepted <see cref="IdempotencyKey"/>, in characters.</summary>
    public const int MaxIdempotencyKeyLength = 64;

    /// <summary>The key; ascends in the order in which matches were recorded.</summary>
    public long Id { get; private set; }

    public long Player1Id { get; private set; }

    public required Player Player1 { get; init; }

    public long Player2Id { get; private set; }

    public required Player Player2 { get; init; }

    public required int Player1Score { get; init; }

    public required int Player2Score { get; init; }

    /// <summary>The rating points that the winner took from the loser, see <see cref="Elo.PointsWon"/>.</summary>
    public required int RatingChange { get; init; }

    /// <summary>In whole microseconds, which is what every database keeps.</summary>
    public required DateTimeOffset PlayedAt
    {
        get;
        init => field = value.ToMicroseconds();
    }

    /// <summary>What the client sent as <c>Idempotency-Key</c>, so that a repeated request is not a second match.</summary>
    [MaxLength(MaxIdempotencyKeyLength)]
    public string? IdempotencyKey { get; init; }
}
