using System.Text.RegularExpressions;

namespace Transcendence.AppHost;

/// <summary>Describes Prometheus servers.</summary>
public static partial class PrometheusBuilderExtensions
{
    private const string ConfigurationDirectory = "/etc/prometheus";
    private const string DataDirectory = "/prometheus";

    /// <summary>Adds a Prometheus server with lifecycle API and exemplar storage.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on the host.</param>
    /// <returns>The resource.</returns>
    /// <remarks>
    /// Reads the settings <c>Prometheus:Retention</c>, <c>Prometheus:ScrapeInterval</c>, <c>Prometheus:EvaluationInterval</c>
    /// and <c>LogLevel:NAME</c>.
    /// </remarks>
    public static IResourceBuilder<PrometheusResource> AddPrometheus(this IDistributedApplicationBuilder builder, string name, int? port = PrometheusResource.ContainerPort)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var retention = PrometheusDuration.Read(builder.Configuration, "Prometheus:Retention", "15d");
        var prometheus = builder.AddResource(new PrometheusResource(name))
            .WithImage(PrometheusContainerImageTags.Image, PrometheusContainerImageTags.Tag)
            .WithImageRegistry(PrometheusContainerImageTags.Registry)
            .WithIconName("DataHistogram")
            .WithHttpEndpoint(port, PrometheusResource.ContainerPort, PrometheusResource.HttpEndpointName)
            .WithHttpHealthCheck("/-/ready")
            .WithUrlForEndpoint(PrometheusResource.HttpEndpointName, url => url.DisplayText = "Prometheus")
            .WithPageUrls()
            .WithReloadCommand();

        return prometheus
            .WithArgs(
                $"--config.file={ConfigurationDirectory}/prometheus.yml",
                $"--storage.tsdb.path={DataDirectory}",
                $"--storage.tsdb.retention.time={retention}",
                "--web.enable-lifecycle",
                "--enable-feature=exemplar-storage")
            .WithExternalUrl()
            .WithToolLogLevel()
            .WithNativeProcess();
    }

    /// <summary>Starts Prometheus on a copy of a configuration directory, with the targets that the model has.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The directory with <c>prometheus.yml</c>, relative to the AppHost's.</param>
    /// <returns>The resource.</returns>
    /// <remarks>
    /// The copy is made before each start and whenever a file changes. In it the addresses are those of the resources,
    /// <c>targets/</c> holds every resource with <see cref="MetricsBuilderExtensions.WithMetrics"/>, and the intervals are
    /// as the settings say.
    /// </remarks>
    public static IResourceBuilder<PrometheusResource> WithConfiguration(this IResourceBuilder<PrometheusResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);

        var application = builder.ApplicationBuilder;
        var scrape = ReadScrapeInterval(application.Configuration);
        var evaluation = PrometheusDuration.Read(application.Configuration, "Prometheus:EvaluationInterval", "15s");
        return builder.WithScrapeReferences().WithRenderedConfiguration(source, ConfigurationDirectory, async (configuration, cancellationToken) =>
        {
            var targets = await ScrapeTargets.FindAsync(application, configuration.Addresses, cancellationToken).ConfigureAwait(false);
            await configuration.RenderAsync(
                (path, text) => path switch
                {
                    "prometheus.yml" => EvaluationInterval().Replace(ScrapeInterval().Replace(text, scrape, 1), evaluation, 1),
                    _ when ScrapeTargets.IsTargetFile(path) => targets.Render(path),
                    _ => text,
                },
                cancellationToken).ConfigureAwait(false);
            targets.WriteServices(configuration);
        });
    }

    /// <summary>The scrape interval that is set, or Prometheus' usual one.</summary>
    /// <exception cref="DistributedApplicationException">The setting is no duration.</exception>
    internal static string ReadScrapeInterval(IConfiguration configuration) => PrometheusDuration.Read(configuration, "Prometheus:ScrapeInterval", "15s");

    /// <summary>Keeps the time series in a volume.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The volume; <c>RESOURCE-data</c> when none is given.</param>
    /// <param name="isReadOnly">Whether Prometheus may only read.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<PrometheusResource> WithDataVolume(this IResourceBuilder<PrometheusResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithVolume(name ?? $"{builder.Resource.Name}-data", DataDirectory, isReadOnly);
    }

    // A container reaches only those processes of the host that the model says it refers to. Asked at each start, so the order in which the
    // resources are added does not matter.
    private static IResourceBuilder<PrometheusResource> WithScrapeReferences(this IResourceBuilder<PrometheusResource> builder) =>
        builder.WithEnvironment(context =>
        {
            foreach (var other in builder.ApplicationBuilder.Resources)
            {
                if (other != builder.Resource && other.TryGetLastAnnotation<ScrapeAnnotation>(out var scrape))
                {
                    context.EnvironmentVariables[$"SCRAPE_{other.Name.Replace('-', '_').ToUpperInvariant()}"] = scrape.Endpoint;
                }
            }
        });

    [GeneratedRegex(@"(?<=^global:\s*\n(?:[ \t].*\n)*?[ \t]+scrape_interval:[ \t]*)\S+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ScrapeInterval();

    [GeneratedRegex(@"(?<=^global:\s*\n(?:[ \t].*\n)*?[ \t]+evaluation_interval:[ \t]*)\S+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex EvaluationInterval();
}
