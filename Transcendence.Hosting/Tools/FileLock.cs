namespace Transcendence.Hosting.Tools;

/// <summary>A lock between processes: an open file that nobody else may open. The system drops it when the process ends, however it ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static async Task<FileStream> AcquireAsync(string path, string waiting, ToolReport report, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                report.Report(waiting);
                await Task.Delay(Interval, cancellationToken);
            }
        }
    }

    /// <summary>ERROR_SHARING_VIOLATION of Windows, EWOULDBLOCK of Linux and of macOS; the exception carries the system's own number.</summary>
    private static bool IsHeld(IOException exception) => (exception.HResult & 0xFFFF) is 32 && OperatingSystem.IsWindows()
        || exception.HResult == (OperatingSystem.IsMacOS() ? 35 : 11) && !OperatingSystem.IsWindows();
}
