namespace Transcendence.ServiceDefaults.Database;

/// <summary>What a database keeps of a value.</summary>
public static class Precision
{
    /// <summary>A time as PostgreSQL keeps it, so that it is the same before and after it was stored.</summary>
    /// <param name="time">The time.</param>
    /// <returns>The time, without what is less than a microsecond.</returns>
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
