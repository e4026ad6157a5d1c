using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prometheus;

namespace Transcendence.Viewer;

/// <summary>What an operator wants to know of the viewer, in a registry of its own.</summary>
internal sealed class ViewerMetrics
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly Counter _requests;
    private readonly Histogram _queries;

    public ViewerMetrics()
    {
        var factory = Metrics.WithCustomRegistry(_registry);
        _requests = factory.CreateCounter("viewer_http_requests_total", "Requests that were answered.", "handler", "method", "status_code");
        _queries = factory.CreateHistogram(
            "viewer_query_duration_seconds",
            "Time from asking a data source to having its whole answer.",
            ["path", "status_code"],
            new HistogramConfiguration { Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        FailedLogins = factory.CreateCounter("viewer_failed_logins_total", "Wrong users or passwords.");
        RegisterProcess(factory);
    }

    /// <summary>Wrong users or passwords.</summary>
    public Counter FailedLogins { get; }

    /// <summary>Counts a request by the template that it matched.</summary>
    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        var statusCode = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context).ConfigureAwait(false);
            statusCode = context.Response.StatusCode;
        }
        finally
        {
            var handler = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? (context.Request.Path.StartsWithSegments("/public", StringComparison.Ordinal) ? "/public" : "unmatched");
            var method = context.Request.Method is "GET" or "HEAD" or "POST" ? context.Request.Method : "OTHER";
            _requests.WithLabels(handler, method, statusCode.ToString(CultureInfo.InvariantCulture)).Inc();
        }
    }

    /// <summary>Records a query that was asked of a data source.</summary>
    public void RecordQuery(string path, int statusCode, TimeSpan duration) =>
        _queries.WithLabels(path, statusCode.ToString(CultureInfo.InvariantCulture)).Observe(duration.TotalSeconds);

    /// <summary>Writes all metrics in Prometheus' text format.</summary>
    public Task ExportAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
        return _registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
    }

    // Those of the process that the viewer is in.
    private void RegisterProcess(MetricFactory factory)
    {
        var cpu = factory.CreateCounter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
        var resident = factory.CreateGauge("process_resident_memory_bytes", "Resident memory size in bytes.");
        _registry.AddBeforeCollectCallback(() =>
        {
            using var process = Process.GetCurrentProcess();
            cpu.IncTo(process.TotalProcessorTime.TotalSeconds);
            resident.Set(process.WorkingSet64);
        });

        using var process = Process.GetCurrentProcess();
        factory.CreateGauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.").SetToTimeUtc(process.StartTime.ToUniversalTime());
    }
}
