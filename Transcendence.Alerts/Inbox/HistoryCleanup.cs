using System.Data.Common;

namespace Transcendence.Alerts.Inbox;

/// <summary>Forgets old alerts, at the start and every hour.</summary>
internal sealed partial class HistoryCleanup(IServiceScopeFactory scopes, TimeProvider clock, ILogger<HistoryCleanup> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var removed = await scope.ServiceProvider.GetRequiredService<AlertInbox>().ForgetAsync(stoppingToken);
                if (removed > 0)
                {
                    LogRemoved(removed);
                }
            }
            catch (DbException e)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} alerts and notifications that are older than Alerts:HistoryRetention")]
    private partial void LogRemoved(int count);

    [LoggerMessage(LogLevel.Warning, "Old alerts could not be removed and will be tried again in an hour: {Reason}")]
    private partial void LogFailed(string reason);
}
