using Transcendence.Hosting.Native;

namespace Transcendence.AppHost;

/// <summary>All that the model says to the embedded engine only. With the Aspire engine this folder is not compiled.</summary>
internal static class EmbeddedEngine
{
    private const string Http = "http";

    /// <summary>Names the setting by which a port is changed, for the message when it is taken.</summary>
    public static void NamePortSetting(IResource resource, EndpointAnnotation endpoint, string setting) =>
        resource.Annotations.Add(new PortSettingAnnotation(endpoint.Name, setting));

    /// <summary>Runs Prometheus as a process, after a check of its configuration.</summary>
    public static IResourceBuilder<PrometheusResource> WithNativeProcess(this IResourceBuilder<PrometheusResource> builder) =>
        builder.WithAnnotation(new NativeToolAnnotation(PrometheusNative.Tool, context =>
        {
            foreach (var argument in PrometheusNative.Arguments(context.Tool, context.ListenAddress(Http)))
            {
                context.Args.Add(argument);
            }

            if (ToolInstaller.FindCompanion(context.Tool, "promtool") is { } promtool)
            {
                context.ConfigurationCheck = [promtool, "check", "config", "/etc/prometheus/prometheus.yml"];
            }
        }));

    /// <summary>Runs Alertmanager as a process, after a check of its configuration.</summary>
    public static IResourceBuilder<AlertmanagerResource> WithNativeProcess(this IResourceBuilder<AlertmanagerResource> builder) =>
        builder.WithAnnotation(new NativeToolAnnotation(AlertmanagerNative.Tool, context =>
        {
            foreach (var argument in AlertmanagerNative.Arguments(context.Tool, context.ListenAddress(Http), Path.Combine(builder.ApplicationBuilder.AppHostDirectory, "Alertmanager", "ui")))
            {
                context.Args.Add(argument);
            }

            if (ToolInstaller.FindCompanion(context.Tool, "amtool") is { } amtool)
            {
                context.ConfigurationCheck = [amtool, "check-config", "/etc/alertmanager/alertmanager.yml"];
            }
        }));

    /// <summary>Runs Grafana as a process, where its binary can be had.</summary>
    public static IResourceBuilder<GrafanaResource> WithNativeProcess(this IResourceBuilder<GrafanaResource> builder) => builder
        .WithEnvironment(context =>
        {
            var endpoint = builder.Resource.GetEndpoint(Http).EndpointAnnotation;
            context.EnvironmentVariables["GF_SERVER_HTTP_ADDR"] = endpoint.TargetHost == "localhost" ? "127.0.0.1" : endpoint.TargetHost;
            context.EnvironmentVariables["GF_SERVER_HTTP_PORT"] = builder.Resource.GetEndpoint(Http).Property(EndpointProperty.TargetPort);
        })
        .WithAnnotation(new NativeToolAnnotation(GrafanaNative.Tool, context =>
        {
            foreach (var argument in GrafanaNative.Arguments(context.Tool))
            {
                context.Args.Add(argument);
            }
        })
        {
            StateWhenUnavailable = "Needs a container or a Grafana binary",
        });

    /// <summary>Serves the engine's own processes under cAdvisor's names.</summary>
    public static IResourceBuilder<CAdvisorResource> WithNativeProcess(this IResourceBuilder<CAdvisorResource> builder) =>
        builder.WithAnnotation(new BuiltInServiceAnnotation(ProcessMetricsServer.StartAsync));

    /// <summary>Replaces paths in the container that stand in Grafana's files, which a process reads on the host.</summary>
    public static string LocalizeGrafanaPaths(string directory, string target, string path, string text) =>
        path.StartsWith("provisioning/", StringComparison.Ordinal)
            ? text.Replace($" {target}/", $" {directory.Replace('\\', '/')}/", StringComparison.Ordinal)
            : text;
}
