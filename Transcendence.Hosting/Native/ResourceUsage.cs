namespace Transcendence.Hosting.Native;

/// <summary>What the process of a resource uses, with all its descendants.</summary>
/// <param name="ResourceName">The resource.</param>
/// <param name="CpuTime">The CPU time since its start.</param>
/// <param name="ResidentBytes">The memory in RAM, in bytes.</param>
/// <param name="StartTime">When it was started.</param>
public sealed record ResourceUsage(string ResourceName, TimeSpan CpuTime, long ResidentBytes, DateTimeOffset StartTime);

/// <summary>Tells what the resources' processes use.</summary>
public interface IResourceUsageReader
{
    /// <summary>Reads it now, of all resources that run as processes.</summary>
    /// <returns>One entry a resource.</returns>
    IReadOnlyList<ResourceUsage> Read();
}
