using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Transcendence.Tests.Metrics;

/// <summary>Takes what a service sends by OTLP (http/protobuf), and keeps it.</summary>
internal sealed class OtlpSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();

    private OtlpSink()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/{signal}", async (string signal, Stream body) =>
        {
            using var copy = new MemoryStream();
            await body.CopyToAsync(copy);
            _received.Enqueue((signal, copy.ToArray()));
        });
    }

    /// <summary>The settings of a service that sends here at once.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
    };

    public static async Task<OtlpSink> StartAsync()
    {
        var sink = new OtlpSink();
        await sink._app.StartAsync();
        return sink;
    }

    /// <summary>Whether some message of a signal contains these bytes.</summary>
    public bool Has(string signal, ReadOnlySpan<byte> bytes)
    {
        foreach (var (name, body) in _received)
        {
            if (name == signal && body.AsSpan().IndexOf(bytes) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
