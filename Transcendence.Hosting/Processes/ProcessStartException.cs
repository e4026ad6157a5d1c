using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Transcendence.Hosting.Processes;

/// <summary>A process could not be started. The message names the program, the reason and the remedy.</summary>
internal sealed class ProcessStartException(string message, Exception? inner = null) : Exception(message, inner)
{
    // The numbers are errno on Unix (the same on Linux and macOS) and system error codes on Windows.
    private const int NotFound = 2;
    private const int ArgumentsTooLong = 7;
    private const int NotAProgram = 8;
    private const int NoMoreProcesses = 11;
    private const int NotAllowed = 13;
    private const int TooManyFiles = 24;
    private const int WindowsAccessDenied = 5;
    private const int WindowsNotAProgram = 193;
    private const int WindowsNameTooLong = 206;

    public static ProcessStartException WorkingDirectoryMissing(ProcessSpec spec) =>
        new($"Cannot start '{spec.FileName}': its working directory '{spec.WorkingDirectory}' does not exist. "
            + "Create the directory or correct the path.");

    public static ProcessStartException From(ProcessSpec spec, Win32Exception error)
    {
        var isPath = Path.GetFileName(spec.FileName) != spec.FileName;
        var (reason, remedy) = error.NativeErrorCode switch
        {
            _ when isPath && Directory.Exists(spec.FileName) => ("it is a directory", "Name the program inside it."),
            NotFound when isPath && File.Exists(spec.FileName) =>
                ("the file exists, but the interpreter or loader it asks for does not",
                 "Use a build made for this system, or correct the first line of the script."),
            NotFound when isPath => ("there is no such file", "Install the program or correct the path."),
            NotFound => ("it is in no directory of PATH", "Install it, or add its directory to PATH."),
            NotAllowed when !OperatingSystem.IsWindows() =>
                ("the file is not executable for this user",
                 $"Run: chmod +x '{spec.FileName}' (and see that its file system is not mounted noexec)."),
            WindowsAccessDenied => ("access is denied", "Check the file's permissions and the virus scanner."),
            NotAProgram or WindowsNotAProgram =>
                ($"it is not a program for this machine ({RuntimeInformation.RuntimeIdentifier})",
                 "Install the build for this operating system and processor."),
            ArgumentsTooLong or WindowsNameTooLong =>
                ("its arguments and environment are too long", "Pass less, or pass it in a file."),
            NoMoreProcesses => ("this user may start no more processes", "End some, or raise the limit (ulimit -u)."),
            TooManyFiles => ("too many files are open", "Raise the limit (ulimit -n)."),
            _ => (error.Message, "Try to start it by hand to see more."),
        };

        return new ProcessStartException($"Cannot start '{spec.FileName}': {reason}. {remedy}", error);
    }
}
