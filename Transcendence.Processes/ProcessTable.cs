using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
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
/// On Linux everything comes from <c>/proc</c>, and what a child has used passes to its parent when it ends: a sum never falls. On macOS
/// what children that have ended used is not known; on Windows children are not known at all.
/// </remarks>
internal sealed partial class ProcessTable
{
    // USER_HZ: the unit of times in /proc is fixed at 1/100 s on every architecture that .NET runs on.
    private const long TicksPerJiffy = TimeSpan.TicksPerSecond / 100;

    // Clocks of one machine, read by two programs, one of them in whole seconds.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromSeconds(10);
    private static readonly Lazy<DateTimeOffset> s_bootTime = new(ReadBootTime);

    private readonly Dictionary<int, ProcessUsage> _known = []; // On Linux, all of them.
    private readonly Dictionary<int, string[]> _commands = []; // On macOS, all of them.
    private readonly ILookup<int, int> _children;

    private ProcessTable(IEnumerable<(int Pid, int Parent)> processes) =>
        _children = processes.ToLookup(process => process.Parent, process => process.Pid);

    /// <summary>Reads the table.</summary>
    public static ProcessTable Read() =>
        OperatingSystem.IsLinux() ? ReadProc() : OperatingSystem.IsWindows() ? new ProcessTable([]) : ReadPs();

    /// <summary>The usage of a process and its descendants; null when it is gone, or its id now is another's.</summary>
    /// <param name="process">The process. Where it is a host, the one in it is meant, which may not have started yet.</param>
    public ProcessUsage? UsageOf(TrackedProcess process)
    {
        if (UsageOf(process.Pid) is not { } own || (process.StartedAt is { } startedAt && (own.StartedAt - startedAt).Duration() > s_startTolerance))
        {
            return null;
        }

        if ((process.IsHost ? FindHosted(process.Pid) is { } hosted ? UsageOf(hosted) : null : own) is not { } root)
        {
            return null;
        }

        var io = ReadIo(root.Pid);
        var sum = root with { ReadBytes = io?.Read, WrittenBytes = io?.Written };
        var tree = new Queue<int>(_children[root.Pid]);
        while (tree.TryDequeue(out var pid))
        {
            foreach (var child in _children[pid])
            {
                tree.Enqueue(child);
            }

            if (UsageOf(pid) is { } usage)
            {
                io = sum.ReadBytes is null ? null : ReadIo(pid);
                sum = sum with
                {
                    CpuTime = sum.CpuTime + usage.CpuTime,
                    ResidentBytes = sum.ResidentBytes + usage.ResidentBytes,
                    ReadBytes = sum.ReadBytes + (io?.Read ?? 0),
                    WrittenBytes = sum.WrittenBytes + (io?.Written ?? 0),
                };
            }
        }

        return sum;
    }

    private ProcessUsage? UsageOf(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return _known.GetValueOrDefault(pid);
        }

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

    // Below `dotnet watch` and `dotnet run`, and beside the compiler and build nodes that they also start.
    private int? FindHosted(int host)
    {
        foreach (var child in _children[host])
        {
            var program = ProgramOf(child);
            int? hosted = program is null || Path.GetFileName(program) == "dotnet-watch.dll" ? FindHosted(child)
                : InSdk().IsMatch(program) ? null
                : child;
            if (hosted is not null)
            {
                return hosted;
            }
        }

        return null;
    }

    // The program, which for `dotnet App.dll` and `dotnet exec App.dll` is the assembly; null for a command of the SDK: `dotnet run`.
    private string? ProgramOf(int pid)
    {
        var command = OperatingSystem.IsLinux() ? ReadFile($"/proc/{pid}/cmdline")?.Split('\0') : _commands.GetValueOrDefault(pid);
        return command switch
        {
            null or [] => null,
            [var muxer, "exec", .. var rest] when IsMuxer(muxer) => Array.Find(rest, IsAssembly),
            [var muxer, var first, ..] when IsMuxer(muxer) => IsAssembly(first) ? first : null,
            _ => command[0],
        };

        static bool IsMuxer(string program) => Path.GetFileNameWithoutExtension(program) == "dotnet";
        static bool IsAssembly(string argument) => argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
    }

    private static ProcessTable ReadProc()
    {
        var usages = new Dictionary<int, ProcessUsage>();
        var parents = new List<(int, int)>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && ReadFile($"/proc/{pid}/stat") is { } stat)
            {
                // proc_pid_stat(5). Field 2 is the program's name in brackets, in which spaces and brackets may be; field 3 follows it.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
                if (fields[0] == "Z")
                {
                    continue; // It has ended, and its parent has not looked yet.
                }

                parents.Add((pid, (int)Field(4)));
                usages.Add(pid, new ProcessUsage(
                    pid,
                    s_bootTime.Value.AddTicks(Field(22) * TicksPerJiffy),
                    TimeSpan.FromTicks((Field(14) + Field(15) + Field(16) + Field(17)) * TicksPerJiffy),
                    Field(24) * Environment.SystemPageSize));
            }
        }

        var table = new ProcessTable(parents);
        foreach (var (pid, usage) in usages)
        {
            table._known.Add(pid, usage);
        }

        return table;
    }

    private static ProcessTable ReadPs()
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "command="]) { RedirectStandardOutput = true })!;
        var lines = ps.StandardOutput.ReadToEnd().Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields.Length > 2).ToList();
        ps.WaitForExit();
        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

        var table = new ProcessTable(lines.Select(fields => (Number(fields[0]), Number(fields[1]))));
        lines.ForEach(fields => table._commands.Add(Number(fields[0]), fields[2..]));
        return table;
    }

    private static DateTimeOffset ReadBootTime()
    {
        const string Name = "btime ";
        var line = File.ReadLines("/proc/stat").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture));
    }

    // proc_pid_io(5): what went through to disks. Only of processes of the same user.
    private static (long Read, long Written)? ReadIo(int pid)
    {
        return OperatingSystem.IsLinux() && ReadFile($"/proc/{pid}/io") is { } io ? (Line("read_bytes: "), Line("write_bytes: ")) : null;

        long Line(string name) => long.Parse(io.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal)).AsSpan(name.Length), CultureInfo.InvariantCulture);
    }

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

    [GeneratedRegex(@"[/\\]sdk[/\\]\d+\.\d+\.\d+")]
    private static partial Regex InSdk();
}
