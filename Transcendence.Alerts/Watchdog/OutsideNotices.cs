namespace Transcendence.Alerts.Watchdog;

/// <summary>Tells people that the monitoring is overdue, and that it works: by a way that goes through neither Prometheus nor Alertmanager.</summary>
internal sealed partial class OutsideNotices(IEnumerable<Channel> channels, IHttpClientFactory clients, NotifyOptions options, TimeProvider clock, ILogger<OutsideNotices> logger)
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromMinutes(1);

    private readonly HashSet<Channel> _toldOverdue = [];
    private readonly HashSet<string> _failed = [];
    private DateTimeOffset _lastHeartbeat = DateTimeOffset.MinValue;

    /// <summary>Sends what is due. What fails is tried again at the next call.</summary>
    public Task SendAsync(PipelineState state, CancellationToken cancellationToken) => Task.WhenAll(
        [.. channels.Select(channel => TellAsync(channel, state, cancellationToken)), BeatAsync(state, cancellationToken)]);

    private async Task TellAsync(Channel channel, PipelineState state, CancellationToken cancellationToken)
    {
        var isTold = _toldOverdue.Contains(channel);
        if (isTold == state.Status is PipelineStatus.Overdue || (isTold && state.Status is PipelineStatus.Starting))
        {
            return;
        }

        var notice = new Notice(isTold, isTold ? "The monitoring works again" : "The monitoring is overdue", [new([state.Reason], [])]);
        if (await TryAsync(channel.Name, () => channel.SendAsync(notice, null, cancellationToken)))
        {
            (isTold ? (Func<Channel, bool>)_toldOverdue.Remove : _toldOverdue.Add)(channel);
        }
    }

    private async Task BeatAsync(PipelineState state, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Heartbeat) || state.Status is not (PipelineStatus.Working or PipelineStatus.Impaired) || clock.GetUtcNow() - _lastHeartbeat < s_heartbeat)
        {
            return;
        }

        if (await TryAsync("heartbeat", async () =>
        {
            try
            {
                using var http = clients.CreateClient(WebChannel.Client);
                using var response = await http.GetAsync(options.Heartbeat, cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    throw new NotSentException(string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}"));
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new NotSentException(Reasons.Of(e), e);
            }
        }))
        {
            _lastHeartbeat = clock.GetUtcNow();
        }
    }

    private async Task<bool> TryAsync(string name, Func<Task> send)
    {
        try
        {
            await send();
            lock (_failed)
            {
                _failed.Remove(name);
            }

            return true;
        }
        catch (NotSentException e)
        {
            bool isNews;
            lock (_failed)
            {
                isNews = _failed.Add(name);
            }

            if (isNews)
            {
                LogFailed(name, e.Message);
            }

            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Name} was not told of the state of the monitoring: {Reason}. It is tried again every few seconds")]
    private partial void LogFailed(string name, string reason);
}
