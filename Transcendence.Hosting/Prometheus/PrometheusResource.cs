namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Prometheus server, as a container or as an executable.</summary>
public interface IPrometheusResource : IToolResource;

/// <summary>A Prometheus server in a container.</summary>
/// <param name="name">The resource's name.</param>
public sealed class PrometheusContainerResource(string name) : ContainerResource(name), IPrometheusResource;

/// <summary>A Prometheus server as an executable of this machine.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The binary's path.</param>
/// <param name="workingDirectory">Where it runs.</param>
public sealed class PrometheusExecutableResource(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IPrometheusResource;
