using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transcendence.AppHost;

/// <summary>Renders a configuration again whenever a file of it is changed or removed, so that the tool finds the change when it is told to reload.</summary>
/// <param name="source">The absolute path of the original.</param>
/// <param name="renderAsync">Renders it.</param>
/// <param name="logger">Hears of a copy that cannot be written.</param>
internal sealed partial class ConfigurationWatcher(string source, Func<CancellationToken, Task> renderAsync, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(source) { IncludeSubdirectories = true };
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;

        try
        {
            while (true)
            {
                await changed.WaitAsync(stoppingToken).ConfigureAwait(false);
                while (changed.Wait(0, CancellationToken.None))
                {
                    // One save is several events.
                }

                try
                {
                    await renderAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is DistributedApplicationException or IOException)
                {
                    LogNotRendered(logger, e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private static partial void LogNotRendered(ILogger logger, string reason);
}
