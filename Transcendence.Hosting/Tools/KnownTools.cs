using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.CAdvisor;
using Transcendence.Hosting.Grafana;
using Transcendence.Hosting.Prometheus;

namespace Transcendence.Hosting.Tools;

/// <summary>The tools of this library.</summary>
internal static class KnownTools
{
    public static IReadOnlyList<Tool> All { get; } = [PrometheusTool.Tool, AlertmanagerTool.Tool, GrafanaTool.Tool, CAdvisorTool.Tool];
}
