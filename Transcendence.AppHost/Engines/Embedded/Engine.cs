using System.Globalization;
using System.Net.Http.Json;
using Transcendence.Hosting.Dashboard;
using Transcendence.Hosting.Native;

namespace Transcendence.AppHost;

/// <summary>All that the model says to one engine only: here the embedded one. <c>Engines/Aspire</c> has the same members; one of the two is compiled.</summary>
internal static class Engine
{
    private const string Http = "http";

    /// <summary>Names the setting by which a port is changed, for the message when it is taken.</summary>
    public static void NamePortSetting(IResource resource, EndpointAnnotation endpoint, string setting) =>
        resource.Annotations.Add(new PortSettingAnnotation(endpoint.Name, setting));

    /// <summary>Nothing: all run as processes of this machine.</summary>
    public static void ConnectContainersToHost(IConfiguration configuration)
    {
    }

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

    /// <summary>Runs Grafana as a process, where its binary can be had, and our viewer of the same files where not.</summary>
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
            StandIn = new BuiltInServiceAnnotation((context, cancellationToken) => GrafanaViewer.StartAsync(builder, context, cancellationToken)),
        });

    /// <summary>Serves the engine's own processes under cAdvisor's names.</summary>
    public static IResourceBuilder<CAdvisorResource> WithNativeProcess(this IResourceBuilder<CAdvisorResource> builder) =>
        builder.WithAnnotation(new BuiltInServiceAnnotation(ProcessMetricsServer.StartAsync));

    /// <summary>Shows the inbox's alerts on the dashboard.</summary>
    public static IResourceBuilder<ProjectResource> WithAlertsOnDashboard(this IResourceBuilder<ProjectResource> inbox)
    {
        var endpoint = inbox.GetEndpoint(Http);
        return inbox.WithAnnotation(new AlertSourceAnnotation(async (query, cancellationToken) =>
        {
            // The dashboard's records have the names that the inbox's answer has.
            var path = string.Create(CultureInfo.InvariantCulture, $"/api/alerts?state={(query.IsFiring ? "active" : "history")}&page={query.Page}&pageSize={query.PageSize}");
            var page = await ResourceClient.Instance.GetFromJsonAsync<AlertPage>(new Uri(endpoint.Url + path), cancellationToken).ConfigureAwait(false);
            return page ?? throw new InvalidDataException("its answer is empty.");
        }));
    }

    /// <summary>Links Prometheus' pages. Which paths they have is known only once a Prometheus is found: see <see cref="PrometheusNative.PagePath"/>.</summary>
    public static IResourceBuilder<PrometheusResource> WithPageUrls(this IResourceBuilder<PrometheusResource> builder) => builder;

    /// <summary>Replaces paths in the container that stand in Grafana's files, which a process reads on the host.</summary>
    public static string LocalizeGrafanaPaths(string directory, string target, string path, string text) =>
        path.StartsWith("provisioning/", StringComparison.Ordinal)
            ? text.Replace($" {target}/", $" {directory.Replace('\\', '/')}/", StringComparison.Ordinal)
            : text;
}
