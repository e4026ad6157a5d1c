namespace Transcendence.Hosting.Configuration;

/// <summary>Gives tools their configuration, before each start and on reload.</summary>
internal static class ConfigurationExtensions
{
    // It uses no proxy: one could not reach this machine's loopback addresses, and NO_PROXY seldom names them.
    private static readonly HttpClient s_client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Starts a tool on a rendered copy of a directory.</summary>
    public static IResourceBuilder<T> WithRenderedConfiguration<T>(this IResourceBuilder<T> builder, string source) where T : IToolResource
    {
        var application = builder.ApplicationBuilder;
        var tool = ToolAnnotation.Of(builder.Resource);
        tool.ConfigurationSource = source;
        if (!application.ExecutionContext.IsRunMode)
        {
            return builder.OnContainer(container => container.WithMounts(tool.Tool, source, source));
        }

        var configuration = tool.Configuration = new RenderedConfiguration(builder.Resource, tool, source, (files, addresses, services, cancellationToken) => builder.Resource switch
        {
            IPrometheusResource prometheus => PrometheusConfiguration.CompleteAsync(prometheus, files, addresses, cancellationToken),
            IGrafanaResource => CompleteGrafanaAsync(files, addresses, services),
            _ => Task.CompletedTask,
        });
        Task CompleteGrafanaAsync(IDictionary<string, string> files, ResourceAddresses addresses, IServiceProvider services)
        {
            ScrapeInterval.Apply(files, addresses.Resources);
            return TraceLinks.AddAsync(files, application, services);
        }

        application.Services.AddSingleton<IHostedService>(services => new ConfigurationWatcher(configuration, builder.Resource, services));
        var check = $"{builder.Resource.Name}-configuration";
        application.Services.AddHealthChecks().AddCheck(check, () =>
            (configuration.Fault ?? (builder.Resource is IGrafanaResource ? Dashboards.FindFault(configuration.OriginalOf("dashboards")) : null)) is { } fault ? HealthCheckResult.Degraded(fault) : HealthCheckResult.Healthy());
        builder.WithHealthCheck(check);

        builder.OnContainer(container => container.WithConfigurationMounts(tool).WithHostReferences(configuration));
        if (!tool.IsContainer)
        {
            builder.OnBeforeResourceStarted((_, e, cancellationToken) => RenderAsync(builder.Resource, configuration, e.Services, cancellationToken));
        }

        return tool.Tool.ReloadPath is null ? builder : builder.WithCommand(
            "reload",
            "Reload configuration",
            async context =>
            {
                try
                {
                    await configuration.RenderAsync(context.Services, isRunning: true, context.CancellationToken).ConfigureAwait(false);
                    await ReloadAsync(builder.Resource, context.CancellationToken).ConfigureAwait(false);
                    return CommandResults.Success();
                }
                catch (Exception e) when (e is DistributedApplicationException or HttpRequestException)
                {
                    return CommandResults.Failure(e.Message);
                }
            },
            new CommandOptions
            {
                Description = "Checks the files, and has the tool read them. Faulty ones are refused, and what was in force stays so.",
                IconName = "ArrowSync",
                IsHighlighted = true,
                UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            });
    }

    /// <summary>Has a running tool read its configuration.</summary>
    /// <exception cref="DistributedApplicationException">It refuses.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public static async Task ReloadAsync(IToolResource resource, CancellationToken cancellationToken)
    {
        var tool = ToolAnnotation.Of(resource);
        var url = await new EndpointReference(resource, Tool.HttpEndpoint, KnownNetworkIdentifiers.LocalhostNetwork).GetValueAsync(cancellationToken).ConfigureAwait(false);
        using var response = await PostAsync().ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            var words = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw new DistributedApplicationException($"'{resource.Name}' refused its configuration ({(int)response.StatusCode}): {words.Trim()}");
        }

        async Task<HttpResponseMessage> PostAsync()
        {
            try
            {
                return await s_client.PostAsync(new Uri(url + tool.Tool.ReloadPath), content: null, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HttpRequestException($"'{resource.Name}' did not answer within {s_client.Timeout.TotalSeconds:0} s.", e);
            }
        }
    }

    /// <summary>Mounts the copy, and by itself each part that is read as it is: mounting all over the directory would hide the image's own files.</summary>
    private static IResourceBuilder<ContainerResource> WithMounts(this IResourceBuilder<ContainerResource> container, Tool tool, string source, string copy)
    {
        string[] parts = tool.Originals.Count == 0 ? [""] : Directory.Exists(source) ? [.. Directory.GetDirectories(source).Select(d => Path.GetFileName(d)!).Except(tool.Originals)] : [];
        foreach (var part in parts)
        {
            container.WithBindMount(Path.Combine(copy, part), $"{tool.ConfigurationDirectory}/{part}".TrimEnd('/'), isReadOnly: true);
        }

        foreach (var part in tool.Originals.Where(part => Directory.Exists(Path.Combine(source, part))))
        {
            container.WithBindMount(Path.Combine(source, part), $"{tool.ConfigurationDirectory}/{part}", isReadOnly: true);
        }

        return container;
    }

    /// <summary>Mounts the rendered copy, and renders it before each start.</summary>
    private static IResourceBuilder<ContainerResource> WithConfigurationMounts(this IResourceBuilder<ContainerResource> container, ToolAnnotation tool)
    {
        var configuration = tool.Configuration!;
        container.WithMounts(tool.Tool, configuration.Source, tool.HostConfigurationDirectory);

        // No file is copied into the container: the callback runs when the addresses are known and the container is not made yet, at each start.
        return container.WithContainerFiles("/tmp", async (context, cancellationToken) =>
        {
            await RenderAsync(container.Resource, configuration, context.Services, cancellationToken).ConfigureAwait(false);
            return [];
        });
    }

    /// <summary>Refers to every endpoint that the files name or that is scraped: a container reaches only those processes of this machine that the model says it refers to.</summary>
    private static IResourceBuilder<ContainerResource> WithHostReferences(this IResourceBuilder<ContainerResource> container, RenderedConfiguration configuration)
    {
        var application = container.ApplicationBuilder;
        application.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            TunnelEndpoints.Add(application, Referred());
            return Task.CompletedTask;
        });
        return container.WithEnvironment(context =>
        {
            foreach (var endpoint in Referred())
            {
                context.EnvironmentVariables[$"REACHES_{endpoint.Resource.Name}_{endpoint.EndpointName}".Replace('-', '_').ToUpperInvariant()] = TunnelEndpoints.Of(endpoint);
            }
        });

        List<EndpointReference> Referred()
        {
            var others = application.Resources.Where(r => r != container.Resource).ToList();
            var addresses = new ResourceAddresses(container.Resource, application.ExecutionContext, others);
            var named = Directory.Exists(configuration.Source) ? configuration.ReadOriginal().Values.SelectMany(addresses.FindAll) : [];
            var scraped = container.Resource is IPrometheusResource ? others.SelectMany(r => r.Annotations.OfType<ScrapeAnnotation>()).Select(s => s.Endpoint) : [];
            return [.. named, .. scraped];
        }
    }

    private static async Task RenderAsync(IResource resource, RenderedConfiguration configuration, IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            await configuration.RenderAsync(services, isRunning: false, cancellationToken).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            throw ToolResourceExtensions.Failure(services, resource, e.Message);
        }
    }
}
