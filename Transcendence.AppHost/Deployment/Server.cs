using System.Reflection;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;

namespace Transcendence.AppHost;

/// <summary>What holds for the application on a server.</summary>
internal static class Server
{
    // Only the gateway is reached from outside, and it reaches only the backend: see docs/deploy.md. What a user adds is inside.
    private const string Public = "public", App = "app", Monitoring = "monitoring", Data = "data";

    private static readonly Dictionary<string, string[]> s_networks = new()
    {
        ["gateway"] = [Public, App],
        ["prometheus"] = [App, Monitoring],
        ["alertmanager"] = [Monitoring],
        ["alerts"] = [Monitoring],
        ["grafana"] = [Monitoring],
        ["cadvisor"] = [Monitoring],
        [DatabaseExtensions.PostgreSql] = [Data],
    };

    // As the images are tagged: Directory.Build.targets.
    private static readonly string s_version = typeof(Server).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Publishes the services in images of their own, each service on the networks that it needs, with files for who runs them.</summary>
    public static void WithServer(this IResourceBuilder<DockerComposeEnvironmentResource> environment)
    {
        environment.WithFiles("Deployment/files").ConfigureComposeFile(Connect).WithSwarm();
        var builder = environment.ApplicationBuilder;
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        foreach (var project in builder.Resources.OfType<ProjectResource>().Select(builder.CreateResourceBuilder).ToList())
        {
            var program = Path.GetFileNameWithoutExtension(project.Resource.GetProjectMetadata().ProjectPath);
            // Without a proxy that is configured, nobody is believed about where a request came from.
            project.DisableForwardedHeaders().PublishAsDockerComposeService((resource, service) =>
            {
                service.Image = resource.AddEnvironmentVariable($"{service.Name.ToUpperInvariant()}_IMAGE", $"{program.ToLowerInvariant().Replace('.', '-')}:{s_version}", $"Image of {service.Name}. To pin it, add its digest: NAME:TAG@sha256:…");
                service.Environment["AllowedHosts"] = $"localhost;127.0.0.1;[::1];{service.Name}" + (service.Name != "gateway" ? "" : ";" + resource.AddEnvironmentVariable(
                    "GATEWAY_HOSTS", "localhost", "Names and addresses by which browsers call this server, with a semicolon between two; * for any."));
                service.Harden("256m").Healthcheck = Hardening.HealthcheckOf($"./{program}", "--health");
            });
        }
    }

    private static void Connect(ComposeFile file)
    {
        foreach (var service in file.Services.Values)
        {
            service.ContainerName = service.Name;
            if (service.Networks.Count > 0)
            {
                continue; // The model says it.
            }

            var isPublic = service.Ports.Any(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal));
            service.Networks = [.. s_networks.GetValueOrDefault(service.Name, isPublic ? [Public, App] : [App])];
            if (service.Networks is [App])
            {
                service.Ports.Clear(); // From an internal network nothing is published.
            }
        }

        file.AddNetwork(new() { Name = Public });
        file.AddNetwork(new() { Name = App, Internal = true });
        file.AddNetwork(new() { Name = Monitoring });
        if (file.Services.ContainsKey(DatabaseExtensions.PostgreSql))
        {
            // Of the services the backend alone reaches it.
            file.AddNetwork(new() { Name = Data, Internal = true });
            file.Services["backend"].Networks.Add(Data);
        }

        // It scrapes the gateway on a network of both, but listens on the other one: so the gateway does not reach it.
        var prometheus = file.Services["prometheus"];
        const string Inside = "prometheus.inside:9090";
        prometheus.NetworkAliases[Monitoring] = [Inside.Split(':')[0]];
        prometheus.Command.Add($"--web.listen-address={Inside}");
        prometheus.Healthcheck!.Test = [.. prometheus.Healthcheck.Test.Select(part => part.Replace("127.0.0.1:9090", Inside, StringComparison.Ordinal))];
    }
}
