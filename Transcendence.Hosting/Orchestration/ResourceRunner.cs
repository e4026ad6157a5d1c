using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Eventing;

namespace Transcendence.Hosting.Orchestration;

/// <summary>The life of one resource: start, stop, restart, and what it says of them.</summary>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing that must be disposed of.
internal sealed partial class ResourceRunner(
    IResource resource,
    ResourceLauncher launcher,
    EndpointAllocator endpoints,
    ResourceNotificationService notifications,
    IDistributedApplicationEventing eventing,
    DistributedApplicationExecutionContext executionContext,
    ILogger log,
    IServiceProvider services)
#pragma warning restore CA1001
{
    /// <summary>The property that says why a resource failed.</summary>
    public const string FailureProperty = "resource.failure";

    /// <summary>The property with what the user has to know of a run.</summary>
    public const string NoteProperty = "resource.note";

    private const string ProcessIdProperty = "executable.pid";

    private const int TailLines = 8;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private CancellationTokenSource? _starting;
    private RunningResource? _running;
    private ImmutableArray<UrlSnapshot> _urls;

    public IResource Resource { get; } = resource;

    /// <summary>The process that runs now, if it is one.</summary>
    public int? ProcessId => _running is { Exited.IsCompleted: false } running ? running.ProcessId : null;

    private string EndedState => Resource is ContainerResource ? KnownResourceStates.Exited : KnownResourceStates.Finished;

    /// <summary>Starts it, after all that it waits for.</summary>
    /// <returns>Why it could not be started; <see langword="null"/> when it runs.</returns>
    public async Task<string?> StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (_running is { Exited.IsCompleted: false })
            {
                return null;
            }

            _starting = starting;
            return await StartCoreAsync(starting.Token).ConfigureAwait(false);
        }
        finally
        {
            _starting = null;
            _gate.Release();
        }
    }

    /// <summary>Stops it, or breaks off its start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            _starting?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The start ended in this very moment.
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_running is { Exited.IsCompleted: false } running)
            {
                await SetStateAsync(KnownResourceStates.Stopping).ConfigureAwait(false);
                await running.StopAsync(cancellationToken).ConfigureAwait(false);
                await running.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
                await EndAsync(running, asked: true).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<string?> StartCoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await notifications.WaitForDependenciesAsync(Resource, cancellationToken).ConfigureAwait(false);
            await SetStateAsync(KnownResourceStates.Starting).ConfigureAwait(false);
            await eventing.PublishAsync(new BeforeResourceStartedEvent(Resource, services), cancellationToken).ConfigureAwait(false);
            var configuration = await ExecutionConfiguration.ResolveAsync(Resource, executionContext, log, cancellationToken).ConfigureAwait(false);
            endpoints.EnsureFree(Resource);

            var running = _running = await launcher.LaunchAsync(Resource, configuration, cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(Resource, s => s with
            {
                State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                StartTimeStamp = DateTime.UtcNow,
                StopTimeStamp = null,
                ExitCode = null,
                IsReady = false,
                HealthReports = [.. s.HealthReports.Select(h => new HealthReportSnapshot(h.Name, null, null, null))],
                EnvironmentVariables = [.. configuration.Environment],
                Urls = UrlsOf(running, s.Urls),
                Properties = [.. WithoutOutcome(s.Properties), .. Facts(running)],
            }).ConfigureAwait(false);
            _ = WatchAsync(running);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SetStateAsync(EndedState).ConfigureAwait(false);
            return "The start was broken off.";
        }
#pragma warning disable CA1031 // Whatever goes wrong with one resource, the rest runs.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The message of our own exceptions is written for the user; of others the trace is needed too.
            LogFailed(log, e is DistributedApplicationException ? null : e, e.Message);
            await notifications.PublishUpdateAsync(Resource, s => s with
            {
                State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
                StopTimeStamp = DateTime.UtcNow,
                Properties = WithoutOutcome(s.Properties).Add(new ResourcePropertySnapshot(FailureProperty, e.Message)),
            }).ConfigureAwait(false);
            return e.Message;
        }
    }

    private async Task WatchAsync(RunningResource running)
    {
        await running.Exited.ConfigureAwait(false);

        // A stop that was asked for is told by StopAsync, which holds the gate until it has.
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (ReferenceEquals(_running, running))
            {
                await EndAsync(running, asked: false).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task EndAsync(RunningResource running, bool asked)
    {
        _running = null;
        var exitCode = await running.Exited.ConfigureAwait(false);
        LogExited(log, exitCode);
        var failure = asked || exitCode == 0 ? null : $"'{Resource.Name}' ended by itself with exit code {exitCode}.{Tail()}";
        await notifications.PublishUpdateAsync(Resource, s => s with
        {
            State = new ResourceStateSnapshot(EndedState, failure is null ? null : KnownResourceStateStyles.Error),
            StopTimeStamp = DateTime.UtcNow,
            ExitCode = exitCode,
            IsReady = false,
            Properties = failure is null ? WithoutOutcome(s.Properties) : WithoutOutcome(s.Properties).Add(new ResourcePropertySnapshot(FailureProperty, failure)),
        }).ConfigureAwait(false);

        if (notifications.TryGetCurrentState(Resource.Name, out var last))
        {
            await eventing.PublishAsync(new ResourceStoppedEvent(Resource, services, last)).ConfigureAwait(false);
        }
    }

    private string Tail()
    {
        var loggers = (ResourceLoggerService)services.GetService(typeof(ResourceLoggerService))!;
        var lines = loggers.GetLines(Resource.Name).SkipLast(1).TakeLast(TailLines).Select(l => l.Content[(l.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]).ToList();
        return lines.Count == 0 ? "" : $" It last printed:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}";
    }

    private Task SetStateAsync(string state) => notifications.PublishUpdateAsync(Resource, s => s with { State = state });

    /// <summary>The URLs of the model, with what they lead to in this run.</summary>
    private ImmutableArray<UrlSnapshot> UrlsOf(RunningResource running, ImmutableArray<UrlSnapshot> current)
    {
        if (_urls.IsDefault)
        {
            _urls = current;
        }

        return running.UrlText is { } text ? [.. _urls.Select(u => u with { DisplayProperties = u.DisplayProperties with { DisplayName = text } })] : _urls;
    }

    private static IEnumerable<ResourcePropertySnapshot> Facts(RunningResource running)
    {
        if (running.ProcessId is { } pid)
        {
            yield return new ResourcePropertySnapshot(ProcessIdProperty, pid);
        }

        if (running.Note is { } note)
        {
            yield return new ResourcePropertySnapshot(NoteProperty, note);
        }
    }

    private static ImmutableArray<ResourcePropertySnapshot> WithoutOutcome(ImmutableArray<ResourcePropertySnapshot> properties) =>
        properties.RemoveAll(p => p.Name is FailureProperty or NoteProperty or ProcessIdProperty);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to start: {Reason}")]
    private static partial void LogFailed(ILogger logger, Exception? exception, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Exited with code {ExitCode}.")]
    private static partial void LogExited(ILogger logger, int exitCode);
}
