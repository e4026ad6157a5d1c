namespace Transcendence.Alerts.Watchdog;

/// <summary>The last word of the monitoring, and what was made of it.</summary>
internal sealed class Pipeline(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private (DateTimeOffset LastSampleAt, DateTimeOffset ReceivedAt)? _word;
    private PipelineState _state = new(
        PipelineStatus.Starting, PipelineCause.None, new PipelineSigns(null, null, null).Describe(PipelineStatus.Starting, PipelineCause.None), null, null, clock.GetUtcNow());

    /// <summary>What was last made of it.</summary>
    public PipelineState State
    {
        get
        {
            lock (_lock)
            {
                return _state with { LastSampleAt = _word?.LastSampleAt, ReceivedAt = _word?.ReceivedAt };
            }
        }
    }

    /// <summary>Takes a word.</summary>
    public void Hear(DateTimeOffset lastSampleAt, DateTimeOffset receivedAt)
    {
        lock (_lock)
        {
            _word = (lastSampleAt, receivedAt);
        }
    }

    /// <summary>How old the last word is: what it tells of, or itself, as the clock of who sent it may be wrong.</summary>
    public TimeSpan? Age(DateTimeOffset now)
    {
        lock (_lock)
        {
            // The clock was set back: from now on it ages again.
            if (_word is var (future, arrived) && arrived > now)
            {
                _word = (future < now ? future : now, now);
            }

            return _word is var (sample, received) ? now - (sample < received ? sample : received) : null;
        }
    }

    /// <summary>Sets what is made of it.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Set(PipelineStatus status, PipelineCause cause, string reason)
    {
        lock (_lock)
        {
            var isNews = (status, cause) != (_state.Status, _state.Cause);
            _state = _state with { Status = status, Cause = cause, Reason = reason, Since = isNews ? clock.GetUtcNow() : _state.Since };
            return isNews;
        }
    }
}
