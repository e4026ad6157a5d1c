namespace Aspire.Hosting.ApplicationModel;

/// <summary>A cAdvisor, as a container or as an executable.</summary>
public interface ICAdvisorResource : IToolResource;

/// <summary>A cAdvisor in a container.</summary>
/// <param name="name">The resource's name.</param>
public sealed class CAdvisorContainerResource(string name) : ContainerResource(name), ICAdvisorResource;

/// <summary>A cAdvisor as an executable of this machine.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The binary's path.</param>
/// <param name="workingDirectory">Where it runs.</param>
public sealed class CAdvisorExecutableResource(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), ICAdvisorResource;

/// <summary>A project of the application in cAdvisor's place, where that can be had neither as a container nor as an executable.</summary>
/// <param name="name">The resource's name.</param>
public sealed class CAdvisorProjectResource(string name) : ProjectResource(name), ICAdvisorResource;
