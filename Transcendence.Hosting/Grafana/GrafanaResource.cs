namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana server, as a container or as an executable.</summary>
public interface IGrafanaResource : IToolResource
{
    /// <summary>The name of the administrator.</summary>
    ParameterResource AdminUser { get; }

    /// <summary>The administrator's password.</summary>
    ParameterResource AdminPassword { get; }
}

/// <summary>A Grafana server in a container.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="adminUser">The name of the administrator.</param>
/// <param name="adminPassword">The administrator's password.</param>
public sealed class GrafanaContainerResource(string name, ParameterResource adminUser, ParameterResource adminPassword) : ContainerResource(name), IGrafanaResource
{
    /// <inheritdoc/>
    public ParameterResource AdminUser { get; } = adminUser;

    /// <inheritdoc/>
    public ParameterResource AdminPassword { get; } = adminPassword;
}

/// <summary>A Grafana server as an executable of this machine.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The binary's path.</param>
/// <param name="workingDirectory">Where it runs.</param>
/// <param name="adminUser">The name of the administrator.</param>
/// <param name="adminPassword">The administrator's password.</param>
public sealed class GrafanaExecutableResource(string name, string command, string workingDirectory, ParameterResource adminUser, ParameterResource adminPassword) : ExecutableResource(name, command, workingDirectory), IGrafanaResource
{
    /// <inheritdoc/>
    public ParameterResource AdminUser { get; } = adminUser;

    /// <inheritdoc/>
    public ParameterResource AdminPassword { get; } = adminPassword;
}

/// <summary>A project of the application in Grafana's place, where that can be had neither as a container nor as an executable.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="adminUser">The name of the administrator.</param>
/// <param name="adminPassword">The administrator's password.</param>
public sealed class GrafanaProjectResource(string name, ParameterResource adminUser, ParameterResource adminPassword) : ProjectResource(name), IGrafanaResource
{
    /// <inheritdoc/>
    public ParameterResource AdminUser { get; } = adminUser;

    /// <inheritdoc/>
    public ParameterResource AdminPassword { get; } = adminPassword;
}
