using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prometheus;
using Transcendence.Hosting.Native;

namespace Transcendence.AppHost;

/// <summary>Stands in for cAdvisor where there are no containers: what the resources' processes use, under cAdvisor's names and labels.</summary>
/// <remarks>
/// The names are those of cAdvisor's documentation, <c>docs/storage/prometheus.md</c>; a process stands for a container, and its resident memory
/// for each of the memory metrics that differ only by what a cgroup counts.
/// </remarks>
internal static class ProcessMetricsServer
{
    private static readonly string[] s_labels = ["container_label_com_docker_compose_service", "id", "name"];
    private static readonly string[] s_cpuLabels = [.. s_labels, "cpu"];

    public static async Task<IAsyncDisposable> StartAsync(BuiltInServiceContext context, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddConfiguration(context.Services.GetRequiredService<IConfiguration>().GetSection("Logging"));
        builder.WebHost.UseKestrelCore().UseUrls(context.ListenUrl("http"));
        builder.Services.AddRoutingCore();

        var app = builder.Build();
        var usage = context.Services.GetRequiredService<IResourceUsageReader>();
        app.MapGet("/metrics", async (HttpContext http) =>
        {
            http.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            await Collect(usage.Read()).CollectAndExportAsTextAsync(http.Response.Body, http.RequestAborted).ConfigureAwait(false);
        });
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/", (HttpContext http) =>
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
            return http.Response.WriteAsync(Page(usage.Read()), http.RequestAborted);
        });

        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return app;
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A registry of this moment: a counter of a restarted process begins again at zero, as a container's does.</summary>
    private static CollectorRegistry Collect(IReadOnlyList<ResourceUsage> usages)
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = Metrics.WithCustomRegistry(registry);
        var cpu = metrics.CreateCounter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", s_cpuLabels);
        var memory = new[]
        {
            metrics.CreateGauge("container_memory_usage_bytes", "Current memory usage in bytes.", s_labels),
            metrics.CreateGauge("container_memory_working_set_bytes", "Current working set in bytes.", s_labels),
            metrics.CreateGauge("container_memory_rss", "Size of RSS in bytes.", s_labels),
        };
        var start = metrics.CreateGauge("container_start_time_seconds", "Start time since unix epoch in seconds.", s_labels);
        var seen = metrics.CreateGauge("container_last_seen", "Last time it was seen, since unix epoch in seconds.", s_labels);

        foreach (var usage in usages)
        {
            string[] labels = [usage.ResourceName, $"/process/{usage.ResourceName}", usage.ResourceName];
            cpu.WithLabels([.. labels, "total"]).IncTo(usage.CpuTime.TotalSeconds);
            foreach (var gauge in memory)
            {
                gauge.WithLabels(labels).Set(usage.ResidentBytes);
            }

            start.WithLabels(labels).Set(usage.StartTime.ToUnixTimeMilliseconds() / 1000.0);
            seen.WithLabels(labels).SetToCurrentTimeUtc();
        }

        return registry;
    }

    private static string Page(IReadOnlyList<ResourceUsage> usages)
    {
        var rows = string.Concat(usages.OrderBy(u => u.ResourceName, StringComparer.Ordinal).Select(u => string.Create(
            CultureInfo.InvariantCulture,
            $"<tr><td>{WebUtility.HtmlEncode(u.ResourceName)}<td>{u.CpuTime.TotalSeconds:0.0} s<td>{u.ResidentBytes / 1048576.0:0} MiB<td>{u.StartTime.UtcDateTime:u}")));
        return $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Processes</title>
            <style>
              :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
              body { margin: 2rem auto; max-width: 44rem; padding: 0 1rem }
              table { border-collapse: collapse; width: 100% }
              th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886 }
            </style>
            <h1>Processes</h1>
            <p>There are no containers here for cAdvisor to see: the engine shows its own processes, under <a href="/metrics">cAdvisor's metrics</a>.</p>
            <table>
            <tr><th>Resource<th>CPU time<th>Memory<th>Started
            {{rows}}
            </table>
            """;
    }
}
