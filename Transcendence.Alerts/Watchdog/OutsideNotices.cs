namespace Transcendence.Alerts.Watchdog;

/// <summary>Tells somebody outside that the monitoring is overdue, and that it works: by a way that goes through neither Prometheus nor Alertmanager.</summary>
internal sealed partial class OutsideNotices(IHttpClientFactory clients, AlertsOptions options, TimeProvider clock, ILogger<OutsideNotices> logger)
{
    /// <summary>The name of its client.</summary>
    public const string Client = "outside";

    private static readonly TimeSpan s_heartbeat = TimeSpan.FromMinutes(1);

    private bool _isToldOverdue;
    private bool _hasFailed;
    private DateTimeOffset _lastHeartbeat = DateTimeOffset.MinValue;

    /// <summary>Sends what is due. What fails is tried again at the next call.</summary>
    public async Task SendAsync(PipelineState state, CancellationToken cancellationToken)
    {
        if (options.OverdueUrl is { } url && (state.Status is PipelineStatus.Overdue, _isToldOverdue) is (true, false) or (false, true) && state.Status is not PipelineStatus.Starting)
        {
            var text = $"{(_isToldOverdue ? "The monitoring works again" : "The monitoring is overdue")}: {state.Reason}";
            // Slack and Mattermost read the one, Discord the other.
            if (await TryAsync(nameof(options.OverdueUrl), http => http.PostAsJsonAsync(url, new { text, content = text }, cancellationToken), cancellationToken))
            {
                _isToldOverdue = !_isToldOverdue;
            }
        }

        if (options.HeartbeatUrl is { } heartbeat && state.Status is PipelineStatus.Working or PipelineStatus.Impaired && clock.GetUtcNow() - _lastHeartbeat >= s_heartbeat
            && await TryAsync(nameof(options.HeartbeatUrl), http => http.GetAsync(heartbeat, cancellationToken), cancellationToken))
        {
            _lastHeartbeat = clock.GetUtcNow();
        }
    }

    // Neither URL is ever said: it is what lets one send.
    private async Task<bool> TryAsync(string setting, Func<HttpClient, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            using var http = clients.CreateClient(Client);
            using var response = await send(http);
            if (response.IsSuccessStatusCode)
            {
                _hasFailed = false;
                return true;
            }

            reason = $"it answers {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            reason = e is HttpRequestException { HttpRequestError: var error } ? error.ToString() : "it does not answer in time";
        }

        if (!_hasFailed)
        {
            LogFailed(setting, reason);
        }

        _hasFailed = true;
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Alerts:{Setting} cannot be reached: {Reason}. It is tried again every few seconds")]
    private partial void LogFailed(string setting, string reason);
}
