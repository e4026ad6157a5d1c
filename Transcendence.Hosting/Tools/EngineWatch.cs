namespace Transcendence.Hosting.Tools;

/// <summary>Notices that the Docker engine ends while the application runs.</summary>
/// <remarks>
/// With it goes the tunnel by which containers reach the processes of this machine, and Aspire does not make another one (seen, 13.6.5): the
/// tools can be started again, and would report every service as down.
/// </remarks>
internal sealed partial class EngineWatch(ContainerRuntime runtime, ILogger<EngineWatch> logger) : BackgroundService, IHealthCheck
{
    /// <summary>The health check of each tool that is a container.</summary>
    public const string HealthCheck = "container-engine";

    /// <summary>What a user has to know and do; <see langword="null"/> while the engine has not ended.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether there is an engine that can end: Podman has none.</summary>
    public static bool CanWatch(ContainerRuntime? runtime) => Path.GetFileName(runtime?.Name) == "docker";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Fault is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(Fault));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // The stream ends with the engine. Of events that come, so that it ends by them if this process is killed.
            await runtime.RunAsync(Timeout.InfiniteTimeSpan, stoppingToken, "events", "--filter", "type=container", "--format", ".").ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(2), stoppingToken).ConfigureAwait(false); // Ctrl+C ends it too, and then this application.
            Fault = "Docker was stopped. Once it runs again, end this application and start it: containers have lost the way to the services on this machine, and Aspire does not make another.";
            LogEnded(logger, Fault);
        }
        catch (Exception e) when (e is OperationCanceledException or ToolSourceException)
        {
            // The application ends; or nothing can be watched.
        }
    }

    [LoggerMessage(9, LogLevel.Error, "{Fault}")]
    private static partial void LogEnded(ILogger logger, string fault);
}
