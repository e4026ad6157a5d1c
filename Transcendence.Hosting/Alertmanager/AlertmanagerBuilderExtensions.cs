using Transcendence.Hosting.Alertmanager;

namespace Aspire.Hosting;

/// <summary>Describes Alertmanagers.</summary>
public static class AlertmanagerBuilderExtensions
{
    /// <summary>Adds an Alertmanager that stands alone; on a Swarm, those of one service are a cluster, and tell of an alert once.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on this machine; any that is free when none is given.</param>
    /// <returns>The Alertmanager: a container, or an executable where the application's tools run so.</returns>
    public static IResourceBuilder<IAlertmanagerResource> AddAlertmanager(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddTool<IAlertmanagerResource, AlertmanagerContainerResource, AlertmanagerExecutableResource>(AlertmanagerTool.Tool, name, port, n => new(n), (n, command, root) => new(n, command, root))
            .WithIconName("AlertUrgent")
            .WithUrlForEndpoint(Tool.HttpEndpoint, url => url.DisplayText = "Alertmanager")
            .WithListenAddress()
            .WithArgs(context =>
            {
                var tool = ToolAnnotation.Of(context.Resource);
                context.Args.Add($"--config.file={tool.ConfigurationDirectory}/alertmanager.yml");
                context.Args.Add($"--storage.path={tool.DataDirectory}");
                // One instance has no peers; else it would listen for them on all addresses.
                context.Args.Add("--cluster.listen-address=");
                // What it has told and what is silenced is written so often: what a kill loses is told twice.
                context.Args.Add("--data.maintenance-interval=15s");
            })
            .PublishAsDockerStackService(service =>
            {
                if (service.Deploy?.Replicas > 1)
                {
                    service.Command.Remove("--cluster.listen-address=");
                    service.Command.AddRange(["--cluster.listen-address=0.0.0.0:9094", $"--cluster.peer=tasks.{service.Name}:9094"]);
                    // The address that it would take itself is that of the node's bridge, where no peer is.
                    service.Entrypoint = ["/bin/sh", "-c", """exec /bin/alertmanager "$$@" "--cluster.advertise-address=$$(hostname -i):9094" """.TrimEnd(), "alertmanager"];
                }
            })
            .WithExternalUrl("--web.external-url");
    }
}
