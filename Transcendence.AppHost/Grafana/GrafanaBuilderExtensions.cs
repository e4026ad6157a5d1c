using System.Text.RegularExpressions;

namespace Transcendence.AppHost;

/// <summary>Describes Grafana servers.</summary>
public static partial class GrafanaBuilderExtensions
{
    private const string ConfigurationDirectory = "/etc/grafana";
    private const string DataDirectory = "/var/lib/grafana";

    /// <summary>Adds a Grafana server that lets nobody in without a password.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="adminPassword">The password of the user <c>admin</c>; generated and kept when none is given.</param>
    /// <param name="port">The port on the host.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<GrafanaResource> AddGrafana(this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? adminPassword = null, int? port = GrafanaResource.ContainerPort)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        adminPassword ??= builder.AddParameter($"{name}-admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true)
            .WithDescription("Password of Grafana's user `admin`.", enableMarkdown: true);
        var secretKey = builder.AddParameter($"{name}-secret-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true, persist: true)
            .WithDescription("Key by which Grafana encrypts secrets in its database. A database is readable only with the key it was made with.");

        var grafana = builder.AddResource(new GrafanaResource(name, adminPassword.Resource, secretKey.Resource))
            .WithImage(GrafanaContainerImageTags.Image, GrafanaContainerImageTags.Tag)
            .WithImageRegistry(GrafanaContainerImageTags.Registry)
            .WithIconName("DataArea")
            .WithHttpEndpoint(port, GrafanaResource.ContainerPort, GrafanaResource.HttpEndpointName)
            .WithHttpHealthCheck("/api/health")
            .WithUrlForEndpoint(GrafanaResource.HttpEndpointName, url => url.DisplayText = "Grafana");

        adminPassword.WithParentRelationship(grafana);
        secretKey.WithParentRelationship(grafana);

        return grafana
            .WithEnvironment("GF_SECURITY_ADMIN_USER", "admin")
            .WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", adminPassword)
            .WithEnvironment("GF_SECURITY_SECRET_KEY", secretKey)
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "false")
            .WithEnvironment("GF_USERS_ALLOW_SIGN_UP", "false")
            .WithEnvironment("GF_PATHS_DATA", DataDirectory)
            .WithEnvironment("GF_PATHS_PROVISIONING", $"{ConfigurationDirectory}/provisioning")
            .WithNativeProcess();
    }

    /// <summary>Starts Grafana on a copy of a configuration directory, in which the addresses are those of the resources.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The directory with <c>provisioning/</c> and <c>dashboards/</c>, relative to the AppHost's.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<GrafanaResource> WithConfiguration(this IResourceBuilder<GrafanaResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);
        var application = builder.ApplicationBuilder;
        var scrape = PrometheusBuilderExtensions.ReadScrapeInterval(application.Configuration);
        return builder.WithRenderedConfiguration(source, ConfigurationDirectory, async (configuration, cancellationToken) =>
        {
            var dashboard = configuration.Addresses.ArePublished ? null : await TraceLinks.FindDashboardAsync(application.Resources, cancellationToken).ConfigureAwait(false);
            await configuration.RenderAsync(
                (path, text) =>
                {
                    if (path.StartsWith("provisioning/datasources/", StringComparison.Ordinal))
                    {
                        text = TimeInterval().Replace(text, scrape);
                        text = dashboard is null ? text : TraceLinks.Add(text, dashboard);
                    }

                    return configuration.Addresses.ArePublished ? text : Engine.LocalizeGrafanaPaths(configuration.Directory, ConfigurationDirectory, path, text);
                },
                cancellationToken).ConfigureAwait(false);

            // A dashboard that was renamed must not be there twice.
            configuration.RemoveOthers();
        });
    }

    /// <summary>Keeps users, dashboards and settings in a volume.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The volume; <c>RESOURCE-data</c> when none is given.</param>
    /// <param name="isReadOnly">Whether Grafana may only read.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<GrafanaResource> WithDataVolume(this IResourceBuilder<GrafanaResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithVolume(name ?? $"{builder.Resource.Name}-data", DataDirectory, isReadOnly);
    }

    // From the scrape interval Grafana derives $__rate_interval.
    [GeneratedRegex(@"(?<=^[ \t]+timeInterval:[ \t]*)\S+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TimeInterval();
}
