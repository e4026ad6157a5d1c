namespace Aspire.Hosting;

/// <summary>Describes Grafana servers.</summary>
public static class GrafanaBuilderExtensions
{
    /// <summary>Adds a Grafana server that lets nobody in without a password.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on this machine; any that is free when none is given.</param>
    /// <param name="adminUser">The name of the administrator; by default the parameter <c>NAME-admin-user</c>, which is <c>admin</c> unless it is set.</param>
    /// <param name="adminPassword">The administrator's password; by default the parameter <c>NAME-admin-password</c>, which is generated unless it is set.</param>
    /// <returns>The server: a container, or an executable where the application's tools run so.</returns>
    public static IResourceBuilder<IGrafanaResource> AddGrafana(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null,
        IResourceBuilder<ParameterResource>? adminUser = null, IResourceBuilder<ParameterResource>? adminPassword = null) =>
        Add(builder, name, port, adminUser, adminPassword, standIn: null);

    /// <summary>Adds a Grafana server, and where it can be had neither as a container nor as an executable a project in its place.</summary>
    /// <typeparam name="TStandIn">The project; it listens where <c>ASPNETCORE_URLS</c> says, answers <c>/api/health</c>, and is given the <c>GF_*</c> variables of Grafana.</typeparam>
    /// <inheritdoc cref="AddGrafana(IDistributedApplicationBuilder, string, int?, IResourceBuilder{ParameterResource}?, IResourceBuilder{ParameterResource}?)"/>
    public static IResourceBuilder<IGrafanaResource> AddGrafana<TStandIn>(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null,
        IResourceBuilder<ParameterResource>? adminUser = null, IResourceBuilder<ParameterResource>? adminPassword = null) where TStandIn : IProjectMetadata, new() =>
        Add(builder, name, port, adminUser, adminPassword, () => builder.AddStandIn<GrafanaProjectResource, TStandIn>(new(name)));

    private static IResourceBuilder<IGrafanaResource> Add(
        IDistributedApplicationBuilder builder, string name, int? port, IResourceBuilder<ParameterResource>? adminUser, IResourceBuilder<ParameterResource>? adminPassword,
        Func<IResourceBuilder<IGrafanaResource>>? standIn)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        adminUser ??= builder.AddParameter($"{name}-admin-user", () => builder.Configuration[$"Parameters:{name}-admin-user"] ?? "admin")
            .WithDescription("Name of Grafana's administrator.");
        adminPassword ??= builder.AddParameter($"{name}-admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true)
            .WithDescription("Password of Grafana's administrator.");
        var secretKey = builder.AddParameter($"{name}-secret-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true, persist: true)
            .WithDescription("Key by which Grafana encrypts secrets in its database. A database is readable only with the key it was made with.");

        var grafana = builder.AddTool<IGrafanaResource, GrafanaContainerResource, GrafanaExecutableResource>(
                GrafanaTool.Tool, name, port, n => new(n), (n, command, root) => new(n, command, root), standIn)
            .WithAnnotation(new GrafanaAdminAnnotation(adminUser.Resource, adminPassword.Resource))
            .WithIconName("DataArea")
            .WithUrlForEndpoint(Tool.HttpEndpoint, url => url.DisplayText = "Grafana")
            .WithEnvironment("GF_SECURITY_ADMIN_USER", adminUser)
            .WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", adminPassword)
            .WithEnvironment("GF_SECURITY_SECRET_KEY", secretKey)
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "false")
            .WithEnvironment("GF_USERS_ALLOW_SIGN_UP", "false")
            // It tells nobody that it runs or who uses it, and asks nobody for news.
            .WithEnvironment("GF_SECURITY_DISABLE_GRAVATAR", "true")
            .WithEnvironment("GF_ANALYTICS_REPORTING_ENABLED", "false")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_UPDATES", "false")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false")
            .WithEnvironment("GF_NEWS_NEWS_FEED_ENABLED", "false")
            // Cookies know no ports: two applications on one machine would log each other out.
            .WithEnvironment("GF_AUTH_LOGIN_COOKIE_NAME", $"grafana_session_{builder.GetProjectName()}-{name}")
            .WithEnvironment(context =>
            {
                var tool = ToolAnnotation.Of(context.Resource);
                context.EnvironmentVariables["GF_PATHS_PROVISIONING"] = $"{tool.ConfigurationDirectory}/provisioning";
                context.EnvironmentVariables["GF_PATHS_DATA"] = tool.DataDirectory;
                if (context.Resource is ExecutableResource executable)
                {
                    // By its defaults a packaged Grafana writes where only root may.
                    context.EnvironmentVariables["GF_PATHS_LOGS"] = $"{tool.DataDirectory}/log";
                    context.EnvironmentVariables["GF_PATHS_PLUGINS"] = $"{tool.DataDirectory}/plugins";
                    context.EnvironmentVariables["GF_LOG_MODE"] = "console";
                    context.EnvironmentVariables["GF_SERVER_HTTP_ADDR"] = "127.0.0.1";
                    context.EnvironmentVariables["GF_SERVER_HTTP_PORT"] = new EndpointReference(executable, Tool.HttpEndpoint).Property(EndpointProperty.TargetPort);
                }
            });

        grafana.PublishAsDockerComposeService((resource, service) =>
        {
            service.Environment["GF_SERVER_ROOT_URL"] = resource.AddEnvironmentVariable("GF_SERVER_ROOT_URL", $"http://localhost:{port ?? GrafanaTool.Tool.Port}", "URL of Grafana in a browser. Its links begin with it.");
            service.Environment["GF_SECURITY_COOKIE_SECURE"] = resource.AddEnvironmentVariable("GF_SECURITY_COOKIE_SECURE", "false", "Behind TLS: true, so that a browser sends the login by it only.");
        });
        grafana.PublishAsDockerStackService(service =>
        {
            // Its own way to say that a value is in a file.
            foreach (var name in service.Environment.Keys.Where(n => n.StartsWith("GF_", StringComparison.Ordinal) && n.EndsWith("_FILE", StringComparison.Ordinal) && !n.EndsWith("__FILE", StringComparison.Ordinal)).ToList())
            {
                service.Environment.Remove(name, out var file);
                service.Environment[$"{name[..^5]}__FILE"] = file!;
            }
        });
        adminUser.WithParentRelationship(grafana.Resource);
        adminPassword.WithParentRelationship(grafana.Resource);
        secretKey.WithParentRelationship(grafana.Resource);
        return grafana;
    }
}
