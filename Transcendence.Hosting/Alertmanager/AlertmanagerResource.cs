namespace Aspire.Hosting.ApplicationModel;

/// <summary>An Alertmanager, as a container or as an executable.</summary>
public interface IAlertmanagerResource : IToolResource;

/// <summary>An Alertmanager in a container.</summary>
/// <param name="name">The resource's name.</param>
public sealed class AlertmanagerContainerResource(string name) : ContainerResource(name), IAlertmanagerResource;

/// <summary>An Alertmanager as an executable of this machine.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The binary's path.</param>
/// <param name="workingDirectory">Where it runs.</param>
public sealed class AlertmanagerExecutableResource(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IAlertmanagerResource;
