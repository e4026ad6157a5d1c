namespace Transcendence.Backend;

/// <summary>Elo's rating of players by their results.</summary>
/// <remarks>
/// <para>
/// The expected score of A against B is <c>1 / (1 + 10^((Rb − Ra) / 400))</c>, and after the game A's rating moves by
/// <c>K · (score − expected)</c>, B's by the same amount the other way.
/// </para>
/// <para>
/// Source: A. E. Elo, <i>The Rating of Chessplayers, Past and Present</i>, Arco 1978; the logistic curve with base 10 and
/// scale 400 in place of Elo's normal distribution is that of the US Chess Federation (M. E. Glickman and T. Doan,
/// <i>The US Chess Rating System</i>).
/// </para>
/// <para>
/// Policy: everybody starts at <see cref="StartRating"/>; K is <see cref="K"/> for everybody, always; a game of Pong has no
/// draw; by how many points it was won does not count. The change is rounded to a whole number, half away from zero, so
/// ratings are integers and their sum is always <see cref="StartRating"/> times the players.
/// </para>
/// </remarks>
internal static class Elo
{
    /// <summary>The rating of a player who has not played.</summary>
    public const int StartRating = 1200;

    /// <summary>The most that one match can move a rating, in points.</summary>
    public const int K = 32;

    /// <summary>The rating points that the winner takes from the loser: between 0 (a sure win) and <see cref="K"/> (the upset of all upsets).</summary>
    public static int PointsWon(int winner, int loser)
    {
        var expected = 1 / (1 + Math.Pow(10, ((double)loser - winner) / 400));
        return (int)Math.Round(K * (1 - expected), MidpointRounding.AwayFromZero);
    }
}
