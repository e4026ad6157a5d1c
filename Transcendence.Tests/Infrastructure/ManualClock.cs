namespace Transcendence.Tests.Infrastructure;

/// <summary>A clock that moves when its test moves it.</summary>
/// <param name="now">The time at first.</param>
internal sealed class ManualClock(DateTimeOffset now) : TimeProvider
{
    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; private set; } = now;

    /// <summary>Moves the time forward.</summary>
    public void Advance(TimeSpan time) => Now += time;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
