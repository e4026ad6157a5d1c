using System.Collections.Concurrent;

namespace Transcendence.Alerts.Watchdog;

/// <summary>Tells people that the monitoring is overdue, and that it works: by a way that goes through neither Prometheus nor Alertmanager.</summary>
internal sealed partial class OutsideNotices(IEnumerable<Channel> channels, IHttpClientFactory clients, NotifyOptions options, TimeProvider clock, ILogger<OutsideNotices> logger)
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromMinutes(1);

    private readonly Channel[] _channels = [.. channels];
    private readonly ConcurrentDictionary<string, DateTimeOffset> _overdueSince = new();
    private readonly ConcurrentDictionary<string, bool> _failed = new();
    private long? _lastHeartbeat;

    /// <summary>Since when the monitoring is overdue, where people were told of it and not yet of its end.</summary>
    public DateTimeOffset? ToldOverdueSince => _overdueSince.IsEmpty ? null : _overdueSince.Values.Min();

    /// <summary>Goes on where another process ended, which had told them.</summary>
    public void Remember(DateTimeOffset overdueSince) => Array.ForEach(_channels, channel => _overdueSince.TryAdd(channel.Name, overdueSince));

    /// <summary>Sends what is due. What fails is tried again at the next call.</summary>
    public Task SendAsync(PipelineState state, CancellationToken cancellationToken) => Task.WhenAll(
        [.. _channels.Select(channel => TellAsync(channel, state, cancellationToken)), BeatAsync(state, cancellationToken)]);

    private async Task TellAsync(Channel channel, PipelineState state, CancellationToken cancellationToken)
    {
        var isTold = _overdueSince.TryGetValue(channel.Name, out var since);
        var isOverdue = state.Status is PipelineStatus.Overdue;
        if (isTold == isOverdue || (isTold && state.Status is PipelineStatus.Starting))
        {
            return;
        }

        since = isTold ? since : state.Since;
        var message = MonitoringOverdue.Message(since, isOverdue ? null : state.Since, state.Reason);
        if (!await TryAsync(channel.Name, () => channel.SendAsync(Notice.Of(message), MonitoringOverdue.ToJson(message), cancellationToken), cancellationToken))
        {
            return;
        }

        if (isOverdue)
        {
            _overdueSince[channel.Name] = since;
        }
        else
        {
            _overdueSince.TryRemove(channel.Name, out _);
        }
    }

    private async Task BeatAsync(PipelineState state, CancellationToken cancellationToken)
    {
        // By a clock that nobody sets.
        if (string.IsNullOrEmpty(options.Heartbeat) || state.Status is not (PipelineStatus.Working or PipelineStatus.Impaired) || (_lastHeartbeat is { } last && clock.GetElapsedTime(last) < s_heartbeat))
        {
            return;
        }

        if (await TryAsync("heartbeat", () => WebChannel.SendAsync(clients, http => http.GetAsync(options.Heartbeat, cancellationToken), cancellationToken), cancellationToken))
        {
            _lastHeartbeat = clock.GetTimestamp();
        }
    }

    private async Task<bool> TryAsync(string name, Func<Task> send, CancellationToken cancellationToken)
    {
        try
        {
            await send();
            _failed.TryRemove(name, out _);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (_failed.TryAdd(name, true))
            {
                LogFailed(name, e is NotSentException ? e.Message : e.GetType().Name);
            }

            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Name} was not told of the state of the monitoring: {Reason}. It is tried again every few seconds")]
    private partial void LogFailed(string name, string reason);
}
