namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana server, as a container or as an executable.</summary>
public interface IGrafanaResource : IToolResource
{
    /// <summary>The name of the administrator.</summary>
    ParameterResource AdminUser => Annotations.OfType<GrafanaAdminAnnotation>().Single().User;

    /// <summary>The administrator's password.</summary>
    ParameterResource AdminPassword => Annotations.OfType<GrafanaAdminAnnotation>().Single().Password;
}

/// <summary>A Grafana server in a container.</summary>
/// <param name="name">The resource's name.</param>
public sealed class GrafanaContainerResource(string name) : ContainerResource(name), IGrafanaResource;

/// <summary>A Grafana server as an executable of this machine.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The binary's path.</param>
/// <param name="workingDirectory">Where it runs.</param>
public sealed class GrafanaExecutableResource(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IGrafanaResource;

/// <summary>A project of the application in Grafana's place, where that can be had neither as a container nor as an executable.</summary>
/// <param name="name">The resource's name.</param>
public sealed class GrafanaProjectResource(string name) : ProjectResource(name), IGrafanaResource;

internal sealed record GrafanaAdminAnnotation(ParameterResource User, ParameterResource Password) : IResourceAnnotation;
