using Transcendence.Hosting.CAdvisor;

namespace Aspire.Hosting;

/// <summary>Describes cAdvisors.</summary>
public static class CAdvisorBuilderExtensions
{
    private const string EngineDirectory = "/var/lib/docker";

    // What its documentation mounts, all of it read-only. Not every machine has all of it, and a runtime would make what is missing.
    private static readonly (string Source, string Target)[] s_mounts =
        [("/", "/rootfs"), ("/var/run", "/var/run"), ("/sys", "/sys"), (EngineDirectory, EngineDirectory), ("/dev/disk", "/dev/disk")];

    /// <summary>Adds a cAdvisor for the containers of this machine.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on this machine; any that is free when none is given.</param>
    /// <returns>The cAdvisor: a container. Where the application's tools run as executables, it runs only if the machine has it installed.</returns>
    public static IResourceBuilder<ICAdvisorResource> AddCAdvisor(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null) =>
        Add(builder, name, port, standIn: null);

    /// <summary>Adds a cAdvisor, and where the application's tools run as executables a project in its place.</summary>
    /// <typeparam name="TStandIn">The project; it listens where <c>ASPNETCORE_URLS</c> says, and answers <c>/healthz</c>.</typeparam>
    /// <inheritdoc cref="AddCAdvisor(IDistributedApplicationBuilder, string, int?)"/>
    public static IResourceBuilder<ICAdvisorResource> AddCAdvisor<TStandIn>(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null) where TStandIn : IProjectMetadata, new() =>
        Add(builder, name, port, () => builder.AddStandIn<CAdvisorProjectResource, TStandIn>(new(name)));

    private static IResourceBuilder<ICAdvisorResource> Add(IDistributedApplicationBuilder builder, string name, int? port, Func<IResourceBuilder<ICAdvisorResource>>? standIn)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddTool<ICAdvisorResource, CAdvisorContainerResource, CAdvisorExecutableResource>(
                CAdvisorTool.Tool, name, port, n => new(n), (n, command, root) => new(n, command, root), standIn)
            .WithIconName("BoxMultiple")
            .WithUrlForEndpoint(Tool.HttpEndpoint, url => url.DisplayText = "cAdvisor")
            .OnContainer(container =>
            {
                // Of a server nothing is known here. What every one has is enough.
                foreach (var (source, target) in s_mounts.Where(m => builder.ExecutionContext.IsPublishMode ? m.Source != "/dev/disk" : Directory.Exists(m.Source)))
                {
                    container.WithBindMount(source, target, isReadOnly: true);
                }

                // Of all labels of all containers those that tell whose a container is: a third of the bytes of each scrape.
                container.WithArgs("--docker_only=true", "--store_container_labels=false", "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service");
            })
            .PublishAsDockerComposeService((resource, service) =>
            {
                // It is root: it reads what belongs to the engine, and counts the files of others' processes.
                service.CapAdd = ["DAC_READ_SEARCH", "SYS_PTRACE"];
                service.Volumes.Single(v => v.Target == EngineDirectory).Source = resource.AddEnvironmentVariable("DOCKER_ROOT", EngineDirectory, "Where the engine keeps its data: docker info --format '{{.DockerRootDir}}'");
            })
            .WithArgs(context =>
            {
                // By its defaults it would listen on all addresses.
                if (context.Resource is CAdvisorExecutableResource executable)
                {
                    context.Args.Add("--listen_ip=127.0.0.1");
                    context.Args.Add(ReferenceExpression.Create($"--port={new EndpointReference(executable, Tool.HttpEndpoint).Property(EndpointProperty.TargetPort)}"));
                }
            });
    }
}
