namespace Transcendence.Hosting.Tools;

/// <summary>Adds tools to the model, in the form that was chosen.</summary>
internal static partial class ToolResourceExtensions
{
    /// <summary>
    /// Adds a tool as a container, or as an executable of a name, a command and a working directory. Where it can be had neither way the stand-in is added;
    /// without one such an executable fails to start, and says why.
    /// </summary>
    public static IResourceBuilder<T> AddTool<T, TContainer, TExecutable>(
        this IDistributedApplicationBuilder builder, Tool tool, string name, int? port,
        Func<string, TContainer> container, Func<string, string, string, TExecutable> executable, Func<IResourceBuilder<T>>? standIn = null)
        where T : class, IToolResource
        where TContainer : ContainerResource, T
        where TExecutable : ExecutableResource, T
    {
        var isContainer = ToolRun.Of(builder).InContainers;
        var annotation = new ToolAnnotation(builder, tool, name, isContainer);
        IResourceBuilder<T> added = isContainer ? AddContainer(builder, annotation, container(name))
            : standIn is not null && (tool.Binary.Archives.Count == 0 || !Task.Run(() => annotation.Installer.CanInstallAsync(tool.Binary)).GetAwaiter().GetResult()) ? standIn()
            : AddExecutable(builder, annotation, name, executable);
        return added
            .WithAnnotation(annotation)
            .WithEndpoint(Tool.HttpEndpoint, endpoint =>
            {
                // A proxy would accept for a tool that is stopped.
                (endpoint.Port, endpoint.TargetPort, endpoint.IsProxied) = (port, isContainer ? tool.Port : port, false);
                endpoint.UriScheme = endpoint.Transport = "http";
            })
            .WithHttpHealthCheck(tool.ReadyPath, endpointName: Tool.HttpEndpoint);
    }

    /// <summary>Adds a project in the place of a tool.</summary>
    public static IResourceBuilder<TResource> AddStandIn<TResource, TProject>(this IDistributedApplicationBuilder builder, TResource project)
        where TResource : ProjectResource where TProject : IProjectMetadata, new() =>
#pragma warning disable ASPIREPROJECTS001 // The one way to add a project as a class of one's own.
        builder.AddResource(project).WithAnnotation(new TProject()).WithProjectDefaults(new ProjectResourceOptions());
#pragma warning restore ASPIREPROJECTS001

    /// <summary>Links one of the tool's pages on the dashboard.</summary>
    public static IResourceBuilder<T> WithPage<T>(this IResourceBuilder<T> builder, string path, string text) where T : IToolResource => builder
        .WithUrlForEndpoint(Tool.HttpEndpoint, _ => new() { Url = path, DisplayText = text })
        .OnBeforeResourceStarted((_, _, _) =>
        {
            // Where a binary has it is known once it is there, which is later than the links are made.
            var tool = ToolAnnotation.Of(builder.Resource);
            var there = tool.Installed is null ? path : tool.Tool.PagePath(tool.Installed, path);
            var links = builder.Resource.Annotations.OfType<ResourceUrlAnnotation>();
            foreach (var link in links.Where(l => l.Url.EndsWith(path, StringComparison.Ordinal) && !l.Url.EndsWith(there, StringComparison.Ordinal)))
            {
                link.Url = link.Url[..^path.Length] + there;
            }

            return Task.CompletedTask;
        });

    /// <summary>Has an executable listen on its port on loopback only. A container listens as its image says.</summary>
    public static IResourceBuilder<T> WithListenAddress<T>(this IResourceBuilder<T> builder) where T : IToolResource
    {
        var port = builder.Resource.PrimaryEndpoint.Property(EndpointProperty.TargetPort);
        return builder.Resource is ExecutableResource
            ? builder.WithArgs(context => context.Args.Add(ReferenceExpression.Create($"--web.listen-address=127.0.0.1:{port}")))
            : builder;
    }

    /// <summary>Tells the tool its URL in a browser, so that the links in its alerts lead somewhere, and no page of another site reads its API.</summary>
    public static IResourceBuilder<T> WithExternalUrl<T>(this IResourceBuilder<T> builder, params string[] options) where T : IToolResource
    {
        var endpoint = new EndpointReference(builder.Resource, Tool.HttpEndpoint, KnownNetworkIdentifiers.LocalhostNetwork);
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode
            ? builder.WithArgs(context => options.ToList().ForEach(option => context.Args.Add(ReferenceExpression.Create($"{option}={endpoint.Property(EndpointProperty.Url)}"))))
            : builder.PublishAsDockerComposeService((resource, service) =>
            {
                var local = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{endpoint.EndpointAnnotation.Port ?? endpoint.TargetPort}");
                var url = resource.AddEnvironmentVariable($"{ComposeValues.VariableOf(service.Name)}_URL", local, $"URL of {service.Name} in a browser. The links in alerts begin with it.");
                service.Command.AddRange(options.Select(option => $"{option}={url}"));
            });
    }

