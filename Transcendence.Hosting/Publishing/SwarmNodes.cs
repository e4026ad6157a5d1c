namespace Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

/// <summary>How a service runs on a Swarm: <c>deploy</c>. It is in <c>docker-stack.yaml</c> only.</summary>
public sealed class Deploy
{
    /// <summary><c>mode</c>: <c>replicated</c>, or <c>global</c> for one task on each node.</summary>
    public string? Mode { get; set; }

    /// <summary><c>replicas</c>: how many tasks; one where it is not said.</summary>
    public int? Replicas { get; set; }

    /// <summary><c>endpoint_mode</c>. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    public string? EndpointMode { get; set; }

    /// <summary><c>placement</c></summary>
    public Placement? Placement { get; set; }

    /// <summary><c>restart_policy</c></summary>
    public RestartPolicy? RestartPolicy { get; set; }

    /// <summary><c>resources</c></summary>
    public Resources? Resources { get; set; }
}

/// <summary>On which nodes tasks run.</summary>
public sealed class Placement
{
    /// <summary><c>constraints</c>, for example <c>node.labels.data == true</c>.</summary>
    public List<string>? Constraints { get; set; }
}

/// <summary>When a task is started anew.</summary>
public sealed class RestartPolicy
{
    /// <summary><c>condition</c>: <c>none</c>, <c>on-failure</c> or <c>any</c>.</summary>
    public string? Condition { get; set; }

    /// <summary><c>delay</c> before it, as Go writes durations.</summary>
    public string? Delay { get; set; }
}

/// <summary>What a task may take.</summary>
public sealed class Resources
{
    /// <summary><c>limits</c></summary>
    public ResourceSpec? Limits { get; set; }
}

/// <summary>Amounts.</summary>
public sealed class ResourceSpec
{
    /// <summary><c>cpus</c>: processors.</summary>
    public string? Cpus { get; set; }

    /// <summary><c>memory</c>, for example <c>512m</c>.</summary>
    public string? Memory { get; set; }

    /// <summary><c>pids</c>: processes and threads. Not in <c>Aspire.Hosting.Docker</c>.</summary>
    public int? Pids { get; set; }
}
