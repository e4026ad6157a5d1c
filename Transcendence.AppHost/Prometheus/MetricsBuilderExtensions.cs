namespace Transcendence.AppHost;

/// <summary>Has resources scraped.</summary>
public static class MetricsBuilderExtensions
{
    /// <summary>Has every Prometheus of the application scrape a resource, as the job of the resource's name.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path of its metrics.</param>
    /// <param name="endpointName">The endpoint that serves them.</param>
    /// <returns>The resource.</returns>
    /// <exception cref="DistributedApplicationException">The resource has no such endpoint.</exception>
    public static IResourceBuilder<T> WithMetrics<T>(this IResourceBuilder<T> builder, string path = "/metrics", string endpointName = "http") where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(endpointName);

        var endpoint = builder.GetEndpoint(endpointName);
        return endpoint.Exists
            ? builder.WithAnnotation(new ScrapeAnnotation(endpoint, path), ResourceAnnotationMutationBehavior.Replace)
            : throw new DistributedApplicationException($"WithMetrics: resource '{builder.Resource.Name}' has no endpoint '{endpointName}'. Add it first, or name another one.");
    }
}

/// <summary>Where a resource serves its metrics.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Path">The path.</param>
internal sealed record ScrapeAnnotation(EndpointReference Endpoint, string Path) : IResourceAnnotation;
