using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.Tools;

/// <summary>Adds tools to the model, in the form that was chosen.</summary>
internal static partial class ToolResourceExtensions
{
    /// <summary>Adds a tool as a container or as an executable.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on this machine; any that is free when none is given.</param>
    /// <param name="container">Makes the container.</param>
    /// <param name="executable">Makes the executable of a command and a working directory.</param>
    /// <param name="standIn">Adds what runs where the tool can be had neither way; without it such an executable fails to start, and says why.</param>
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
            : standIn is not null && !CanInstall(builder, tool) ? standIn()
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
            foreach (var link in builder.Resource.Annotations.OfType<ResourceUrlAnnotation>().Where(l => l.Url.EndsWith(path, StringComparison.Ordinal) && !l.Url.EndsWith(there, StringComparison.Ordinal)))
            {
                link.Url = link.Url[..^path.Length] + there;
            }

            return Task.CompletedTask;
        });

    /// <summary>Has an executable listen on its port on loopback only. A container listens as its image says.</summary>
    public static IResourceBuilder<T> WithListenAddress<T>(this IResourceBuilder<T> builder) where T : IToolResource => builder.Resource is ExecutableResource
        ? builder.WithArgs(context => context.Args.Add(ReferenceExpression.Create($"--web.listen-address=127.0.0.1:{builder.Resource.PrimaryEndpoint.Property(EndpointProperty.TargetPort)}")))
        : builder;

    /// <summary>Tells the tool the URL by which a browser reaches it, so that the links in its alerts lead somewhere, and no page of another site reads its API.</summary>
    public static IResourceBuilder<T> WithExternalUrl<T>(this IResourceBuilder<T> builder, params string[] options) where T : IToolResource
    {
        var url = new EndpointReference(builder.Resource, Tool.HttpEndpoint, KnownNetworkIdentifiers.LocalhostNetwork).Property(EndpointProperty.Url);
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode
            ? builder.WithArgs(context => options.ToList().ForEach(option => context.Args.Add(ReferenceExpression.Create($"{option}={url}"))))
            : builder;
    }

    private static IResourceBuilder<TContainer> AddContainer<TContainer>(IDistributedApplicationBuilder builder, ToolAnnotation tool, TContainer container) where TContainer : ContainerResource
    {
        var image = ToolRun.ImageOf(builder.Configuration, tool.Tool);
        var added = builder.AddResource(container)
            .WithImage(image.Name, image.Tag)
            .WithImageRegistry(image.Registry)
            // cAdvisor's series carry it, as they do for a service of Compose.
            .WithContainerRuntimeArgs("--label", $"com.docker.compose.service={container.Name}");
        return builder.ExecutionContext.IsRunMode ? added.OnBeforeResourceStarted((resource, e, cancellationToken) => PullAsync(resource, tool, e.Services, cancellationToken)) : added;
    }

    private static IResourceBuilder<TExecutable> AddExecutable<TExecutable>(
        IDistributedApplicationBuilder builder, ToolAnnotation tool, string name, Func<string, string, string, TExecutable> executable) where TExecutable : ExecutableResource
    {
        // Aspire fixes both paths before the binary is found or fetched: links lead there.
        var command = Path.Combine(tool.WorkDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        var root = Path.Combine(tool.WorkDirectory, "root");
        return builder.AddResource(executable(name, command, root))
            .WithArgs(context =>
            {
                foreach (var argument in tool.Installed is { } installed ? tool.Tool.ExecutableArguments(installed, tool.WorkDirectory) : [])
                {
                    context.Args.Add(argument);
                }
            })
            .OnBeforeResourceStarted(async (resource, e, cancellationToken) =>
            {
                await InstallAsync(builder, resource, tool, e.Services, cancellationToken).ConfigureAwait(false);
                Link(command, tool.Installed!.Command);
                Link(root, tool.Installed.WorkingDirectory);
                Directory.CreateDirectory(tool.HostDataDirectory);
            });
    }

    private static bool CanInstall(IDistributedApplicationBuilder builder, Tool tool)
    {
        using var installer = new ToolInstaller(builder.Configuration.GetToolsPath());
        return Task.Run(() => installer.CanInstallAsync(tool.Binary)).GetAwaiter().GetResult();
    }

    private static async Task InstallAsync(IDistributedApplicationBuilder builder, IResource resource, ToolAnnotation tool, IServiceProvider services, CancellationToken cancellationToken)
    {
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        using var installer = new ToolInstaller(builder.Configuration.GetToolsPath());
        try
        {
            var report = new StateReport(step => notifications.PublishUpdateAsync(resource, s => s with { State = new(Describe(step), KnownResourceStateStyles.Info) }));
            tool.Installed = await installer.InstallAsync(tool.Tool.Binary, report, cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Starting }).ConfigureAwait(false);
        }
        catch (ToolNotAvailableException e)
        {
            throw Failure(services, resource, e.Message);
        }
    }

    private static async Task PullAsync(ContainerResource container, ToolAnnotation tool, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (tool.Runtime is not { } runtime || !container.TryGetContainerImageName(out var image) || await runtime.HasImageAsync(image).ConfigureAwait(false))
        {
            return;
        }

        await services.GetRequiredService<ResourceNotificationService>()
            .PublishUpdateAsync(container, s => s with { State = new($"Pulling {image}", KnownResourceStateStyles.Info) }).ConfigureAwait(false);
        string? reason;
        try
        {
            // Layers are told as they arrive; a large one on a slow line is a long silence.
            var result = await runtime.RunAsync(TimeSpan.FromMinutes(10), cancellationToken, "pull", image).ConfigureAwait(false);
            reason = result.ExitCode == 0 ? null : result.Because.TrimStart(':', ' ');
        }
        catch (ToolSourceException e)
        {
            reason = e.Message;
        }

        if (reason is not null)
        {
            throw Failure(services, container, $"The image {image} of '{container.Name}' cannot be pulled: {reason.TrimEnd('.')}. " +
                $"Name another image with --{ToolRun.ImagesSetting}:{tool.Tool.Name}=IMAGE, or run the tools as executables with --{ToolRun.Setting}=executables.");
        }
    }

    /// <summary>Writes the reason to the resource's log, where a user looks, and fails its start.</summary>
    public static DistributedApplicationException Failure(IServiceProvider services, IResource resource, string message)
    {
        LogFailure(services.GetRequiredService<ResourceLoggerService>().GetLogger(resource), message);
        return new DistributedApplicationException(message);
    }

    private static string Describe(ToolProgress step) => step is { Completed: { } completed, Total: > 0 and var total }
        ? $"{step.Step}, {100 * completed / total} %"
        : step.Step;

    /// <summary>Makes a link; without a target an ordinary directory. Windows lets only few users make links: there the file is copied.</summary>
    private static void Link(string path, string? target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
        }
        else if (target is not null && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        if (target is null)
        {
            Directory.CreateDirectory(path);
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(path, target);
        }
        else if (!File.Exists(path) || File.GetLastWriteTimeUtc(path) != File.GetLastWriteTimeUtc(target))
        {
            File.Copy(target, path, overwrite: true);
        }
    }

    /// <summary>Reports in order, unlike <see cref="Progress{T}"/>: a step told late would stand where the resource runs already.</summary>
    private sealed class StateReport(Func<ToolProgress, Task> publishAsync) : IProgress<ToolProgress>
    {
        public void Report(ToolProgress value) => publishAsync(value).GetAwaiter().GetResult();
    }

    [LoggerMessage(2, LogLevel.Error, "{Message}")]
    private static partial void LogFailure(ILogger logger, string message);
}
