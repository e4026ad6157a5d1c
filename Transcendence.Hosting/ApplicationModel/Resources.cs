namespace Transcendence.Hosting.ApplicationModel;

/// <summary>A container, given by its image. The embedded engine runs it as a native process where it knows the tool.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="entrypoint">The command that replaces the image's own, if any.</param>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>The command that replaces the image's own, if any.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}

/// <summary>A .NET project, run as a process.</summary>
/// <param name="name">The name of the resource.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;
