using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace Transcendence.Hosting.Publishing;

/// <summary>Makes services of a stack from those of a Compose file: what Swarm would ignore is said as it understands it, or is not there.</summary>
/// <remarks>See the Docker documentation, Compose file version 3 reference, and <c>docker stack deploy</c>.</remarks>
internal static class StackServices
{
    /// <summary>The node that keeps what is there once: label it by <c>docker node update --label-add data=true NODE</c>.</summary>
    private const string DataNode = "node.labels.data == true";

    /// <summary>The service of a stack.</summary>
    /// <param name="service">The service of the Compose file; it is not changed.</param>
    /// <param name="stack">The stack's name.</param>
    public static Service Of(Service service, string stack)
    {
        var limits = new ResourceSpec { Cpus = service.Cpus, Memory = service.MemLimit, Pids = service.PidsLimit };
        var deploy = new Deploy
        {
            Mode = service.Deploy?.Mode,
            Replicas = service.Deploy?.Replicas,
            // Each task has an address of its own name's: clients see those that are there, and go on to the next where one refuses.
            EndpointMode = service.Deploy?.EndpointMode ?? "dnsrr",
            Placement = service.Deploy?.Placement,
            RestartPolicy = service.Deploy?.RestartPolicy ?? new() { Condition = service.Restart switch { "no" => "none", "on-failure" => "on-failure", _ => "any" }, Delay = "5s" },
            Resources = service.Deploy?.Resources ?? new() { Limits = limits },
        };
        var isOne = deploy.Mode != "global" && deploy.Replicas is null or 1;
        if (isOne && deploy.Placement is null && service.Volumes.Any(v => v.Type == "volume"))
        {
            // On another node its volume would be another one.
            deploy.Placement = new() { Constraints = [DataNode] };
        }

        return new()
        {
            Name = service.Name,
            Image = service.Image,
            User = service.User,
            Hostname = service.Hostname,
            Entrypoint = [.. service.Entrypoint],
            Command = [.. service.Command],
            // In these Swarm has templates of its own.
            Environment = service.Environment.ToDictionary(v => v.Key, v => v.Value.Replace("{{", """{{"{{"}}""", StringComparison.Ordinal)),
            // By these a container is told from others: what Compose says by itself.
            Labels = new(service.Labels) { ["com.docker.compose.project"] = stack, ["com.docker.compose.service"] = service.Name },
            // Swarm listens on every address, whatever is written: what is for this machine alone is not published.
            Ports = [.. service.Ports.Where(port => !port.StartsWith("127.", StringComparison.Ordinal) && !port.StartsWith("[::1]", StringComparison.Ordinal))],
            Networks = [.. service.Networks],
            NetworkAliases = new(service.NetworkAliases),
            Volumes = [.. service.Volumes, .. service.Tmpfs.Select(path => !path.Contains(':', StringComparison.Ordinal) ? new Volume { Name = path, Type = "tmpfs", Target = path }
                : throw new DistributedApplicationException($"'{service.Name}' cannot be published for a Swarm: its tmpfs '{path}' has options, which are lost there. Write the path alone."))],
            Healthcheck = service.Healthcheck,
            StopGracePeriod = service.StopGracePeriod,
            ReadOnly = service.ReadOnly,
            CapDrop = service.CapDrop,
            CapAdd = service.CapAdd,
            Logging = service.Logging,
            Deploy = deploy,
        };
    }

    /// <summary>A port as a stack has it: of the node that the task runs on, so that who asks is seen.</summary>
    /// <param name="port"><c>ADDRESS:PORT:CONTAINER-PORT[/PROTOCOL]</c>, of which the two first may be variables.</param>
    public static object PortOf(string port)
    {
        var match = Regex.Match(port, @"^(?:(?:\$\{[^}]*\}|[^:]*):)?(?<published>\$\{[^}]*\}|\d+):(?<target>\d+)(?:/(?<protocol>\w+))?$", RegexOptions.CultureInvariant);
        return !match.Success ? throw new DistributedApplicationException($"The port '{port}' cannot be published on a Swarm. Write it as PORT:CONTAINER-PORT.")
            : new
            {
                Target = int.Parse(match.Groups["target"].ValueSpan, CultureInfo.InvariantCulture),
                Published = match.Groups["published"].Value,
                Protocol = match.Groups["protocol"] is { Success: true, Value: var protocol } ? protocol : null,
                Mode = "host",
            };
    }
}
