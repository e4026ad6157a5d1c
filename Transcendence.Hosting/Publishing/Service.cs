using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;
using YamlDotNet.Serialization;

namespace Aspire.Hosting.Docker.Resources.ComposeNodes;

/// <summary>A member of a Compose file that is known by its name.</summary>
public abstract class NamedComposeMember
{
    /// <summary>Its name.</summary>
    [YamlIgnore]
    public required string Name { get; set; }
}

/// <summary>A service of a Compose file: each member is the element of the same name. A <c>$</c> in a value begins a variable, and two are one.</summary>
public sealed class Service : NamedComposeMember
{
    /// <summary><c>image</c></summary>
    public string? Image { get; set; }

    /// <summary><c>container_name</c></summary>
    public string? ContainerName { get; set; }

    /// <summary><c>user</c>: <c>ID:GROUP</c>, where it is not the image's. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    public string? User { get; set; }

    /// <summary><c>hostname</c></summary>
    public string? Hostname { get; set; }

    /// <summary><c>labels</c> of its containers.</summary>
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary><c>entrypoint</c></summary>
    public List<string> Entrypoint { get; set; } = [];

    /// <summary><c>command</c></summary>
    public List<string> Command { get; set; } = [];

    /// <summary><c>environment</c></summary>
    public Dictionary<string, string> Environment { get; set; } = [];

    /// <summary><c>expose</c>: ports that only other services reach.</summary>
    public List<string> Expose { get; set; } = [];

    /// <summary><c>ports</c>: <c>[ADDRESS:]PORT:CONTAINER-PORT</c>.</summary>
    public List<string> Ports { get; set; } = [];

    /// <summary><c>networks</c></summary>
    [YamlIgnore]
    public List<string> Networks { get; set; } = [];

    /// <summary>Further names of the service on a network, by the network's name: <c>aliases</c>. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    [YamlIgnore]
    public Dictionary<string, List<string>> NetworkAliases { get; set; } = [];

    [YamlMember(Alias = "networks")]
    internal Dictionary<string, Dictionary<string, List<string>>> NetworksAndAliases => Networks.ToDictionary(
        network => network,
        network => NetworkAliases.TryGetValue(network, out var aliases) ? new Dictionary<string, List<string>> { ["aliases"] = aliases } : []);

    /// <summary><c>volumes</c></summary>
    public List<Volume> Volumes { get; set; } = [];

    /// <summary><c>tmpfs</c>: paths in memory.</summary>
    public List<string> Tmpfs { get; set; } = [];

    /// <summary><c>depends_on</c>, by the names of services.</summary>
    public Dictionary<string, ServiceDependency> DependsOn { get; set; } = [];

    /// <summary><c>healthcheck</c></summary>
    public Healthcheck? Healthcheck { get; set; }

    /// <summary><c>restart</c></summary>
    public string? Restart { get; set; }

    /// <summary><c>stop_grace_period</c>: how long it may take to end before it is killed.</summary>
    public string? StopGracePeriod { get; set; }

    /// <summary><c>read_only</c>: whether its root file system is.</summary>
    public bool? ReadOnly { get; set; }

    /// <summary><c>cap_drop</c>: capabilities that it does not have.</summary>
    public List<string> CapDrop { get; set; } = [];

    /// <summary><c>cap_add</c>: capabilities that it has.</summary>
    public List<string> CapAdd { get; set; } = [];

    /// <summary><c>security_opt</c></summary>
    public List<string> SecurityOpt { get; set; } = [];

    /// <summary><c>mem_limit</c>, for example <c>512m</c>. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    public string? MemLimit { get; set; }

    /// <summary><c>cpus</c>: how many processors at most. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    public string? Cpus { get; set; }

    /// <summary><c>pids_limit</c>: how many processes and threads at most. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    public int? PidsLimit { get; set; }

    /// <summary><c>logging</c></summary>
    public Logging? Logging { get; set; }

    /// <summary><c>deploy</c>: how it runs on a Swarm. <c>docker-compose.yaml</c> has nothing of it, where each service is one container.</summary>
    [YamlIgnore]
    public Deploy? Deploy { get; set; }
}

/// <summary>A network of a Compose file.</summary>
public sealed class Network : NamedComposeMember
{
    /// <summary><c>internal</c>: whether nothing outside is reached from it.</summary>
    public bool? Internal { get; set; }
}

/// <summary>What a service waits for before it starts.</summary>
public sealed class ServiceDependency
{
    /// <summary><c>condition</c>: <c>service_started</c>, <c>service_healthy</c> or <c>service_completed_successfully</c>.</summary>
    public string? Condition { get; set; }
}
