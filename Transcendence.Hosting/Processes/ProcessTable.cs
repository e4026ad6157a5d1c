using System.Diagnostics;
using System.Globalization;

namespace Transcendence.Hosting.Processes;

/// <summary>The processes of this machine, as they were at one moment. Unix only: elsewhere it is empty.</summary>
internal static class ProcessTable
{
    // USER_HZ: the unit of times in /proc is fixed at 1/100 s on every architecture that .NET runs on.
    private const long TicksPerJiffy = TimeSpan.TicksPerSecond / 100;

    private static readonly Lazy<DateTimeOffset> s_bootTime = new(ReadBootTime);

    /// <param name="Id">The process id.</param>
    /// <param name="ParentId">The process id of its parent.</param>
    /// <param name="CpuTime">CPU time of it and of its children that have ended; zero where only Linux tells.</param>
    /// <param name="ResidentBytes">Memory in RAM; zero where only Linux tells.</param>
    /// <param name="StartTime">When it started; the epoch where only Linux tells.</param>
    internal readonly record struct Entry(
        int Id, int ParentId, TimeSpan CpuTime, long ResidentBytes, DateTimeOffset StartTime);

    /// <summary>The process and all its descendants; empty when it is gone.</summary>
    public static List<Entry> ReadTree(int root)
    {
        var all = Read();
        var byParent = all.ToLookup(process => process.ParentId);
        var tree = all.Where(process => process.Id == root).ToList();
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(byParent[tree[i].Id]);
        }

        return tree;
    }

    /// <summary>
    /// The processes that carry a marker in their environment, and their descendants, whoever is their parent by now.
    /// </summary>
    public static List<int> FindMarked(string marker)
    {
        var marked = OperatingSystem.IsLinux() ? FindMarkedInProc(marker) : FindMarkedByPs(marker);
        if (marked.Count == 0)
        {
            return marked;
        }

        var byParent = Read().ToLookup(process => process.ParentId, process => process.Id);
        for (var i = 0; i < marked.Count; i++)
        {
            marked.AddRange(byParent[marked[i]].Except(marked).ToList());
        }

        return marked;
    }

    private static List<Entry> Read()
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        return OperatingSystem.IsLinux() ? ReadProc() : ReadPs();
    }

    private static List<Entry> ReadProc()
    {
        var entries = new List<Entry>();
        foreach (var pid in ProcIds())
        {
            if (ReadStat(pid) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static IEnumerable<int> ProcIds()
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                yield return pid;
            }
        }
    }

    /// <summary>proc_pid_stat(5). The numbers are the page's field numbers, counted from 1.</summary>
    private static Entry? ReadStat(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended meanwhile.
        }

        // Field 2 is the program's name in brackets, in which spaces and brackets may be; field 3 follows it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);

        var isZombie = fields[0] == "Z";
        return new Entry(
            pid,
            (int)Field(4),
            TimeSpan.FromTicks((Field(14) + Field(15) + Field(16) + Field(17)) * TicksPerJiffy),
            isZombie ? 0 : Field(24) * Environment.SystemPageSize,
            s_bootTime.Value.AddTicks(Field(22) * TicksPerJiffy));
    }

    private static DateTimeOffset ReadBootTime()
    {
        const string Name = "btime ";
        var line = File.ReadLines("/proc/stat").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture));
    }

    private static List<int> FindMarkedInProc(string marker)
    {
        var found = new List<int>();
        foreach (var pid in ProcIds())
        {
            try
            {
                if (CarriesMarker(File.ReadAllText($"/proc/{pid}/environ"), marker))
                {
                    found.Add(pid);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's.
            }
        }

        return found;
    }

    /// <summary>Whether the marker stands in the text whole: 7.1 is not 7.12.</summary>
    private static bool CarriesMarker(string environment, string marker)
    {
        for (var at = 0; (at = environment.IndexOf(marker, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var end = at + marker.Length;
            if (end == environment.Length || !char.IsAsciiDigit(environment[end]))
            {
                return true;
            }
        }

        return false;
    }

    private static List<Entry> ReadPs() =>
        [.. from line in Ps("-A", "-o", "pid=", "-o", "ppid=")
            let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            select new Entry(
                int.Parse(fields[0], CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                TimeSpan.Zero, 0, DateTimeOffset.UnixEpoch)];

    // -E of macOS and the BSDs shows the environment after the command line, of processes that are one's own.
    private static List<int> FindMarkedByPs(string marker) =>
        [.. from line in Ps("-A", "-E", "-ww", "-o", "pid=", "-o", "command=")
            where CarriesMarker(line, marker)
            select int.Parse(line.TrimStart().Split(' ')[0], CultureInfo.InvariantCulture)];

    private static List<string> Ps(params string[] arguments)
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", arguments) { RedirectStandardOutput = true })!;
        var lines = new List<string>();
        while (ps.StandardOutput.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add(line);
            }
        }

        ps.WaitForExit();
        return lines;
    }
}
