using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Aspire.Hosting.Docker.Resources;

/// <summary>A Compose file. Its names, and those of its parts, are a subset of <c>Aspire.Hosting.Docker</c>'s.</summary>
/// <remarks>See the Compose specification. What is written is understood by Compose 1.29 and by version 2.</remarks>
public sealed class ComposeFile
{
    /// <summary>The services by their names.</summary>
    public Dictionary<string, Service> Services { get; set; } = [];

    /// <summary>The networks by the names that services use.</summary>
    public Dictionary<string, Network> Networks { get; set; } = [];

    /// <summary>The volumes by the names that services use.</summary>
    public Dictionary<string, Volume> Volumes { get; set; } = [];

    /// <summary>Adds a service.</summary>
    /// <param name="service">The service.</param>
    /// <returns>This file.</returns>
    public ComposeFile AddService(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        Services[service.Name] = service;
        return this;
    }

    /// <summary>Adds a network.</summary>
    /// <param name="network">The network.</param>
    /// <returns>This file.</returns>
    public ComposeFile AddNetwork(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Networks[network.Name] = network;
        return this;
    }

    /// <summary>Adds a volume.</summary>
    /// <param name="volume">The volume.</param>
    /// <returns>This file.</returns>
    public ComposeFile AddVolume(Volume volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        Volumes[volume.Name] = volume;
        return this;
    }

    /// <summary>The file's text.</summary>
    /// <returns>YAML, with line feeds.</returns>
    public string ToYaml() => ComposeYaml.Write(this);
}
