using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Transcendence.Hosting.ApplicationModel;

/// <summary>A change of a resource's state.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">The id of the instance; here its name.</param>
/// <param name="snapshot">The new state.</param>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The id of the instance; here its name.</summary>
    public string ResourceId { get; } = resourceId;

    /// <summary>The new state.</summary>
    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}

/// <summary>How <see cref="ResourceNotificationService"/> waits.</summary>
public sealed class ResourceNotificationServiceOptions
{
    /// <summary>What becomes of a wait for a resource that fails, when nothing else is said.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; } = WaitBehavior.StopOnResourceUnavailable;
}

/// <summary>Knows the state of each resource, and tells of its changes.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _serviceProvider;
    private readonly ResourceLoggerService _resourceLoggerService;
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Creates it.</summary>
    /// <param name="logger">Its log.</param>
    /// <param name="hostApplicationLifetime">The application's life: its end ends all waits.</param>
    /// <param name="serviceProvider">The application's services.</param>
    /// <param name="resourceLoggerService">The resources' logs.</param>
    public ResourceNotificationService(ILogger<ResourceNotificationService> logger, IHostApplicationLifetime hostApplicationLifetime, IServiceProvider serviceProvider, ResourceLoggerService resourceLoggerService)
    {
        ArgumentNullException.ThrowIfNull(hostApplicationLifetime);
        _logger = logger;
        _serviceProvider = serviceProvider;
        _resourceLoggerService = resourceLoggerService;
        hostApplicationLifetime.ApplicationStopping.Register(_disposed.Cancel);
    }

    private WaitBehavior DefaultWaitBehavior => _serviceProvider.GetRequiredService<IOptions<ResourceNotificationServiceOptions>>().Value.DefaultWaitBehavior;

    /// <summary>The state of each resource now, then each change as it comes.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>The states.</returns>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var current in _current.Values)
            {
                channel.Writer.TryWrite(current);
            }

            _watchers.Add(channel);
        }

        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
            await foreach (var resourceEvent in channel.Reader.ReadAllAsync(both.Token).ConfigureAwait(false))
            {
                yield return resourceEvent;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>The state of a resource now.</summary>
    /// <param name="resourceId">Its name.</param>
    /// <param name="resourceEvent">Its state.</param>
    /// <returns>Whether it is known.</returns>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            return _current.TryGetValue(resourceId, out resourceEvent);
        }
    }

    /// <summary>Changes a resource's state.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stateFactory">Makes the new state of the old one.</param>
    /// <returns>Done when the state is changed.</returns>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(stateFactory);
        lock (_lock)
        {
            var previous = _current.TryGetValue(resource.Name, out var known) ? known.Snapshot : Initial(resource);
            var snapshot = stateFactory(previous);
            snapshot = snapshot with { Commands = CommandsOf(resource, snapshot) };
            var resourceEvent = new ResourceEvent(resource, resource.Name, snapshot);
            _current[resource.Name] = resourceEvent;

            if (previous.State?.Text != snapshot.State?.Text)
            {
                LogState(_logger, resource.Name, previous.State?.Text, snapshot.State?.Text);
            }

            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(resourceEvent);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Waits until a resource is in a state.</summary>
    /// <param name="resourceName">Its name.</param>
    /// <param name="targetState">The state; <see cref="KnownResourceStates.Running"/> when none is given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Done when it is.</returns>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a resource is in one of several states.</summary>
    /// <param name="resourceName">Its name.</param>
    /// <param name="targetStates">The states.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The state that it is in.</returns>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = await WaitForResourceAsync(resourceName, e => e.Snapshot.State?.Text is { } text && states.Contains(text), cancellationToken).ConfigureAwait(false);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until a condition holds for a resource.</summary>
    /// <param name="resourceName">Its name.</param>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The state for which it held.</returns>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        ArgumentNullException.ThrowIfNull(predicate);
        await foreach (var resourceEvent in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(resourceEvent.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(resourceEvent))
            {
                return resourceEvent;
            }
        }

        throw new OperationCanceledException($"The application stopped before resource '{resourceName}' met the condition.");
    }

    /// <summary>Waits until a resource runs and is healthy.</summary>
    /// <param name="resourceName">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its state.</returns>
    /// <exception cref="DistributedApplicationException">The resource failed or ended.</exception>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until a resource runs and is healthy.</summary>
    /// <param name="resourceName">Its name.</param>
    /// <param name="waitBehavior">What happens when it fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its state.</returns>
    /// <exception cref="DistributedApplicationException">The resource failed or ended, and <paramref name="waitBehavior"/> says to stop.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var found = await WaitForResourceAsync(
            resourceName,
            e => e.Snapshot is { HealthStatus: Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, IsReady: true } || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsOver(e.Snapshot)),
            cancellationToken).ConfigureAwait(false);

        return IsOver(found.Snapshot)
            ? throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy: its state is '{found.Snapshot.State?.Text}'.")
            : found;
    }

    /// <summary>Waits for all that a resource waits for.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Done when it may start.</returns>
    /// <exception cref="DistributedApplicationException">Something that it waits for failed.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToList();
        if (waits.Count == 0)
        {
            return;
        }

        await PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Waiting }).ConfigureAwait(false);
        var log = _resourceLoggerService.GetLogger(resource);
        await Task.WhenAll(waits.Select(wait => WaitForDependencyAsync(wait, log, cancellationToken))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
        GC.SuppressFinalize(this);
    }

    private static bool IsOver(CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } text && KnownResourceStates.TerminalStates.Contains(text);

    private static CustomResourceSnapshot Initial(IResource resource) =>
        (resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot ?? new CustomResourceSnapshot
        {
            ResourceType = resource switch
            {
                ProjectResource => "Project",
                ContainerResource => "Container",
                ParameterResource => "Parameter",
                _ => resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
            },
            Properties = [],
        }) with
        {
            CreationTimeStamp = DateTime.UtcNow,
            HealthReports = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => new HealthReportSnapshot(h.Key, null, null, null))],
            Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type)).Distinct()],
            Volumes = [.. resource.Annotations.OfType<ContainerMountAnnotation>().Select(m => new VolumeSnapshot(m.Source, m.Target, m.Type == ContainerMountType.BindMount ? "bind" : "volume", m.IsReadOnly))],
            IconName = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault()?.IconName,
            IconVariant = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault()?.IconVariant,
        };

    private async Task WaitForDependencyAsync(WaitAnnotation wait, ILogger log, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var behavior = wait.WaitBehavior ?? DefaultWaitBehavior;
        LogWaiting(log, name);
        switch (wait.WaitType)
        {
            case WaitType.WaitUntilHealthy:
                await WaitForResourceHealthyAsync(name, behavior, cancellationToken).ConfigureAwait(false);
                break;

            case WaitType.WaitUntilStarted:
                var started = await WaitForResourceAsync(
                    name,
                    e => e.Snapshot.State?.Text == KnownResourceStates.Running || (behavior == WaitBehavior.StopOnResourceUnavailable && IsOver(e.Snapshot)),
                    cancellationToken).ConfigureAwait(false);
                if (IsOver(started.Snapshot))
                {
                    throw new DistributedApplicationException($"Resource '{name}', which has to run first, is in the state '{started.Snapshot.State?.Text}'.");
                }

                break;

            default:
                var ended = await WaitForResourceAsync(name, e => IsOver(e.Snapshot), cancellationToken).ConfigureAwait(false);
                if (ended.Snapshot.ExitCode != wait.ExitCode)
                {
                    throw new DistributedApplicationException($"Resource '{name}', which has to end first, ended with exit code {ended.Snapshot.ExitCode} and not {wait.ExitCode}.");
                }

                break;
        }
    }

    private ImmutableArray<ResourceCommandSnapshot> CommandsOf(IResource resource, CustomResourceSnapshot snapshot)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = _serviceProvider };
        return [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => new ResourceCommandSnapshot(
            c.Name, c.UpdateState(context), c.DisplayName, c.DisplayDescription, c.Parameter, c.ConfirmationMessage, c.IconName, c.IconVariant, c.IsHighlighted))];
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Resource}: {OldState} -> {NewState}")]
    private static partial void LogState(ILogger logger, string resource, string? oldState, string? newState);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for resource '{Resource}'.")]
    private static partial void LogWaiting(ILogger logger, string resource);
}
