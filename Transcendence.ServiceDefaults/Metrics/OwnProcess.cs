using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// What the operating system tells a process of itself, each by one call or one small file. <see cref="Process"/> would read all that there
/// is of every thread and module, which costs more than the whole rest of a scrape.
/// </summary>
internal static class OwnProcess
{
    private const int TaskInfo = 4; // PROC_PIDTASKINFO of macOS' sys/proc_info.h.

    /// <summary>The bytes of address space in use, and those of them that are in memory.</summary>
    public static (long Virtual, long Resident) ReadMemory() =>
        OperatingSystem.IsLinux() ? ReadStatm()
        : OperatingSystem.IsMacOS() ? ReadTaskInfo()
        : (ReadVirtualOnWindows(), Environment.WorkingSet);

    /// <summary>How many file descriptors are open; on Linux and macOS.</summary>
    public static int CountOpenFiles()
    {
        var directory = OpenDirectory(OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd");
        if (directory == 0)
        {
            throw new IOException("The list of open files cannot be opened."); // There may be too many.
        }

        var entries = 0;
        while (ReadDirectory(directory) != 0)
        {
            entries++;
        }

        _ = CloseDirectory(directory);
        return entries - 3; // Less ".", ".." and the one that lists them.
    }

    /// <summary>How many file descriptors may be open; on Linux. The runtime raises it at its start, and nothing else changes it.</summary>
    public static double ReadOpenFilesLimit()
    {
        // The line is "Max open files            1024                 524288               files": name, soft limit, hard limit.
        const string Name = "Max open files";
        var limit = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return limit == "unlimited" ? double.PositiveInfinity : double.Parse(limit, CultureInfo.InvariantCulture);
    }

    // Pages: all, resident, and more that is not wanted.
    private static (long Virtual, long Resident) ReadStatm()
    {
        Span<byte> line = stackalloc byte[128];
        using var file = File.OpenHandle("/proc/self/statm");
        line = line[..RandomAccess.Read(file, line, 0)];
        return Utf8Parser.TryParse(line, out long all, out var length) && Utf8Parser.TryParse(line[(length + 1)..], out long resident, out _)
            ? (all * Environment.SystemPageSize, resident * Environment.SystemPageSize)
            : throw new IOException("/proc/self/statm has no numbers.");
    }

    // struct proc_taskinfo begins with the two numbers.
    private static (long Virtual, long Resident) ReadTaskInfo()
    {
        var info = new long[12];
        _ = GetProcessInfo(Environment.ProcessId, TaskInfo, 0, info, info.Length * sizeof(long));
        return (info[0], info[1]);
    }

    // All addresses that the process may use, less the free ones.
    private static long ReadVirtualOnWindows()
    {
        var status = new MemoryStatus { Length = Marshal.SizeOf<MemoryStatus>() };
        _ = GetMemoryStatus(ref status);
        return status.TotalVirtual - status.AvailableVirtual;
    }

    [DllImport("libc", EntryPoint = "opendir", CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern nint OpenDirectory(string path);

    [DllImport("libc", EntryPoint = "readdir")]
    private static extern nint ReadDirectory(nint directory);

    [DllImport("libc", EntryPoint = "closedir")]
    private static extern int CloseDirectory(nint directory);

    [DllImport("libproc", EntryPoint = "proc_pidinfo")]
    private static extern int GetProcessInfo(int process, int flavor, ulong argument, [Out] long[] info, int size);

    [DllImport("kernel32", EntryPoint = "GlobalMemoryStatusEx")]
    private static extern int GetMemoryStatus(ref MemoryStatus status);

    // MEMORYSTATUSEX
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryStatus
    {
        public int Length;
        public int Load;
        public long TotalPhysical;
        public long AvailablePhysical;
        public long TotalPageFile;
        public long AvailablePageFile;
        public long TotalVirtual;
        public long AvailableVirtual;
        public long AvailableExtendedVirtual;
    }
}
