namespace Transcendence.AppHost;

/// <summary>All that the model says to one engine only: here Aspire's. <c>Engines/Embedded</c> has the same members; one of the two is compiled.</summary>
/// <remarks>Aspire runs containers, so what concerns native processes is nothing here.</remarks>
internal static class Engine
{
    /// <summary>Nothing: Aspire tells by itself which port is taken, and knows no settings.</summary>
    public static void NamePortSetting(IResource resource, EndpointAnnotation endpoint, string setting)
    {
    }

    /// <summary>Makes processes of this machine reachable from containers, on Linux too.</summary>
    /// <remarks>
    /// Aspire's proxies listen on loopback, which only Docker Desktop forwards to. With Docker Engine a container needs Aspire's tunnel, which
    /// 13.2 has and does not use by itself. Whoever sets the variable decides.
    /// </remarks>
    public static void ConnectContainersToHost(IConfiguration configuration)
    {
        if (OperatingSystem.IsLinux())
        {
            configuration["ASPIRE_ENABLE_CONTAINER_TUNNEL"] ??= "true";
        }
    }

    /// <summary>Nothing: Prometheus runs as a container.</summary>
    public static IResourceBuilder<PrometheusResource> WithNativeProcess(this IResourceBuilder<PrometheusResource> builder) => builder;

    /// <summary>Nothing: Alertmanager runs as a container.</summary>
    public static IResourceBuilder<AlertmanagerResource> WithNativeProcess(this IResourceBuilder<AlertmanagerResource> builder) => builder;

    /// <summary>Nothing: Grafana runs as a container.</summary>
    public static IResourceBuilder<GrafanaResource> WithNativeProcess(this IResourceBuilder<GrafanaResource> builder) => builder;

    /// <summary>Nothing: cAdvisor runs as a container.</summary>
    public static IResourceBuilder<CAdvisorResource> WithNativeProcess(this IResourceBuilder<CAdvisorResource> builder) => builder;

    /// <summary>Nothing: Aspire's dashboard knows no alerts.</summary>
    public static IResourceBuilder<ProjectResource> WithAlertsOnDashboard(this IResourceBuilder<ProjectResource> inbox) => inbox;

    /// <summary>Links Prometheus' pages, whose paths are those of the image.</summary>
    public static IResourceBuilder<PrometheusResource> WithPageUrls(this IResourceBuilder<PrometheusResource> builder) => builder
        .WithUrlForEndpoint(PrometheusResource.HttpEndpointName, _ => new() { Url = "/targets", DisplayText = "Targets" })
        .WithUrlForEndpoint(PrometheusResource.HttpEndpointName, _ => new() { Url = "/alerts", DisplayText = "Alerts" });

    /// <summary>The text as it is: the paths in Grafana's files are those in its container.</summary>
    public static string LocalizeGrafanaPaths(string directory, string target, string path, string text) => text;
}
