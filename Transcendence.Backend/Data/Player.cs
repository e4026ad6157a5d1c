namespace Transcendence.Backend.Data;

/// <summary>Somebody who plays.</summary>
internal sealed class Player
{
    /// <summary>The key; never given twice, even after a deletion.</summary>
    public long Id { get; private set; }

    /// <summary>The name as the player wrote it, without white space around it.</summary>
    [MaxLength(PlayerNameAttribute.MaxLength)]
    public required string Name
    {
        get;
        set => (field, NameKey) = (value.Trim(), value.Trim().ToUpperInvariant());
    }

    /// <summary>The name as it is compared: two players may not differ by case alone.</summary>
    [MaxLength(PlayerNameAttribute.MaxLength)]
    public string NameKey { get; private set; } = "";

    /// <summary>The Elo rating, see <see cref="Elo"/>.</summary>
    public int Rating { get; set; } = Elo.StartRating;

    public int Wins { get; set; }

    public int Losses { get; set; }

    /// <summary>In whole microseconds, which is what every database keeps.</summary>
    public required DateTimeOffset CreatedAt
    {
        get;
        init => field = value.ToMicroseconds();
    }
}
