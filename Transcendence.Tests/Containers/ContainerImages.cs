using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.CAdvisor;
using Transcendence.Hosting.Grafana;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;

namespace Transcendence.Tests.Containers;

/// <summary>The images that the application names.</summary>
internal static class ContainerImages
{
    public static string Prometheus { get; } = $"{PrometheusTool.Tool.Image}";

    public static string Alertmanager { get; } = $"{AlertmanagerTool.Tool.Image}";

    public static string Grafana { get; } = $"{GrafanaTool.Tool.Image}";

    public static string CAdvisor { get; } = $"{CAdvisorTool.Tool.Image}";

    /// <summary>All of them, in the order of <c>images.sh</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [Prometheus, Alertmanager, Grafana, CAdvisor, ContainerRuntime.TunnelBaseImage];
}
