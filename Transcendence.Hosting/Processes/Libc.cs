using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Transcendence.Hosting.Processes;

/// <summary>The calls of POSIX that .NET has no equal for.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Libc
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    /// <summary>Sends a signal. That the process is gone already is no error here, so the result is not looked at.</summary>
    [DllImport("libc", EntryPoint = "kill")]
    public static extern int Kill(int pid, int signal);

    /// <summary>The parent's process id: it changes when the parent dies.</summary>
    [DllImport("libc", EntryPoint = "getppid")]
    public static extern int GetParentId();
}
