using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Transcendence.Hosting.Tools;

namespace Transcendence.Hosting.Configuration;

/// <summary>Renders a configuration whenever a file of it is changed while its tool runs, and has the tool read it.</summary>
/// <remarks>So a POST to <c>/-/reload</c>, whenever it comes, finds what has been rendered and checked; one that came too early is made up for.</remarks>
/// <param name="configuration">The configuration.</param>
/// <param name="resource">The tool.</param>
/// <param name="services">The application's services.</param>
internal sealed partial class ConfigurationWatcher(RenderedConfiguration configuration, IToolResource resource, IServiceProvider services) : BackgroundService
{
    // One save of an editor is several events.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!Directory.Exists(configuration.Source))
        {
            return;
        }

        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(configuration.Source) { IncludeSubdirectories = true };
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;

        var logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(resource);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await changed.WaitAsync(stoppingToken).ConfigureAwait(false);
                while (await changed.WaitAsync(s_quiet, stoppingToken).ConfigureAwait(false))
                {
                }

                // What is not running renders when it starts.
                if (IsRunning() && await configuration.RenderAsync(services, isRunning: true, stoppingToken).ConfigureAwait(false) && ToolAnnotation.Of(resource).Tool.ReloadPath is not null)
                {
                    await ConfigurationExtensions.ReloadAsync(resource, stoppingToken).ConfigureAwait(false);
                    LogReloaded(logger, configuration.Source);
                }
            }
            catch (Exception e) when (e is DistributedApplicationException or HttpRequestException)
            {
                LogRefused(logger, e.Message);
            }
            catch (OperationCanceledException)
            {
                // The application stops; or the tool did not answer in time, and hears of it with the next change.
            }
        }
    }

    private bool IsRunning() => services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(resource.Name, out var state)
        && state.Snapshot.State?.Text == KnownResourceStates.Running;

    [LoggerMessage(3, LogLevel.Information, "The changed configuration in {Directory} is in force.")]
    private static partial void LogReloaded(ILogger logger, string directory);

    [LoggerMessage(4, LogLevel.Error, "{Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
