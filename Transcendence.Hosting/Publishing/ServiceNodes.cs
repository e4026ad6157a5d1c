using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting.Docker.Resources.ServiceNodes;

/// <summary>A mount of a service, or a volume of the file.</summary>
public sealed class Volume : NamedComposeMember
{
    /// <summary><c>bind</c> or <c>volume</c>; nothing for a volume of the file.</summary>
    public string? Type { get; set; }

    /// <summary>The volume's name, or the path: one that begins with <c>./</c> is relative to the file.</summary>
    public string? Source { get; set; }

    /// <summary>The path in the container.</summary>
    public string? Target { get; set; }

    /// <summary>Whether the service may only read.</summary>
    public bool? ReadOnly { get; set; }
}

/// <summary>How Docker learns whether a service is well. Durations are as Go writes them: <c>10s</c>, <c>1m30s</c>.</summary>
public sealed class Healthcheck
{
    /// <summary><c>test</c>: <c>CMD</c>, then the command and its arguments; or <c>NONE</c>.</summary>
    public List<string> Test { get; set; } = [];

    /// <summary><c>interval</c></summary>
    public string? Interval { get; set; }

    /// <summary><c>timeout</c></summary>
    public string? Timeout { get; set; }

    /// <summary><c>retries</c>: after so many failures it is unhealthy.</summary>
    public int? Retries { get; set; }

    /// <summary><c>start_period</c>: failures do not count for so long after the start.</summary>
    public string? StartPeriod { get; set; }
}

/// <summary>Where a service's log goes.</summary>
public sealed class Logging
{
    /// <summary><c>driver</c></summary>
    public string? Driver { get; set; }

    /// <summary><c>options</c></summary>
    public Dictionary<string, string> Options { get; set; } = [];
}
