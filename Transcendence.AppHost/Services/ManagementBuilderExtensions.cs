namespace Transcendence.AppHost;

/// <summary>Keeps the metrics and health of a public service off its public port.</summary>
internal static class ManagementBuilderExtensions
{
    /// <summary>Adds an endpoint on which only metrics and health are served, and tells the health by it.</summary>
    public static IResourceBuilder<ProjectResource> WithManagementEndpoint(this IResourceBuilder<ProjectResource> builder)
    {
        const string Name = "management";
        return builder
            .WithHttpEndpoint(port: 8083, name: Name)
            .WithEnvironment(context => context.EnvironmentVariables["Management__Port"] = builder.GetEndpoint(Name).Property(EndpointProperty.TargetPort))
            .WithUrlForEndpoint(Name, url =>
            {
                url.DisplayText = "Metrics and health";
                url.DisplayLocation = UrlDisplayLocation.DetailsOnly;
            })
            .WithHttpHealthCheck("/health", endpointName: Name);
    }
}
