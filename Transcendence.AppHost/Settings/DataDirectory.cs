using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Transcendence.AppHost;

/// <summary>The directory in which the application keeps its databases, and executables their data.</summary>
internal static partial class DataDirectory
{
    /// <summary>Says at the start where it is, and refuses to start where nothing can be written to it.</summary>
    public static void CheckDataDirectory(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        builder.Eventing.Subscribe<BeforeStartEvent>((e, _) =>
        {
            var directory = builder.GetDataPath();
            try
            {
                Directory.CreateDirectory(directory);
                var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
                File.WriteAllBytes(probe, new byte[4096]);
                File.Delete(probe);
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

    [LoggerMessage(5, LogLevel.Information, "Data: {Directory}")]
    private static partial void LogDirectory(ILogger logger, string directory);
}
