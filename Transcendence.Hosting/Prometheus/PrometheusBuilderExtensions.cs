namespace Aspire.Hosting;

/// <summary>Describes Prometheus servers.</summary>
public static partial class PrometheusBuilderExtensions
{
    /// <summary>Adds a Prometheus server with lifecycle API and exemplar storage.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="port">The port on this machine; any that is free when none is given.</param>
    /// <returns>The server: a container, or an executable where the application's tools run so.</returns>
    public static IResourceBuilder<IPrometheusResource> AddPrometheus(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddTool<IPrometheusResource, PrometheusContainerResource, PrometheusExecutableResource>(PrometheusTool.Tool, name, port, n => new(n), (n, command, root) => new(n, command, root))
            .WithIconName("DataHistogram")
            .WithUrlForEndpoint(Tool.HttpEndpoint, url => url.DisplayText = "Prometheus")
            .WithPage("/targets", "Targets")
            .WithPage("/alerts", "Alerts")
            .WithListenAddress()
            .WithArgs(context =>
            {
                var tool = ToolAnnotation.Of(context.Resource);
                context.Args.Add($"--config.file={tool.ConfigurationDirectory}/prometheus.yml");
                context.Args.Add($"--storage.tsdb.path={tool.DataDirectory}");
                context.Args.Add("--web.enable-lifecycle");
                context.Args.Add("--enable-feature=exemplar-storage");
                // By the defaults a restart would end an alert that goes on, and tell Alertmanager of it too late (tried, with a `for` of one minute).
                context.Args.Add("--rules.alert.for-grace-period=15s");
                context.Args.Add("--rules.alert.resend-delay=30s");
            })
            .PublishAsDockerStackService(service =>
            {
                if (service.Deploy?.Replicas > 1)
                {
                    service.Environment["REPLICA"] = "{{.Task.Slot}}";
                    service.Command.Add("--enable-feature=expand-external-labels"); // Since version 3 it is so.
                }
            })
            .WithExternalUrl("--web.external-url", "--web.cors.origin");
    }

    /// <summary>Sets how long samples are kept, and how much of them: what comes first removes the oldest.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="time">A duration as Prometheus writes it: <c>15d</c>, <c>1h30m</c>. Nothing leaves Prometheus' own default, 15 days.</param>
    /// <param name="size">Bytes as Prometheus writes them, with a unit of 1,024: <c>512MB</c>, <c>10GB</c>. Nothing, or 0, sets no limit.</param>
    /// <returns>The server.</returns>
    /// <exception cref="DistributedApplicationException">One is no duration, or no size.</exception>
    public static IResourceBuilder<T> WithRetention<T>(this IResourceBuilder<T> builder, string? time, string? size = null) where T : IPrometheusResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new RetentionAnnotation(time), ResourceAnnotationMutationBehavior.Replace)
            .WithRetention("time", time, Duration(), "no duration. Write it as Prometheus does: 15d, 12h, 1h30m, 1y")
            .WithRetention("size", size == "0" ? null : size, Size(), "no size. Write it as Prometheus does: 512MB, 10GB");
    }

    /// <summary>Has Prometheus hand every sample on to an engine made for keeping them for years, such as Mimir, Thanos or VictoriaMetrics.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="url">Where that engine takes them, as this server reaches it. Nothing hands none on.</param>
    /// <returns>The server.</returns>
    /// <remarks>
    /// It becomes <c>remote_write</c> of the configuration that the server reads; see the Prometheus documentation, Configuration. What more is to be said of it
    /// (credentials by a file, relabelling), a <c>remote_write</c> in <c>prometheus.yml</c> itself says.
    /// </remarks>
    /// <exception cref="DistributedApplicationException">It is no URL of HTTP, or has credentials in it.</exception>
    public static IResourceBuilder<T> WithRemoteWrite<T>(this IResourceBuilder<T> builder, string? url) where T : IPrometheusResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return string.IsNullOrEmpty(url) ? builder
            : !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
                ? throw new DistributedApplicationException($"The remote write of '{builder.Resource.Name}' is {url}, which is no URL. Write it as http://HOST:PORT/api/v1/write.")
            : address.UserInfo.Length > 0
                ? throw new DistributedApplicationException(
                    $"The remote write of '{builder.Resource.Name}' has credentials in its URL, which would stand in files that others read. Write remote_write into prometheus.yml instead, with a password_file.")
            : builder.WithAnnotation(new RemoteWriteAnnotation(address), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Has links in the rules, such as the annotation <c>runbook_url</c>, lead to an endpoint on whatever port of this machine it is. In a publication they stay as they are written.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="url">How the links begin in the files, without a slash at the end: <c>http://localhost:8082</c>.</param>
    /// <param name="endpoint">What they mean: an endpoint with a port of its own on this machine.</param>
    /// <returns>The server.</returns>
    public static IResourceBuilder<T> WithLink<T>(this IResourceBuilder<T> builder, string url, EndpointReference endpoint) where T : IPrometheusResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(url);
        ArgumentNullException.ThrowIfNull(endpoint);
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode ? builder.WithAnnotation(new LinkAnnotation(url.TrimEnd('/'), endpoint)) : builder;
    }

    private static IResourceBuilder<T> WithRetention<T>(this IResourceBuilder<T> builder, string kind, string? value, Regex form, string fault) where T : IPrometheusResource =>
        string.IsNullOrEmpty(value) ? builder
        : form.IsMatch(value) && value.AsSpan().ContainsAnyInRange('1', '9') ? builder.WithArgs($"--storage.tsdb.retention.{kind}={value}")
        : throw new DistributedApplicationException($"The retention of '{builder.Resource.Name}' is {value}, which is {fault}.");

    // Prometheus documentation, Configuration, <duration>.
    [GeneratedRegex("^(?=.)([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    // Prometheus documentation, Storage, --storage.tsdb.retention.size.
    [GeneratedRegex("^[0-9]+(B|KB|MB|GB|TB|PB|EB)$", RegexOptions.CultureInvariant)]
    private static partial Regex Size();
}
