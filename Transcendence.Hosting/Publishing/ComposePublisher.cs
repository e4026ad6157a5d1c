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
        var configuration = context.Services.GetRequiredService<IConfiguration>();
        var application = configuration["AppHost:Directory"]!;
        var files = new PublishedFiles(Path.GetDirectoryName(application) is { } parent && Path.GetPathRoot(parent) != parent ? parent : application);

        var values = new ComposeValues(environment, context.ExecutionContext, context.CancellationToken);
        var services = new ComposeServices(environment, values, files, context.Model);
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
        foreach (var resource in services.Published.Where(r => r.Annotations.OfType<PublishedConfigurationAnnotation>().Any()))
        {
            await resource.Annotations.OfType<PublishedConfigurationAnnotation>().Last().CompleteAsync(resource, files, context).ConfigureAwait(false);
        }

        if (environment.FilesDirectory is { } own)
        {
            files.AddFrom(own, "");
        }

        var yaml = compose.ToYaml();
        var variables = environment.CapturedEnvironmentVariables.Values.Where(v => yaml.Contains($"${{{v.Name}:", StringComparison.Ordinal)).ToList();
        files.Add("docker-compose.yaml", "# Written by `aspire publish`: change the application and publish again, or say what differs on this server in docker-compose.override.yaml.\n" + yaml);
        files.Add(".env.example", EnvFile.Example(variables));
        files.Add(".gitignore", ".env\n");

        var missing = await EnvFile.FindMissingAsync(directory, variables, configuration, context.CancellationToken).ConfigureAwait(false);
        var lines = files.Write(directory);
        if (missing.Names.Count > 0)
        {
            EnvFile.Add(directory, missing.Text);
            lines = [.. lines, $"+ {string.Join(", ", missing.Names)} in .env"];
        }

        // Into the terminal too, where the step's own words are not shown.
        var logger = context.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Transcendence.Hosting.Publishing");
        var summary = lines.Count == 0 ? $"{directory}: nothing changed" : $"{directory}: {lines.Count} changes\n{string.Join('\n', lines)}";
        LogPublished(logger, environment.Name, summary);
        context.Summary.Add(environment.Name, summary.Split('\n')[0]);
    }

    [LoggerMessage(9, LogLevel.Information, "Published for '{Environment}' in {Summary}")]
    private static partial void LogPublished(ILogger logger, string environment, string summary);
}
