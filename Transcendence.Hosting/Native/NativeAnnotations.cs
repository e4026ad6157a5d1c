using Microsoft.Extensions.Logging;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Native;

/// <summary>Says that a container resource can be run as a tool's own binary.</summary>
/// <param name="tool">The tool.</param>
/// <param name="configure">Adds what only a process on the host needs: listen addresses, paths of its own.</param>
public sealed class NativeToolAnnotation(NativeTool tool, Action<NativeToolContext> configure) : IResourceAnnotation
{
    /// <summary>The tool.</summary>
    public NativeTool Tool { get; } = tool;

    /// <summary>Adds what only a process on the host needs.</summary>
    public Action<NativeToolContext> Configure { get; } = configure;

    /// <summary>A service of the engine's own that runs in the tool's place when the tool cannot be had; without one that is a failure.</summary>
    /// <remarks>The tool is looked for again at each start.</remarks>
    public BuiltInServiceAnnotation? StandIn { get; init; }
}

/// <summary>A native tool about to be started.</summary>
/// <param name="resource">The resource.</param>
/// <param name="tool">The binary that was found.</param>
/// <param name="args">Its arguments; paths in the container are already those on the host.</param>
/// <param name="mounts">The paths on the host by the paths in the container.</param>
public sealed class NativeToolContext(ContainerResource resource, InstalledTool tool, IList<string> args, IReadOnlyDictionary<string, string> mounts)
{
    /// <summary>The resource.</summary>
    public ContainerResource Resource { get; } = resource;

    /// <summary>The binary that was found.</summary>
    public InstalledTool Tool { get; } = tool;

    /// <summary>Its arguments; paths in the container are already those on the host.</summary>
    public IList<string> Args { get; } = args;

    /// <summary>A command that checks the tool's configuration before each start, and prints what is wrong with it.</summary>
    /// <remarks>The file name and its arguments; paths in the container are replaced by those on the host.</remarks>
    public IReadOnlyList<string>? ConfigurationCheck { get; set; }

    /// <summary>Where an endpoint has to listen: <c>address:port</c>, an empty address meaning all.</summary>
    /// <param name="endpointName">The endpoint.</param>
    /// <returns>The address.</returns>
    public string ListenAddress(string endpointName)
    {
        var endpoint = Resource.GetEndpoint(endpointName).EndpointAnnotation;
        var host = endpoint.TargetHost switch
        {
            "localhost" => "127.0.0.1",
            "*" or "+" or "0.0.0.0" => "",
            var other => other,
        };
        return $"{host}:{endpoint.AllocatedEndpoint!.Port}";
    }

    /// <summary>The path on the host of a path in the container.</summary>
    /// <param name="containerPath">The path in the container; it is in one of the mounts.</param>
    /// <returns>The path on the host.</returns>
    public string HostPath(string containerPath) => ContainerPaths.Rewrite(containerPath, mounts);
}

/// <summary>Says that the engine itself stands in for a container, with a service in its own process.</summary>
/// <param name="start">Starts the service; disposing of what it returns stops it.</param>
public sealed class BuiltInServiceAnnotation(Func<BuiltInServiceContext, CancellationToken, Task<IAsyncDisposable>> start) : IResourceAnnotation
{
    /// <summary>Starts the service.</summary>
    public Func<BuiltInServiceContext, CancellationToken, Task<IAsyncDisposable>> Start { get; } = start;
}

/// <summary>A built-in service about to be started.</summary>
/// <param name="resource">The resource.</param>
/// <param name="environment">Its variables; paths in the container are already those on the host.</param>
/// <param name="services">The application's services.</param>
/// <param name="loggers">Writes to the resource's log.</param>
/// <param name="missingTool">Why the tool in whose place it runs cannot be had; <see langword="null"/> when it runs in no tool's place.</param>
public sealed class BuiltInServiceContext(
    ContainerResource resource,
    IReadOnlyDictionary<string, string> environment,
    IServiceProvider services,
    ILoggerProvider loggers,
    ToolNotAvailableException? missingTool = null)
{
    /// <summary>The resource.</summary>
    public ContainerResource Resource { get; } = resource;

    /// <summary>Its variables; paths in the container are already those on the host.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = environment;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; } = services;

    /// <summary>Writes to the resource's log.</summary>
    public ILoggerProvider Loggers { get; } = loggers;

    /// <summary>Why the tool in whose place it runs cannot be had; <see langword="null"/> when it runs in no tool's place.</summary>
    public ToolNotAvailableException? MissingTool { get; } = missingTool;

    /// <summary>What the resource's URLs lead to, where that is not what the model says; the service sets it.</summary>
    public string? UrlText { get; set; }

    /// <summary>What the user has to know of this run; the service sets it.</summary>
    public string? Note { get; set; }

    /// <summary>The URL on which an HTTP endpoint has to listen, as Kestrel takes it.</summary>
    /// <param name="endpointName">The endpoint.</param>
    /// <returns>The URL.</returns>
    public string ListenUrl(string endpointName)
    {
        var endpoint = Resource.GetEndpoint(endpointName).EndpointAnnotation;
        var host = endpoint.TargetHost.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.TargetHost.Trim('[', ']')}]" : endpoint.TargetHost;
        return $"{endpoint.UriScheme}://{host}:{endpoint.AllocatedEndpoint!.Port}";
    }
}

/// <summary>Names the setting by which the port of an endpoint is changed, for the message when it is taken.</summary>
/// <param name="endpointName">The endpoint.</param>
/// <param name="setting">The configuration key.</param>
public sealed class PortSettingAnnotation(string endpointName, string setting) : IResourceAnnotation
{
    /// <summary>The endpoint.</summary>
    public string EndpointName { get; } = endpointName;

    /// <summary>The configuration key.</summary>
    public string Setting { get; } = setting;
}
