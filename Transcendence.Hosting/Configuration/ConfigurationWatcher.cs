namespace Transcendence.Hosting.Configuration;

/// <summary>Renders a configuration whenever a file of it is changed while its tool runs, and has the tool read it.</summary>
/// <remarks>So a POST to <c>/-/reload</c>, whenever it comes, finds what has been rendered and checked; one that came too early is made up for.</remarks>
/// <param name="configuration">The configuration.</param>
/// <param name="resource">The tool.</param>
/// <param name="services">The application's services.</param>
internal sealed partial class ConfigurationWatcher(RenderedConfiguration configuration, IToolResource resource, IServiceProvider services) : BackgroundService
{
    // One save of an editor is several events, and an empty file between two of them is no change.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();

    // Whether what was said last may pass without a change of a file; and what that was.
    private bool _mayPass;
    private string? _said;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(resource);
        var changed = new SemaphoreSlim(0);
        (DateTime? Identity, FileSystemWatcher? Watcher) watched = default;
        try
        {
            watched = Watch(changed);
            while (true)
            {
                // A directory that was moved away or replaced tells nothing any more; and a fault of the moment, such as a full disk, passes without a change.
                var replaced = false;
                while (!replaced && !await changed.WaitAsync(s_look, stoppingToken).ConfigureAwait(false) && !_mayPass)
                {
                    replaced = watched.Identity != Identity;
                }

                while (await changed.WaitAsync(s_quiet, stoppingToken).ConfigureAwait(false))
                {
                }

                if (watched.Identity != Identity)
                {
                    watched.Watcher?.Dispose();
                    watched = Watch(changed);
                }

                await TakeAsync(logger, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
        catch (Exception e)
        {
            // Such as the limit of watches that Linux has for a user. Only changes go unnoticed: the application goes on.
            LogUnwatched(logger, configuration.Source, e.Message);
        }
        finally
        {
            watched.Watcher?.Dispose(); // Linux gives a user few of them.
        }
    }

    // A directory of the same name that was made anew has another time of birth.
    private DateTime? Identity => Directory.Exists(configuration.Source) ? Directory.GetCreationTimeUtc(configuration.Source) : null;

    private (DateTime? Identity, FileSystemWatcher? Watcher) Watch(SemaphoreSlim changed)
    {
        if (Identity is not { } identity)
        {
            return (null, null);
        }

        var watcher = new FileSystemWatcher(configuration.Source) { IncludeSubdirectories = true };
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        return (identity, watcher);
    }

    private async Task TakeAsync(ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            // What is not started renders when it is; what is starting has done so already.
            if (!_notifications.TryGetCurrentState(resource.Name, out var state) || state.Snapshot.State?.Text is not { } text
                || text == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(text))
            {
                return;
            }

            var settled = await _notifications.WaitForResourceAsync(resource.Name, [KnownResourceStates.Running, .. KnownResourceStates.TerminalStates], cancellationToken).ConfigureAwait(false);
            if (settled == KnownResourceStates.Running && await configuration.RenderAsync(services, isRunning: true, cancellationToken).ConfigureAwait(false))
            {
                if (resource is ProjectResource) // What stands in for a tool reads its files whenever it needs them.
                {
                    LogReloaded(logger, configuration.Source);
                }
                else if (ToolAnnotation.Of(resource).Tool.ReloadPath is null)
                {
                    LogNextStart(logger, configuration.Source, resource.Name);
                }
                else
                {
                    await ConfigurationExtensions.ReloadAsync(resource, cancellationToken).ConfigureAwait(false);
                    LogReloaded(logger, configuration.Source);
                }
            }

            (_mayPass, _said) = (false, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _mayPass = e is not DistributedApplicationException { InnerException: null };
            if (e.Message != _said)
            {
                // In the terminal too: who saves a file looks there, and a reload by curl answers for the files that are in force.
                LogRefused(logger, _said = e.Message);
                LogRefused(services.GetRequiredService<ILogger<ConfigurationWatcher>>(), e.Message);
            }
        }
    }

    [LoggerMessage(3, LogLevel.Information, "The changed configuration in {Directory} is in force.")]
    private static partial void LogReloaded(ILogger logger, string directory);

    [LoggerMessage(4, LogLevel.Error, "{Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Information, "The changed configuration in {Directory} is read when '{Tool}' is started again.")]
    private static partial void LogNextStart(ILogger logger, string directory, string tool);

    [LoggerMessage(8, LogLevel.Warning, "Changes in {Directory} are not noticed, use the command reload: {Reason}")]
    private static partial void LogUnwatched(ILogger logger, string directory, string reason);
}
