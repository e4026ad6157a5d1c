namespace Transcendence.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The name of the AppHost's assembly; the entry assembly when none is given.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The directory of the AppHost's project; as it was built when none is given.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Whether the application runs without its dashboard.</summary>
    public bool DisableDashboard { get; set; }
}
