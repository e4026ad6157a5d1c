using System.ComponentModel;
using System.Diagnostics;

namespace Transcendence.Hosting.Processes;

/// <summary>What a process and its descendants have used.</summary>
/// <param name="CpuTime">User and system time since they started.</param>
/// <param name="ResidentBytes">Memory in RAM now; pages that they share count once for each.</param>
/// <param name="StartTime">When the process itself started.</param>
internal readonly record struct ProcessUsage(TimeSpan CpuTime, long ResidentBytes, DateTimeOffset StartTime);

/// <summary>Reads <see cref="ProcessUsage"/> from the operating system.</summary>
internal static class ProcessUsageReader
{
    /// <summary>
    /// The usage of a process and its descendants, or <see langword="null"/> when it is gone.
    /// </summary>
    /// <remarks>
    /// On Linux a child's time passes to its parent when it ends, so the sum never falls. Elsewhere the time of children
    /// that have ended is not known; on Windows that of living ones is not counted either.
    /// </remarks>
    public static ProcessUsage? Read(int pid)
    {
        if (OperatingSystem.IsWindows())
        {
            return ReadOne(pid);
        }

        var tree = ProcessTable.ReadTree(pid);
        if (tree.Count == 0)
        {
            return null;
        }

        if (OperatingSystem.IsLinux())
        {
            return new ProcessUsage(
                TimeSpan.FromTicks(tree.Sum(process => process.CpuTime.Ticks)),
                tree.Sum(process => process.ResidentBytes),
                tree[0].StartTime);
        }

        var root = ReadOne(pid);
        foreach (var process in tree.Skip(1))
        {
            if (root is { } sum && ReadOne(process.Id) is { } usage)
            {
                root = sum with
                {
                    CpuTime = sum.CpuTime + usage.CpuTime,
                    ResidentBytes = sum.ResidentBytes + usage.ResidentBytes,
                };
            }
        }

        return root;
    }

    private static ProcessUsage? ReadOne(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new ProcessUsage(process.TotalProcessorTime, process.WorkingSet64, process.StartTime);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null; // Gone, or going.
        }
    }
}
