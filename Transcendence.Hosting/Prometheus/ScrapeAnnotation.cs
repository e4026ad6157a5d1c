namespace Transcendence.Hosting.Prometheus;

/// <summary>Where a resource serves its metrics.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Path">The path.</param>
/// <param name="Job">The job as which Prometheus scrapes it.</param>
internal sealed record ScrapeAnnotation(EndpointReference Endpoint, string Path, string Job) : IResourceAnnotation;
