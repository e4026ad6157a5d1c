namespace Transcendence.Tests.Containers;

/// <summary>The images that the application names.</summary>
internal static class ContainerImages
{
    public const string Prometheus = "docker.io/prom/prometheus:v3.16.0";
    public const string Alertmanager = "docker.io/prom/alertmanager:v0.35.0";
    public const string Grafana = "docker.io/grafana/grafana:13.2.2";
    public const string CAdvisor = "ghcr.io/google/cadvisor:0.60.6";

    /// <summary>What Aspire builds the image of its tunnel upon; it has no setting for it.</summary>
    public const string TunnelBase = "mcr.microsoft.com/azurelinux/base/core:3.0";

    /// <summary>All of them, in the order of <c>images.sh</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [Prometheus, Alertmanager, Grafana, CAdvisor, TunnelBase];
}
