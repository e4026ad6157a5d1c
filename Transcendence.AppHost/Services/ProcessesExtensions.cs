using Microsoft.Extensions.Hosting;

namespace Transcendence.AppHost;

/// <summary>Tells CPU and memory of the processes that we run, under cAdvisor's names.</summary>
internal static partial class ProcessesExtensions
{
    /// <summary>Adds them to what cAdvisor tells of containers: in its place where there are none, beside it and in its job where there are.</summary>
    public static IResourceBuilder<ICAdvisorResource> WithProcesses(this IResourceBuilder<ICAdvisorResource> cadvisor)
    {
        var application = cadvisor.ApplicationBuilder;
        if (!application.ExecutionContext.IsRunMode)
        {
            return cadvisor; // On a server every service is a container.
        }

        var file = application.GetDataPath("work", "processes.json");
        application.Services.AddSingleton<IHostedService>(services => new ProcessList(file, services));
        var exporter = cadvisor.Resource is ProjectResource standIn
            ? application.CreateResourceBuilder(standIn).WithUrlForEndpoint("http", url => url.DisplayText = "Processes")
            : application.AddProject<Projects.Transcendence_Processes>("processes", options => options.ExcludeLaunchProfile = true)
                .WithHttpEndpoint(name: "http")
                .WithHttpHealthCheck("/healthz")
                .WithParentRelationship(cadvisor.Resource)
                .WithMetrics(job: cadvisor.Resource.Name);
        exporter.WithEnvironment("Processes__File", file);
        return cadvisor;
    }

    /// <summary>Writes which processes run, whenever one starts or ends.</summary>
    private sealed partial class ProcessList(string file, IServiceProvider services) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var running = new SortedDictionary<string, object>(StringComparer.Ordinal);
            await WriteAsync(running, stoppingToken);
            await foreach (var change in services.GetRequiredService<ResourceNotificationService>().WatchAsync(stoppingToken))
            {
                // Aspire's dashboard is a process of ours too; what it hides otherwise is none that a user knows.
                var pid = change.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value;
                var (name, known) = (change.Resource.Name, running.GetValueOrDefault(change.Resource.Name));
                var now = pid is not null && change.Snapshot.State?.Text is "Running" && !change.Resource.Name.EndsWith("-rebuilder", StringComparison.Ordinal)
                    ? new { pid = Convert.ToInt32(pid, CultureInfo.InvariantCulture), startedAt = change.Snapshot.StartTimeStamp, isHost = IsHost(change.Resource) }
                    : null;
                if (!Equals(now, known))
                {
                    _ = now is null ? running.Remove(name) : (running[name] = now) is not null;
                    await WriteAsync(running, stoppingToken);
                }
            }
        }

        // Aspire's own way to run a project is a `dotnet` around it.
        private static bool IsHost(IResource resource) => resource is ProjectResource && !resource.Annotations.OfType<ExecutableAnnotation>().Any();

        private async Task WriteAsync(SortedDictionary<string, object> running, CancellationToken cancellationToken)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file + ".tmp", JsonSerializer.Serialize(running), cancellationToken);
                File.Move(file + ".tmp", file, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk: the panels of processes stand still until the next change, and the application goes on.
                LogNotWritten(services.GetRequiredService<ILogger<ProcessList>>(), file, e.Message);
            }
        }

        [LoggerMessage(6, LogLevel.Warning, "Which processes run cannot be written to {File}: {Reason}")]
        private static partial void LogNotWritten(ILogger logger, string file, string reason);
    }
}
