using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Transcendence.Hosting.Processes;

/// <summary>The console that this process shares with its children, if it has one.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsConsole
{
    private const uint CtrlBreak = 1;

    public static bool Exists => GetConsoleWindow() != 0;

    /// <summary>
    /// Sends Ctrl+Break, which .NET's host and Go's runtime take as a request to end. The process must be the first of a
    /// process group.
    /// </summary>
    /// <returns>Whether it could be sent: not without a console.</returns>
    public static bool SendBreak(int pid) => Exists && GenerateConsoleCtrlEvent(CtrlBreak, (uint)pid);

    [DllImport("kernel32.dll")]
    private static extern nint GetConsoleWindow();

    [DllImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GenerateConsoleCtrlEvent(uint controlEvent, uint processGroupId);
}
