namespace Transcendence.AppHost;

/// <summary>Where alerts lead.</summary>
internal static class RunbooksExtensions
{
    /// <summary>Has the inbox serve the runbooks of a directory, and the links of alerts lead to it and to the dashboards, on whatever ports.</summary>
    /// <remarks>On a server they lead to the default ports of localhost, and the runbooks are those in the inbox's image.</remarks>
    public static IResourceBuilder<ProjectResource> WithRunbooks(
        this IResourceBuilder<ProjectResource> inbox, string directory, IResourceBuilder<IPrometheusResource> prometheus, IResourceBuilder<IGrafanaResource> grafana)
    {
        if (!inbox.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return inbox;
        }

        prometheus.WithLink("http://localhost:8082", inbox.GetEndpoint("http")).WithLink("http://localhost:3000", grafana.GetEndpoint("http"));
        // Without the directory the inbox has those that come with it.
        var path = Path.GetFullPath(directory, inbox.ApplicationBuilder.AppHostDirectory);
        return (Directory.Exists(path) ? inbox.WithEnvironment("Alerts__Runbooks", path) : inbox)
            .WithEnvironment("Alerts__PrometheusUrl", prometheus.GetEndpoint("http"));
    }
}
