namespace Transcendence.AppHost;

/// <summary>The directory in which the application keeps its databases, and executables their data.</summary>
internal static partial class DataDirectory
{
    /// <summary>Says at the start where it is, and refuses to start where nothing can be written to it or another application uses it.</summary>
    public static void CheckDataDirectory(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        builder.Services.AddSingleton<Ownership>();
        builder.Eventing.Subscribe<BeforeStartEvent>((e, _) =>
        {
            var directory = builder.GetDataPath();
            try
            {
                Directory.CreateDirectory(directory);
                var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
                File.WriteAllBytes(probe, new byte[4096]);
                File.Delete(probe);
                e.Services.GetRequiredService<Ownership>().Take(Path.Combine(directory, ".lock"));
            }
            catch (IOException exception) when (IsHeldByAnother(exception))
            {
                throw new DistributedApplicationException(
                    $"The data directory '{directory}' is in use by another running application (`dotnet aspire ps` names it). End that, or take another directory with --DataDirectory=PATH.");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new DistributedApplicationException(
                    $"The data directory '{directory}' cannot be written to: {exception.Message.TrimEnd('.')}. Make room there or make it writable, or take another one with --DataDirectory=PATH.");
            }

            LogDirectory(e.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Transcendence.AppHost"), directory);
            return Task.CompletedTask;
        });
    }

    // ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldByAnother(IOException e) => (e.HResult & 0xFFFF) is 32 or 11 or 35;

    /// <summary>Holds a file for as long as the application runs; the operating system takes it back even from one that was killed.</summary>
    private sealed class Ownership : IDisposable
    {
        private FileStream? _held;

        public void Take(string file) => _held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        public void Dispose() => _held?.Dispose();
    }

    [LoggerMessage(5, LogLevel.Information, "Data: {Directory}")]
    private static partial void LogDirectory(ILogger logger, string directory);
}
