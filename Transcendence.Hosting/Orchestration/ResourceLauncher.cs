using Microsoft.Extensions.Logging;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Native;
using Transcendence.Hosting.Processes;
using Transcendence.Hosting.Utils;

namespace Transcendence.Hosting.Orchestration;

/// <summary>A resource that has been started.</summary>
/// <param name="ProcessId">Its process; <see langword="null"/> for a service in the engine itself.</param>
/// <param name="Exited">Its exit code, when it has ended.</param>
/// <param name="StopAsync">Ends it, gently first.</param>
internal sealed record RunningResource(int? ProcessId, Task<int> Exited, Func<CancellationToken, Task> StopAsync)
{
    /// <summary>What its URLs lead to, where that is not what the model says.</summary>
    public string? UrlText { get; init; }

    /// <summary>What the user has to know of this run.</summary>
    public string? Note { get; init; }
}

/// <summary>Starts resources: projects and native tools as processes, built-in services in the engine.</summary>
internal sealed partial class ResourceLauncher(
    ProcessSupervisor supervisor,
    ToolInstaller tools,
    DataDirectory data,
    ResourceLoggerService loggers,
    ProgressReporter progress,
    IServiceProvider services)
{
    private static readonly TimeSpan s_gracePeriod = TimeSpan.FromSeconds(5);

    /// <summary>Whether the engine starts this resource at all.</summary>
    public static bool CanLaunch(IResource resource) => resource is ProjectResource or ContainerResource;

    /// <summary>Starts a resource.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be started; the message says why and what to do.</exception>
    public Task<RunningResource> LaunchAsync(IResource resource, ExecutionConfiguration configuration, CancellationToken cancellationToken) => resource switch
    {
        ProjectResource project => Task.FromResult(LaunchProject(project, configuration)),
        ContainerResource container when container.TryGetLastAnnotation<BuiltInServiceAnnotation>(out var service) => LaunchBuiltInAsync(container, service, configuration, missingTool: null, cancellationToken),
        ContainerResource container when container.TryGetLastAnnotation<NativeToolAnnotation>(out var tool) => LaunchToolAsync(container, tool, configuration, cancellationToken),
        _ => throw new DistributedApplicationException(
            $"'{resource.Name}' is a container, and this engine runs only native processes; it knows no native tool for it. Use the Aspire engine, which runs containers, or take the resource out of the model."),
    };

    private RunningResource LaunchProject(ProjectResource project, ExecutionConfiguration configuration)
    {
        var metadata = project.Annotations.OfType<IProjectMetadata>().Last();
        if (metadata is not IBuiltProjectMetadata built || !File.Exists(built.TargetPath))
        {
            throw new DistributedApplicationException($"Project '{metadata.ProjectPath}' has not been built. Reference it from the AppHost's project file and build the AppHost.");
        }

        return Start(project.Name, new ProcessSpec
        {
            FileName = DotnetHost.Path,
            Arguments = [built.TargetPath, .. configuration.Arguments],
            WorkingDirectory = Path.GetDirectoryName(metadata.ProjectPath)!,
            Environment = configuration.Environment.ToDictionary(v => v.Name, v => v.Value),
        });
    }

    private async Task<RunningResource> LaunchToolAsync(ContainerResource container, NativeToolAnnotation annotation, ExecutionConfiguration configuration, CancellationToken cancellationToken)
    {
        InstalledTool tool;
        try
        {
            data.EnsureWritable();
            tool = await tools.InstallAsync(annotation.Tool, progress.For(container.Name), cancellationToken).ConfigureAwait(false);
        }
        catch (ToolNotAvailableException e) when (annotation.StandIn is { } standIn)
        {
            return await LaunchBuiltInAsync(container, standIn, configuration, e, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolNotAvailableException e)
        {
            throw new DistributedApplicationException(e.Message, e);
        }

        var mounts = MountsOf(container);
        var context = new NativeToolContext(container, tool, [.. configuration.Arguments.Select(a => ContainerPaths.Rewrite(a, mounts))], mounts);
        annotation.Configure(context);
        var spec = new ProcessSpec
        {
            FileName = tool.Command,
            Arguments = [.. context.Args],
            WorkingDirectory = tool.WorkingDirectory ?? data.Volume(container.Name, null),
            Environment = EnvironmentOf(configuration, mounts).ToDictionary(v => v.Key, v => (string?)v.Value),
        };

        if (context.ConfigurationCheck is { } check)
        {
            await CheckConfigurationAsync(container.Name, spec with { FileName = check[0], Arguments = [.. check.Skip(1).Select(a => ContainerPaths.Rewrite(a, mounts))] }, cancellationToken).ConfigureAwait(false);
        }

        return Start(container.Name, spec);
    }

    private async Task CheckConfigurationAsync(string name, ProcessSpec check, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        var process = supervisor.Start(check, (line, _) =>
        {
            lock (output)
            {
                output.Add(line.Trim());
            }
        });

        if (await process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false) != 0)
        {
            throw new DistributedApplicationException(
                $"The configuration of '{name}' is not valid:{Environment.NewLine}{string.Join(Environment.NewLine, output.Where(l => l.Length > 0))}{Environment.NewLine}Correct it, then start '{name}' again.");
        }
    }

    private async Task<RunningResource> LaunchBuiltInAsync(ContainerResource container, BuiltInServiceAnnotation annotation, ExecutionConfiguration configuration, ToolNotAvailableException? missingTool, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = loggers.GetLogger(container);
        if (missingTool is not null)
        {
            LogMissingTool(log, missingTool.Message);
        }

        var context = new BuiltInServiceContext(container, EnvironmentOf(configuration, MountsOf(container)), services, new ResourceLoggerProvider(log), missingTool);
        var service = await annotation.Start(context, cancellationToken).ConfigureAwait(false);
        if (context.Note is { } note)
        {
            LogNote(log, note);
        }

        return new RunningResource(null, ended.Task, async _ =>
        {
            await service.DisposeAsync().ConfigureAwait(false);
            ended.TrySetResult(0);
        })
        {
            UrlText = context.UrlText,
            Note = context.Note,
        };
    }

    private Dictionary<string, string> MountsOf(ContainerResource container) =>
        container.Annotations.OfType<ContainerMountAnnotation>().ToDictionary(m => m.Target, m => m.Type == ContainerMountType.BindMount ? m.Source! : data.Volume(container.Name, m));

    private static Dictionary<string, string> EnvironmentOf(ExecutionConfiguration configuration, Dictionary<string, string> mounts) =>
        configuration.Environment.ToDictionary(v => v.Name, v => ContainerPaths.Rewrite(v.Value ?? "", mounts));

    private RunningResource Start(string name, ProcessSpec spec)
    {
        try
        {
            var process = supervisor.Start(spec, (line, isError) => loggers.Append(name, line, isError));
            return new RunningResource(process.Id, process.Exited, cancellationToken => process.StopAsync(s_gracePeriod, cancellationToken));
        }
        catch (ProcessStartException e)
        {
            throw new DistributedApplicationException(e.Message, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Note}")]
    private static partial void LogNote(ILogger logger, string note);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Report}")]
    private static partial void LogMissingTool(ILogger logger, string report);
}
