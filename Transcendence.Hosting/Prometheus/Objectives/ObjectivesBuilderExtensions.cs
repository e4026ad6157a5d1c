#pragma warning disable ASPIREPIPELINES001 // The pipeline is how Aspire runs commands on a model.
using Aspire.Hosting.Pipelines;
using Transcendence.Hosting;
using Transcendence.Hosting.Prometheus.Objectives;

namespace Aspire.Hosting;

/// <summary>Has Prometheus watch what a service promises.</summary>
public static class ObjectivesBuilderExtensions
{
    private const string FileName = "objectives.yml";

    /// <summary>Makes rules of service level objectives, by the command <c>aspire do objectives</c>.</summary>
    /// <typeparam name="T">The type of the server.</typeparam>
    /// <param name="builder">The server, with its configuration.</param>
    /// <param name="path">A file in Sloth's format <c>prometheus/v1</c>.</param>
    /// <returns>The server.</returns>
    /// <remarks>
    /// The rules are written to <c>objectives.yml</c> in the server's configuration, for <c>rule_files</c>: for each objective what was bad over windows from five minutes to three days,
    /// what is left of the budget of the days that the server keeps, and the four alerts of the SRE workbook on the speed at which it is spent.
    /// </remarks>
    public static IResourceBuilder<T> WithObjectives<T>(this IResourceBuilder<T> builder, string path) where T : IPrometheusResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);

        path = Path.GetFullPath(path, builder.ApplicationBuilder.AppHostDirectory);
        return builder.WithAnnotation(new PipelineStepAnnotation(_ => new PipelineStep
        {
            Name = "objectives",
            Description = $"Makes the rules of {Path.GetFileName(path)} for '{builder.Resource.Name}'.",
            Action = PipelineSteps.InOneLine(async context =>
            {
                var directory = ToolAnnotation.Of(builder.Resource).ConfigurationSource
                    ?? throw new DistributedApplicationException($"The objectives of '{builder.Resource.Name}' have no place: give it a configuration, WithConfiguration(DIRECTORY).");
                context.Summary.Add(FileName, await WriteAsync(path, directory, RetentionAnnotation.DaysOf(builder.Resource), context.CancellationToken).ConfigureAwait(false));
            }),
        }));
    }

    private static async Task<string> WriteAsync(string path, string directory, int heldDays, CancellationToken cancellationToken)
    {
        var source = Path.GetRelativePath(directory, path).Replace('\\', '/');
        string text;
        try
        {
            text = ObjectiveRules.Write(
                ObjectivesFile.Read(source, await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)), heldDays, source);
        }
        catch (IOException e)
        {
            throw new DistributedApplicationException($"The objectives cannot be read: {e.Message.TrimEnd('.')}. Nothing was written.", e);
        }

        var target = Path.Combine(directory, FileName);
        if (File.Exists(target) && await File.ReadAllTextAsync(target, cancellationToken).ConfigureAwait(false) == text)
        {
            return "nothing changed";
        }

        await File.WriteAllTextAsync(target, text, cancellationToken).ConfigureAwait(false);
        return "written; reload Prometheus";
    }
}
