using System.Net.Http.Headers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Metrics;

/// <summary>Traces, logs and OpenTelemetry's metrics, of a real service.</summary>
public class OpenTelemetryTests
{
    private const string Service = "Transcendence.Backend";

    [Fact]
    public async Task WithOtlpALatencyLeadsToATraceThatWasSent()
    {
        await using var sink = await OtlpSink.StartAsync();
        await using var service = await StartAsync(sink.Settings);

        await SendAsync(service.Process, "/nowhere");

        var exemplar = Assert.Single(
            (await ScrapeOpenMetricsAsync(service.Process)).Named("http_request_duration_seconds_bucket"),
            bucket => bucket.Labels["route"] == "unmatched" && bucket.Exemplar.Count > 0).Exemplar;
        Assert.Equal(["trace_id", "span_id"], exemplar.Keys);
        var trace = Convert.FromHexString(exemplar["trace_id"]);
        var span = Convert.FromHexString(exemplar["span_id"]);
        await Eventually.TrueAsync(() => Task.FromResult(sink.Has("traces", trace) && sink.Has("traces", span)), "the trace and its span arrive");
        await Eventually.TrueAsync(() => Task.FromResult(sink.Has("logs", [])), "logs arrive");
        await Eventually.TrueAsync(() => Task.FromResult(sink.Has("metrics", "http.server.request.duration"u8)), "metrics arrive");
        Assert.True(sink.Has("traces", "Transcendence.Backend"u8), "The service says who it is.");
    }

    [Fact]
    public async Task TheCallersTraceIsCarriedOnAndItsDecisionNotToRecordRespected()
    {
        const string Recorded = "0af7651916cd43dd8448eb211c80319c";
        const string Unrecorded = "1bf7651916cd43dd8448eb211c80319c";
        await using var sink = await OtlpSink.StartAsync();
        await using var service = await StartAsync(sink.Settings);

        await SendAsync(service.Process, "/nowhere", $"00-{Unrecorded}-b7ad6b7169203331-00");
        Assert.DoesNotContain((await ScrapeOpenMetricsAsync(service.Process)).Samples, sample => sample.Exemplar.Values.Contains(Unrecorded));

        await SendAsync(service.Process, "/nowhere", $"00-{Recorded}-b7ad6b7169203331-01");
        var exemplar = Assert.Single((await ScrapeOpenMetricsAsync(service.Process)).Samples, sample => sample.Exemplar.Values.Contains(Recorded)).Exemplar;
        Assert.NotEqual("b7ad6b7169203331", exemplar["span_id"]);
        await Eventually.TrueAsync(() => Task.FromResult(sink.Has("traces", Convert.FromHexString(exemplar["span_id"]))), "the span arrives");
        Assert.False(sink.Has("traces", Convert.FromHexString(Unrecorded)));
    }

    [Fact]
    public async Task AProbeIsNoTrace()
    {
        using var directory = new TempDirectory();
        string[] probes = ["/health", "/alive", "/metrics", "/metrics/otel", "/healthz"];
        await using var sink = await OtlpSink.StartAsync();
        await using var service = await ServiceProcess.StartAsync(
            "Transcendence.Processes", new Dictionary<string, string?>(sink.Settings) { ["Processes__File"] = directory["processes.json"] }, readyPath: "/healthz");

        foreach (var path in probes.Append("/used"))
        {
            using var response = await service.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.NotEqual(path == "/used", response.IsSuccessStatusCode);
        }

        await Eventually.TrueAsync(() => Task.FromResult(sink.Has("traces", "/used"u8)), "the user's trace arrives");
        Assert.All(probes, path => Assert.False(sink.Has("traces", Encoding.UTF8.GetBytes(path)), path));
    }

