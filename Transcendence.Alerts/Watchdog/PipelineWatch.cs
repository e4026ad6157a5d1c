using System.Data.Common;
using OpenTelemetry;
using Prometheus;

namespace Transcendence.Alerts.Watchdog;

/// <summary>Judges every few seconds whether the monitoring itself works, by the alert <c>Watchdog</c> and by asking Prometheus and Alertmanager.</summary>
/// <remarks>
/// <para>It is the age of the newest sample that counts, not that of the word: Alertmanager goes on repeating an alert for minutes after Prometheus has died.</para>
/// <para>After a start of this process, and after the machine has slept, nothing is overdue before a word could have come.</para>
/// </remarks>
internal sealed partial class PipelineWatch(
    IServiceScopeFactory scopes, Pipeline pipeline, AlertmanagerLink link, OutsideNotices notices, AlertMetrics metrics, AlertsOptions options, TimeProvider clock, ILogger<PipelineWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    // A look that comes so late was held up: this process, or the machine, slept.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(30);

    // So long the tools may take to be fetched and started for the first time.
    private static readonly TimeSpan s_firstStart = TimeSpan.FromMinutes(10);

    private DateTimeOffset _lastLook = clock.GetUtcNow();
    private DateTimeOffset _canBeOverdueFrom = clock.GetUtcNow() + options.WatchdogOverdueAfter;
    private DateTimeOffset? _impairedSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RememberAsync(stoppingToken);
        while (true)
        {
            try
            {
                using var quiet = SuppressInstrumentationScope.Begin(); // Else these would bury the users' traces, as probes would.
                await LookAsync(stoppingToken);
                var told = notices.ToldOverdueSince;
                await notices.SendAsync(pipeline.State, stoppingToken);
                if (notices.ToldOverdueSince != told)
                {
                    await KeepAsync(stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e); // It must not end who watches.
            }

            await Task.Delay(s_interval, clock, stoppingToken);
        }
    }

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _lastLook > s_late || now < _lastLook - s_late)
        {
            _canBeOverdueFrom = now + options.WatchdogOverdueAfter;
        }

        _lastLook = now;
        await using var scope = scopes.CreateAsyncScope();
        var prometheus = scope.ServiceProvider.GetService<PrometheusClient>()?.LookAsync(options.WatchdogOverdueAfter, cancellationToken) ?? Task.FromResult<PrometheusSign?>(null);
        var alertmanager = link.IsAsked ? scope.ServiceProvider.GetRequiredService<AlertmanagerClient>().LookAsync(cancellationToken) : Task.FromResult<AlertmanagerSign?>(null);
        var signs = new PipelineSigns(pipeline.Age(now), await prometheus, await alertmanager);
        if (signs is { Prometheus.Fault: null, Alertmanager.Fault: null } && _canBeOverdueFrom > now + options.WatchdogOverdueAfter)
        {
            _canBeOverdueFrom = now + options.WatchdogOverdueAfter;
        }

        var (status, cause) = signs.Judge(options.WatchdogOverdueAfter, options.SettleTime, now >= _canBeOverdueFrom, pipeline.State.Status is PipelineStatus.Overdue);
        // A restart is none.
        _impairedSince = status is PipelineStatus.Impaired ? _impairedSince ?? now : null;
        if (now - _impairedSince < options.SettleTime)
        {
            (status, cause) = (PipelineStatus.Working, PipelineCause.None);
        }

        var reason = signs.Describe(status, cause);
        if (pipeline.Set(status, cause, reason))
        {
            if (status is PipelineStatus.Overdue or PipelineStatus.Impaired)
            {
                LogBroken(status, reason);
            }
            else
            {
                LogState(reason);
            }
        }

        metrics.PipelineIsWorking.Set(status is PipelineStatus.Working or PipelineStatus.Impaired ? 1 : 0);
        if (pipeline.State.LastSampleAt is { } sample)
        {
            metrics.LastSample.SetToTimeUtc(sample);
        }
    }

    /// <summary>What was heard, and told, before this process began. Where nothing ever was, the tools may have to be fetched first.</summary>
    internal async Task RememberAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<AlertsDbContext>().Watchdog.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } word)
            {
                _canBeOverdueFrom = clock.GetUtcNow() + s_firstStart;
                return;
            }

            if (pipeline.State.ReceivedAt is null)
            {
                pipeline.Hear(word.LastSampleAt, word.ReceivedAt);
            }

            if (word.ToldOverdueSince is { } since)
            {
                notices.Remember(since);
            }
        }
        catch (DbException e)
        {
            LogForgotten(e.Message);
        }
    }

    /// <summary>Keeps what people were told, for who comes after this process.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<AlertsDbContext>();
            await database.WriteAsync(
                () => database.Watchdog.ExecuteUpdateAsync(word => word.SetProperty(w => w.ToldOverdueSince, notices.ToldOverdueSince), cancellationToken), cancellationToken);
        }
        catch (DbException e)
        {
            LogNotKept(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "The monitoring is {Status}: {Reason}")]
    private partial void LogBroken(PipelineStatus status, string reason);

    [LoggerMessage(LogLevel.Information, "The monitoring: {Reason}")]
    private partial void LogState(string reason);

    [LoggerMessage(LogLevel.Warning, "The last word of the monitoring cannot be read, so it is waited for: {Reason}")]
    private partial void LogForgotten(string reason);

    [LoggerMessage(LogLevel.Warning, "That people were told of the state of the monitoring cannot be stored, so after a restart they may be told again: {Reason}")]
    private partial void LogNotKept(string reason);

    [LoggerMessage(LogLevel.Error, "The state of the monitoring could not be judged. It is tried again in a few seconds")]
    private partial void LogFailed(Exception e);
}

/// <summary>Adds the dead man's switch.</summary>
internal static class WatchdogExtensions
{
    /// <summary>Judges whether the monitoring itself works, and tells of it outside where that is set.</summary>
    public static void AddWatchdog(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Pipeline>();
        builder.Services.AddHostedService<PipelineWatch>();
        builder.Services.AddSingleton<OutsideNotices>();
    }
}
