#pragma warning disable ASPIREPIPELINES001, ASPIREPIPELINES004 // The pipeline is how Aspire publishes.
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Pipelines;

namespace Transcendence.Hosting.Publishing;

/// <summary>Writes a model as a directory that Docker Compose runs by itself.</summary>
internal static partial class ComposePublisher
{
    /// <summary>The step of the pipeline.</summary>
    /// <exception cref="DistributedApplicationException">Something cannot be published, or not there; nothing was written.</exception>
    public static async Task PublishAsync(DockerComposeEnvironmentResource environment, PipelineStepContext context)
    {
        var directory = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        var lines = await WriteAsync(environment, context.Services, directory, context.CancellationToken).ConfigureAwait(false);

        // Into the terminal too, where the step's own words are not shown.
        var summary = lines.Count == 0 ? $"{directory}: nothing changed" : $"{directory}: {lines.Count} changes\n{string.Join('\n', lines)}";
        LogPublished(context.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Transcendence.Hosting.Publishing"), environment.Name, summary);
        context.Summary.Add(environment.Name, summary.Split('\n')[0]);
    }

    /// <summary>Writes the directory.</summary>
    /// <returns>A line for each change: nothing where all is as it was.</returns>
    /// <exception cref="DistributedApplicationException">Something cannot be published, or not there; nothing was written.</exception>
    public static async Task<IReadOnlyList<string>> WriteAsync(DockerComposeEnvironmentResource environment, IServiceProvider provider, string directory, CancellationToken cancellationToken)
    {
        var configuration = provider.GetRequiredService<IConfiguration>();
        var model = provider.GetRequiredService<DistributedApplicationModel>();
        var execution = provider.GetRequiredService<DistributedApplicationExecutionContext>();
        var application = configuration["AppHost:Directory"]!;
        var files = new PublishedFiles(Path.GetDirectoryName(application) is { } parent && Path.GetPathRoot(parent) != parent ? parent : application);

        var values = new ComposeValues(environment, execution, cancellationToken);
        var services = new ComposeServices(environment, values, files, model);
        var compose = new ComposeFile();
        services.FixPorts();
        foreach (var resource in services.Published)
        {
            compose.AddService(await services.OfAsync(resource).ConfigureAwait(false));
        }

        environment.ConfigureComposeFile?.Invoke(compose);
        foreach (var volume in compose.Services.Values.SelectMany(s => s.Volumes).Where(v => v.Type == "volume"))
        {
            compose.AddVolume(new() { Name = volume.Source! });
        }

        ComposeServices.CheckConditions(compose.Services);
        foreach (var tool in services.Published.OfType<IToolResource>())
        {
            if (ToolAnnotation.Of(tool).ConfigurationSource is { } source)
            {
                await PublishedConfiguration.CompleteAsync(tool, source, files, new ResourceAddresses(tool, execution, model.Resources), cancellationToken).ConfigureAwait(false);
            }
        }

        if (environment.FilesDirectory is { } own)
        {
            files.AddFrom(own, "");
        }

        var yaml = compose.ToYaml();
        var stack = environment.StackName is null ? "" : new StackPublisher(environment, services, files).Write(compose);
        var variables = environment.CapturedEnvironmentVariables.Values.Where(v => (yaml + stack).Contains($"${{{v.Name}:", StringComparison.Ordinal)).ToList();
        files.Add("docker-compose.yaml", "# Written by `aspire publish`: change the application and publish again, or say what differs on this server in docker-compose.override.yaml.\n" + yaml);
        files.Add(".env.example", EnvFile.Example(variables));
        files.Add(".gitignore", ".env\n");

        var missing = await EnvFile.FindMissingAsync(directory, variables, configuration, cancellationToken).ConfigureAwait(false);
        var lines = files.Write(directory);
        if (missing.Names.Count > 0)
        {
            EnvFile.Write(directory, missing.Text);
            lines = [.. lines, $"+ {string.Join(", ", missing.Names)} in .env"];
        }

        return lines;
    }

    [LoggerMessage(9, LogLevel.Information, "Published for '{Environment}' in {Summary}")]
    private static partial void LogPublished(ILogger logger, string environment, string summary);
}