    [Fact]
    public async Task WithoutOtlpNothingIsRecordedAndThereIsNoExemplar()
    {
        await using var service = await StartAsync();

        await SendAsync(service.Process, "/nowhere");

        var metrics = await ScrapeOpenMetricsAsync(service.Process);
        Assert.Contains(metrics.Named("http_request_duration_seconds_count"), sample => sample.Labels["route"] == "unmatched");
        Assert.All(metrics.Samples, sample => Assert.Empty(sample.Exemplar));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task OpenTelemetryExposesRuntimeAndKestrelAndHttpOnlyBySetting(string? setting, bool http)
    {
        await using var service = await StartAsync(new Dictionary<string, string?> { ["OpenTelemetry__HttpInstruments"] = setting });
        await SendAsync(service.Process, "/nowhere");

        var metrics = Exposition.Parse(await service.Process.Client.GetStringAsync(new Uri("/metrics/otel", UriKind.Relative)));

        Assert.Contains("dotnet_gc_collections_total", metrics.Types.Keys);
        Assert.Contains("kestrel_active_connections", metrics.Types.Keys);
        Assert.Equal(http, metrics.Types.ContainsKey("http_server_request_duration_seconds"));
        Assert.Equal("Transcendence.Backend", Assert.Single(metrics.Named("target_info")).Labels["service_name"]);
    }

    [Fact]
    public async Task ARealPrometheusReadsBothExpositionsAndKeepsTheExemplars()
    {
        await using var sink = await OtlpSink.StartAsync();
        await using var service = await StartAsync(sink.Settings);
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["prometheus.yml"], $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: contract
                static_configs: [{ targets: ['{{service.Process.Address.Authority}}'] }]
              - job_name: otel
                metrics_path: /metrics/otel
                static_configs: [{ targets: ['{{service.Process.Address.Authority}}'] }]
            """);
        await using var prometheus = await ToolProcess.StartAsync(
            "prometheus",
            $"--config.file={directory["prometheus.yml"]}",
            $"--storage.tsdb.path={directory["data"]}",
            "--enable-feature=exemplar-storage");

        await SendAsync(service.Process, "/nowhere");

        await Eventually.TrueAsync(
            async () =>
            {
                using var targets = await QueryAsync(prometheus, "targets?state=active");
                var active = targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray().ToArray();
                Assert.All(active, target => Assert.Equal("", target.GetProperty("lastError").GetString()));
                return active is { Length: 2 } && active.All(target => target.GetProperty("health").GetString() == "up");
            },
            "both expositions are scraped");
        await Eventually.TrueAsync(
            async () =>
            {
                var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
                using var exemplars = await QueryAsync(
                    prometheus, $"query_exemplars?query=http_request_duration_seconds_bucket&start={now - 600}&end={now + 60}");
                return exemplars.RootElement.GetProperty("data").EnumerateArray().Any(series =>
                    series.GetProperty("seriesLabels").GetProperty("route").GetString() == "unmatched"
                    && series.GetProperty("exemplars")[0].GetProperty("labels").TryGetProperty("trace_id", out _));
            },
            "Prometheus has the exemplar");
        foreach (var query in (string[])[
            "http_requests_total{job='contract',method='GET',route='unmatched',status_code='404'} == 1",
            "process_cpu_seconds_total{job='contract'} > 0",
            "histogram_quantile(0.95, sum by (le, route) (http_request_duration_seconds_bucket{job='contract',route='unmatched'})) > 0",
            "dotnet_gc_collections_total{job='otel',gc_heap_generation='gen0'} >= 0",
        ])
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    using var answer = await QueryAsync(prometheus, "query?query=" + Uri.EscapeDataString(query));
                    return answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() == 1;
                },
                query);
        }
    }

    private static async Task<RunningService> StartAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var directory = new TempDirectory();
        var environment = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>())
        {
            ["ConnectionStrings__backend"] = $"Data Source={directory["backend.db"]}",
        };
        return new RunningService(await ServiceProcess.StartAsync(Service, environment), directory);
    }

    // An activity of this process must not reach the service: the header is the test's alone.
    private static async Task SendAsync(ServiceProcess service, string path, string? traceParent = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = service.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        var before = await CountAsync();
        using var response = await client.SendAsync(request);
        await Eventually.TrueAsync(async () => await CountAsync() > before, "the request is counted");

        async Task<double> CountAsync() =>
            (await ScrapeOpenMetricsAsync(service)).Named("http_requests_total").Where(sample => sample.Labels["route"] == "unmatched").Sum(sample => sample.Value);
    }

    // As Prometheus 2.42 asks.
    private static async Task<Exposition> ScrapeOpenMetricsAsync(ServiceProcess service)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        using var response = await service.Client.SendAsync(request);
        Assert.Equal(MediaTypeHeaderValue.Parse("application/openmetrics-text; version=1.0.0; charset=utf-8"), response.Content.Headers.ContentType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        return Exposition.Parse(text);
    }

    private static async Task<JsonDocument> QueryAsync(ToolProcess prometheus, string path) =>
        JsonDocument.Parse(await prometheus.Client.GetStringAsync(new Uri("api/v1/" + path, UriKind.Relative)));

    private sealed record RunningService(ServiceProcess Process, TempDirectory Directory) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            Directory.Dispose();
        }
    }
}
