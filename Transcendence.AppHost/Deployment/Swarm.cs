using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace Transcendence.AppHost;

/// <summary>What holds for the application on several servers.</summary>
internal static class Swarm
{
    // The door is on every node, and what tells of containers too.
    private static readonly string[] s_onEveryNode = ["gateway", "cadvisor"];

    // Each keeps what it has seen itself; of one another they need nothing, or tell it each other.
    private static readonly string[] s_pairs = ["prometheus", "alertmanager"];

    /// <summary>Publishes for a Swarm too: the tools that alerts go through twice, and a backend whose database can be shared three times.</summary>
    /// <remarks>Setting: <c>Replicas:SERVICE</c>, how many tasks of a service run.</remarks>
    public static IResourceBuilder<DockerComposeEnvironmentResource> WithSwarm(this IResourceBuilder<DockerComposeEnvironmentResource> environment)
    {
        var settings = environment.ApplicationBuilder.Configuration.GetSection("Replicas");
        return environment.PublishAsDockerStack("transcendence", Configure).ConfigureComposeFile(file =>
        {
            if (settings.GetChildren().FirstOrDefault(s => !file.Services.ContainsKey(s.Key)) is { } unknown)
            {
                throw new DistributedApplicationException($"{unknown.Path} is set, and there is no service '{unknown.Key}'. There are {string.Join(", ", file.Services.Keys)}.");
            }

            foreach (var service in file.Services.Values)
            {
                service.Deploy = settings[service.Name] is { Length: > 0 } text ? DeployOf(service, file, text) : service.Deploy ?? DefaultOf(service);
            }
        });
    }

    private static bool KeepsData(Service service) => service.Volumes.Any(v => v.Type == "volume");

    private static Deploy DefaultOf(Service service) => s_onEveryNode.Contains(service.Name) ? new() { Mode = "global" }
        : new() { Replicas = s_pairs.Contains(service.Name) ? 2 : service.Name == "backend" && !KeepsData(service) ? 3 : null };

    private static Deploy DeployOf(Service service, ComposeFile file, string text)
    {
        var setting = $"Replicas:{service.Name}";
        return !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas) || replicas is < 1 or > 100
            ? throw new DistributedApplicationException($"{setting}={text} is no number of tasks. Set it to 1 or more, at most 100.")
            : s_onEveryNode.Contains(service.Name) ? throw new DistributedApplicationException($"{setting}={text} cannot be: {service.Name} runs once on every node. Take the setting away.")
            : replicas > 1 && KeepsData(service) && !s_pairs.Contains(service.Name) ? throw new DistributedApplicationException(
                $"{setting}={text} cannot be: {service.Name} keeps its data in a volume, which tasks do not share. " + (file.Services.ContainsKey(DatabaseExtensions.PostgreSql) || service.Name != "backend" ? "Take the setting away." : "Set Database=PostgreSQL too."))
            : new() { Replicas = replicas };
    }

    private static void Configure(ComposeFile stack)
    {
        // A task has no name of its own on one network only, so it listens on all; and as its files do not change while it runs, nobody need tell it to read them.
        var prometheus = stack.Services["prometheus"];
        prometheus.Command.RemoveAll(argument => argument == "--web.enable-lifecycle" || argument.StartsWith("--web.listen-address=", StringComparison.Ordinal));
        prometheus.Healthcheck = Hardening.HealthcheckOf("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/ready");
    }
}