    private static IResourceBuilder<TContainer> AddContainer<TContainer>(IDistributedApplicationBuilder builder, ToolAnnotation tool, TContainer container)
        where TContainer : ContainerResource
    {
        var image = ToolRun.ImageOf(builder.Configuration, tool.Tool);
        var added = builder.AddResource(container);
        return (EngineWatch.CanWatch(tool.Runtime) ? added.WithHealthCheck(EngineWatch.HealthCheck) : added)
            .WithImage(image.Name, image.Tag)
            .WithImageRegistry(image.Registry)
            // cAdvisor's series carry them, as they do for a service of Compose.
            .WithContainerRuntimeArgs("--label", $"com.docker.compose.service={container.Name}", "--label", $"com.docker.compose.project={builder.GetProjectName()}")
            .OnBeforeResourceStarted((resource, e, cancellationToken) => ImagePull.RunAsync(resource, tool, e.Services, cancellationToken))
            .PublishAsDockerComposeService((_, service) =>
            {
                service.Harden(tool.Tool.MemoryLimit).StopGracePeriod = "1m"; // What it has in memory takes its time to the disk, or to a remote engine.
                // Every image of these has BusyBox.
                service.Healthcheck = Hardening.HealthcheckOf("wget", "-q", "-O", "/dev/null", $"http://127.0.0.1:{tool.Tool.Port}{tool.Tool.ReadyPath}");
            });
    }

    /// <summary>A name for the application that no other one on this machine has: two checkouts are two projects, as their volumes are apart. What is published is one.</summary>
    public static string GetProjectName(this IDistributedApplicationBuilder builder) => builder.Environment.ApplicationName.ToLowerInvariant().Replace('.', '-')
        + (builder.ExecutionContext.IsPublishMode ? "" : $"-{builder.Configuration["AppHost:Sha256"]?[..10].ToLowerInvariant()}");

    private static IResourceBuilder<TExecutable> AddExecutable<TExecutable>(
        IDistributedApplicationBuilder builder, ToolAnnotation tool, string name, Func<string, string, string, TExecutable> executable)
        where TExecutable : ExecutableResource
    {
        // Aspire fixes both paths before the binary is found or fetched: links lead there.
        var command = Path.Combine(tool.WorkDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        var root = Path.Combine(tool.WorkDirectory, "root");
        return builder.AddResource(executable(name, command, root))
            .WithArgs(context => (tool.Installed is null ? [] : tool.Tool.ExecutableArguments(tool.Installed, tool.WorkDirectory)).ToList().ForEach(context.Args.Add))
            .OnBeforeResourceStarted(async (resource, e, cancellationToken) =>
            {
                if (tool.Tool.Check is not null && tool.Configuration is null)
                {
                    throw Failure(e.Services, resource, $"'{name}' has no configuration. Give it one in the model: WithConfiguration(DIRECTORY), with {tool.Tool.Check.File} in it.");
                }

                await InstallAsync(resource, tool, e.Services, cancellationToken).ConfigureAwait(false);
                try
                {
                    Link(command, tool.Installed!.Command);
                    Link(root, tool.Installed.WorkingDirectory);
                    Directory.CreateDirectory(tool.HostDataDirectory);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    throw Failure(e.Services, resource, $"The directories of '{name}', '{tool.WorkDirectory}' and '{tool.HostDataDirectory}', cannot be made: {exception.Message.TrimEnd('.')}. " +
                        $"Move away what is in the way, make room, or take another data directory with --{DataDirectoryExtensions.Setting}=PATH.");
                }
            });
    }

    private static async Task InstallAsync(IResource resource, ToolAnnotation tool, IServiceProvider services, CancellationToken cancellationToken)
    {
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        try
        {
            tool.Installed = await tool.Installer.InstallAsync(tool.Tool.Binary, Report, cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Starting }).ConfigureAwait(false);
        }
        catch (ToolNotAvailableException e)
        {
            throw Failure(services, resource, e.Message);
        }

        // Waits, so that no step is told late and stands where the resource runs already.
        void Report(ToolProgress step)
        {
            var text = step is { Completed: { } completed, Total: > 0 and var total } ? $"{step.Step}, {100 * completed / total} %" : step.Step;
            notifications.PublishUpdateAsync(resource, s => s with { State = new(text, KnownResourceStateStyles.Info) }).GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes the reason to the resource's log, where a user looks, and fails its start.</summary>
    public static DistributedApplicationException Failure(IServiceProvider services, IResource resource, string message)
    {
        LogFailure(services.GetRequiredService<ResourceLoggerService>().GetLogger(resource), message);
        return new ExplainedException(message);
    }

    /// <summary>Makes a link; without a target an ordinary directory. Windows lets only few users make links: there the file is copied.</summary>
    private static FileSystemInfo Link(string path, string? target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }

        File.Delete(path);
        return target is null ? Directory.CreateDirectory(path)
            : OperatingSystem.IsWindows() ? new FileInfo(target).CopyTo(path)
            : File.CreateSymbolicLink(path, target);
    }

    [LoggerMessage(1, LogLevel.Information, "Monitoring tools run as {Form}, because {Reason}. To choose yourself: --{Setting}=containers or --{Setting}=executables.")]
    public static partial void LogChosen(ILogger logger, string form, string reason, string setting);

    [LoggerMessage(2, LogLevel.Error, "{Message}")]
    private static partial void LogFailure(ILogger logger, string message);
}
