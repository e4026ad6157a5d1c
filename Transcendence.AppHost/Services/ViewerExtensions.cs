namespace Transcendence.AppHost;

/// <summary>What the viewer tells its users, where it stands in Grafana's place.</summary>
internal static class ViewerExtensions
{
    /// <summary>Tells the viewer how a user learns the password, and how to have Grafana itself.</summary>
    public static void WithHints(this IResourceBuilder<GrafanaProjectResource> viewer)
    {
        viewer
            .WithUrlForEndpoint("http", url => url.DisplayText = "Dashboards (built-in viewer)")
            .WithEnvironment("Viewer__LoginHint", viewer.Resource.LoginHint(viewer.ApplicationBuilder))
            .WithEnvironment("Viewer__Remedy",
                "To have Grafana itself, start Docker or Podman, or install Grafana (https://grafana.com/grafana/download) so that 'grafana' is on PATH; then start the application again.");
    }
}
