using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Eventing;
using Transcendence.Hosting.Native;
using Transcendence.Hosting.Processes;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Starts the application's resources, keeps their runners, and stops them all.</summary>
internal sealed class ApplicationOrchestrator(
    DistributedApplicationModel model,
    EndpointAllocator endpoints,
    ResourceLauncher launcher,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    DistributedApplicationExecutionContext executionContext,
    IHostApplicationLifetime lifetime,
    ProcessSupervisor supervisor,
    IServiceProvider services) : IHostedService, IResourceUsageReader
{
    private readonly Dictionary<string, ResourceRunner> _runners = new(StringComparer.OrdinalIgnoreCase);
    private Task _starts = Task.CompletedTask;

    /// <summary>Starts all resources; does not wait until they run.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
        EnsureNoCycle();
        foreach (var resource in model.Resources.Where(ResourceLauncher.CanLaunch))
        {
            var runner = new ResourceRunner(resource, launcher, endpoints, notifications, eventing, executionContext, loggers.GetLogger(resource), services);
            _runners.Add(resource.Name, runner);
            AddLifeCycleCommands(runner);
        }

        foreach (var resource in model.Resources)
        {
            // Known with its first state, before anything can happen to it.
            await notifications.PublishUpdateAsync(resource, s => resource.Annotations.OfType<ExplicitStartupAnnotation>().Any() ? s with { State = KnownResourceStates.NotStarted } : s).ConfigureAwait(false);
        }

        endpoints.AllocateAll();
        foreach (var resource in model.Resources)
        {
            if (resource is IResourceWithEndpoints)
            {
                await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
            }

            await PublishUrlsAsync(resource, cancellationToken).ConfigureAwait(false);
            if (resource is ParameterResource parameter)
            {
                await ResolveAsync(parameter).ConfigureAwait(false);
            }

            await eventing.PublishAsync(new InitializeResourceEvent(resource, eventing, loggers, notifications, services), cancellationToken).ConfigureAwait(false);
        }

        _starts = Task.WhenAll(_runners.Values
            .Where(r => !r.Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())
            .Select(r => Task.Run(() => r.StartAsync(lifetime.ApplicationStopping), CancellationToken.None)));
    }

    /// <summary>Stops all resources, all at the same time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_runners.Values.Select(r => r.StopAsync(cancellationToken))).ConfigureAwait(false);
        await _starts.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await supervisor.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ResourceUsage> Read() =>
    [
        .. from runner in _runners.Values
           let pid = runner.ProcessId
           where pid is not null
           let usage = ProcessUsageReader.Read(pid.Value)
           where usage is not null
           select new ResourceUsage(runner.Resource.Name, usage.Value.CpuTime, usage.Value.ResidentBytes, usage.Value.StartTime),
    ];

    private void EnsureNoCycle()
    {
        var done = new HashSet<IResource>();
        foreach (var resource in model.Resources)
        {
            Visit(resource, []);
        }

        void Visit(IResource resource, List<IResource> path)
        {
            if (path.Contains(resource))
            {
                throw new DistributedApplicationException($"These resources wait for each other, so none would ever start: {string.Join(" -> ", path.SkipWhile(r => r != resource).Append(resource).Select(r => r.Name))}.");
            }

            if (!done.Add(resource))
            {
                return;
            }

            path.Add(resource);
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            {
                // A resource that is done may still be on the path.
                if (path.Contains(wait.Resource) || !done.Contains(wait.Resource))
                {
                    Visit(wait.Resource, path);
                }
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private static void AddLifeCycleCommands(ResourceRunner runner)
    {
        Add(KnownResourceCommands.StartCommand, "Start", "Play", s => !IsUp(s), runner.StartAsync);
        Add(KnownResourceCommands.StopCommand, "Stop", "Stop", IsUp, StopAsync);
        Add(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", IsUp, async cancellationToken =>
        {
            await runner.StopAsync(cancellationToken).ConfigureAwait(false);
            return await runner.StartAsync(cancellationToken).ConfigureAwait(false);
        });

        static bool IsUp(string? state) => state == KnownResourceStates.Running || state == KnownResourceStates.Starting || state == KnownResourceStates.Waiting;

        async Task<string?> StopAsync(CancellationToken cancellationToken)
        {
            await runner.StopAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        void Add(string name, string displayName, string icon, Func<string?, bool> isEnabled, Func<CancellationToken, Task<string?>> execute) =>
            runner.Resource.Annotations.Add(new ResourceCommandAnnotation(
                name,
                displayName,
                context => context.ResourceSnapshot.State?.Text is var state && state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
                    : isEnabled(state) ? ResourceCommandState.Enabled : name == KnownResourceCommands.RestartCommand ? ResourceCommandState.Disabled : ResourceCommandState.Hidden,
                async context => await execute(context.CancellationToken).ConfigureAwait(false) is { } problem ? CommandResults.Failure(problem) : CommandResults.Success(),
                displayDescription: $"{displayName} this resource.",
                parameter: null,
                confirmationMessage: null,
                iconName: icon,
                iconVariant: IconVariant.Filled,
                isHighlighted: name != KnownResourceCommands.RestartCommand));
    }

    private async Task ResolveAsync(ParameterResource parameter)
    {
        try
        {
            var value = await parameter.GetValueAsync(CancellationToken.None).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(parameter, s => s with
            {
                State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                Properties = s.Properties.Add(new ResourcePropertySnapshot("Value", value) { IsSensitive = parameter.Secret }),
            }).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            await notifications.PublishUpdateAsync(parameter, s => s with
            {
                State = new ResourceStateSnapshot(e is MissingParameterValueException ? "Value missing" : KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
                Properties = s.Properties.Add(new ResourcePropertySnapshot(ResourceRunner.FailureProperty, e.Message)),
            }).ConfigureAwait(false);
        }
    }

    private async Task PublishUrlsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var urls = resource is IResourceWithEndpoints withEndpoints
            ? withEndpoints.GetEndpoints().Select(e => new ResourceUrlAnnotation { Url = e.Url, Endpoint = e }).ToList()
            : [];
        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }

        if (context.Urls.Count == 0)
        {
            return;
        }

        await notifications.PublishUpdateAsync(resource, s => s with
        {
            Urls = [.. context.Urls.Select(u => new UrlSnapshot(
                u.Endpoint?.EndpointName,
                u.Endpoint is { } endpoint && u.Url.StartsWith('/') ? endpoint.Url + u.Url : u.Url,
                IsInternal: u.DisplayLocation == UrlDisplayLocation.DetailsOnly)
            {
                DisplayProperties = new UrlDisplayPropertiesSnapshot(u.DisplayText ?? ""),
            })],
        }).ConfigureAwait(false);
    }
}
