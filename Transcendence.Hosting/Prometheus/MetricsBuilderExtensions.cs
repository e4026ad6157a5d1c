namespace Aspire.Hosting;

/// <summary>Has resources scraped.</summary>
public static class MetricsBuilderExtensions
{
    /// <summary>Has every Prometheus of the application scrape a resource.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path of its metrics.</param>
    /// <param name="endpointName">The endpoint that serves them; by default <c>https</c> where the resource has it, as its <c>http</c> may only lead there, else <c>http</c>.</param>
    /// <param name="job">The job; by default the resource's name.</param>
    /// <returns>The resource.</returns>
    /// <remarks>
    /// A resource that is stopped stays a target, so that its <c>up</c> falls to 0 and does not vanish. Prometheus knows no development
    /// certificate: for <c>https</c> the job needs <c>tls_config: { insecure_skip_verify: true }</c> in <c>prometheus.yml</c>, or the certificate's <c>ca_file</c>.
    /// </remarks>
    /// <exception cref="DistributedApplicationException">The resource has no such endpoint.</exception>
    public static IResourceBuilder<T> WithMetrics<T>(this IResourceBuilder<T> builder, string path = "/metrics", string? endpointName = null, string? job = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);

        // What is published is a container, which has no certificate; and Aspire gives every project an https endpoint there.
        var isHttps = builder.GetEndpoint("https").Exists && !(builder.ApplicationBuilder.ExecutionContext.IsPublishMode && builder.GetEndpoint("http").Exists);
        endpointName ??= isHttps ? "https" : "http";
        var endpoint = builder.GetEndpoint(endpointName);
        return endpoint.Exists
            ? builder.WithAnnotation(new ScrapeAnnotation(endpoint, path, job ?? builder.Resource.Name), ResourceAnnotationMutationBehavior.Replace)
            : throw new DistributedApplicationException($"WithMetrics: resource '{builder.Resource.Name}' has no endpoint '{endpointName}'. Add it first, or name another one.");
    }
}
