using System.ComponentModel;
using System.Text.RegularExpressions;

namespace Transcendence.Processes;

/// <summary>What a process and its descendants have used.</summary>
/// <param name="Pid">The process itself.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="CpuTime">User and system time since then.</param>
/// <param name="ResidentBytes">Memory in RAM now; pages that they share count once for each.</param>
/// <param name="ReadBytes">What was read from disks; null where the system does not tell.</param>
/// <param name="WrittenBytes">What was written to disks; null where the system does not tell.</param>
internal sealed record ProcessUsage(
    int Pid, DateTimeOffset StartedAt, TimeSpan CpuTime, long ResidentBytes, long? ReadBytes = null, long? WrittenBytes = null);

/// <summary>The processes of this machine, as they were at one moment.</summary>
/// <remarks>
/// On Linux everything comes from <c>/proc</c>, and what a child has used passes to its parent when it ends: a sum never falls.
/// On macOS and Windows children are not known.
/// </remarks>
internal sealed partial class ProcessTable
{
    // USER_HZ: the unit of times in /proc is fixed at 1/100 s on every architecture that .NET runs on.
    private const long TicksPerJiffy = TimeSpan.TicksPerSecond / 100;

    // Clocks of one machine, read by two programs, one of them in whole seconds.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromSeconds(10);
    private static readonly Lazy<DateTimeOffset> s_bootTime = new(() =>
        DateTimeOffset.FromUnixTimeSeconds(Number(File.ReadLines("/proc/stat").Select(line => line.Split(' ')).First(fields => fields[0] == "btime")[1])));

    private readonly ILookup<int, ProcessUsage> _byParent = (OperatingSystem.IsLinux() ? ReadProc() : []).ToLookup(process => process.Parent, process => process.Usage);

    /// <summary>The usage of a process and its descendants; null when it is gone, or its id now is another's.</summary>
    /// <param name="process">The process. Where it is a host, the one in it is meant, which may not have started yet.</param>
    public ProcessUsage? UsageOf(TrackedProcess process)
    {
        var own = OperatingSystem.IsLinux() ? _byParent.SelectMany(children => children).FirstOrDefault(usage => usage.Pid == process.Pid) : Ask(process.Pid);
        var root = own is null || (process.StartedAt is { } startedAt && (own.StartedAt - startedAt).Duration() > s_startTolerance) ? null
            : process.IsHost ? FindHosted(own) : own;
        return root is null ? null : TreeOf(root).Select(WithDisk).Aggregate((sum, next) => sum with
        {
            CpuTime = sum.CpuTime + next.CpuTime,
            ResidentBytes = sum.ResidentBytes + next.ResidentBytes,
            ReadBytes = sum.ReadBytes + (next.ReadBytes ?? 0),
            WrittenBytes = sum.WrittenBytes + (next.WrittenBytes ?? 0),
        });
    }

    private IEnumerable<ProcessUsage> TreeOf(ProcessUsage root) => _byParent[root.Pid].SelectMany(TreeOf).Prepend(root);

    // Below `dotnet watch` and `dotnet run`, and beside the compiler and build nodes that they also start.
    private ProcessUsage? FindHosted(ProcessUsage host) => _byParent[host.Pid]
        .Select(child => ProgramOf(child.Pid) is not { } program || Path.GetFileName(program) == "dotnet-watch.dll" ? FindHosted(child)
            : InSdk().IsMatch(program) ? null
            : child)
        .FirstOrDefault(hosted => hosted is not null);

    // The program, which for `dotnet App.dll` and `dotnet exec App.dll` is the assembly; null for a command of the SDK: `dotnet run`.
    private static string? ProgramOf(int pid)
    {
        return ReadFile($"/proc/{pid}/cmdline")?.Split('\0') switch
        {
            null => null,
            [var muxer, "exec", .. var rest] when IsMuxer(muxer) => Array.Find(rest, IsAssembly),
            [var muxer, var first, ..] when IsMuxer(muxer) => IsAssembly(first) ? first : null,
            var command => command[0],
        };

        static bool IsMuxer(string program) => Path.GetFileNameWithoutExtension(program) == "dotnet";
        static bool IsAssembly(string argument) => argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<(int Parent, ProcessUsage Usage)> ReadProc()
    {
        foreach (var path in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            // proc_pid_stat(5). Field 2 is the program's name in brackets, in which spaces and brackets may be; field 3 follows it.
            if (ReadFile($"{path}/stat") is { } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is var fields && fields[0] != "Z") // Ended, and not looked at yet.
            {
                long Field(int number) => Number(fields[number - 3]);
                yield return ((int)Field(4), new ProcessUsage(
                    (int)Number(Path.GetFileName(path)),
                    s_bootTime.Value.AddTicks(Field(22) * TicksPerJiffy),
                    TimeSpan.FromTicks((Field(14) + Field(15) + Field(16) + Field(17)) * TicksPerJiffy),
                    Field(24) * Environment.SystemPageSize));
            }
        }
    }

    private static ProcessUsage? Ask(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new ProcessUsage(pid, process.StartTime, process.TotalProcessorTime, process.WorkingSet64);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null; // Gone, or going.
        }
    }

    // proc_pid_io(5): what went through to disks. Only of processes of the same user.
    private static ProcessUsage WithDisk(ProcessUsage usage) => ReadFile($"/proc/{usage.Pid}/io") is { } io && Disk().Match(io) is { Success: true } disk
        ? usage with { ReadBytes = Number(disk.Groups[1].Value), WrittenBytes = Number(disk.Groups[2].Value) }
        : usage;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended meanwhile, or is another user's.
        }
    }

    [GeneratedRegex(@"^read_bytes: (\d+)\nwrite_bytes: (\d+)", RegexOptions.Multiline)]
    private static partial Regex Disk();

    [GeneratedRegex(@"[/\\]sdk[/\\]\d+\.\d+\.\d+")]
    private static partial Regex InSdk();
}
