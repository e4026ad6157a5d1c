using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Transcendence.Tests.Viewer;

/// <summary>A server in Prometheus' place, which keeps what it is asked and answers as a test says.</summary>
internal sealed class RecordingPrometheus : IAsyncDisposable
{
    public const string Nothing = """{"status":"success","data":{"resultType":"vector","result":[]}}""";

    private readonly WebApplication _app;

    private RecordingPrometheus(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>How it answers; with nothing when there is none.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    /// <summary>What it was asked.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    public static async Task<RecordingPrometheus> StartAsync(Func<HttpContext, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var prometheus = new RecordingPrometheus(builder.Build()) { Answer = answer };
        prometheus._app.Run(async context =>
        {
            var request = context.Request;
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            prometheus.Requests.Enqueue(new RecordedRequest(
                request.Method,
                $"{request.Path}{request.QueryString}",
                await reader.ReadToEndAsync(),
                request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await (prometheus.Answer ?? (c => AnswerAsync(c, Nothing)))(context);
        });
        await prometheus._app.StartAsync();
        return prometheus;
    }

    public static Task AnswerAsync(HttpContext context, string body, int status = 200, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>A request as it arrived.</summary>
internal sealed record RecordedRequest(string Method, string Target, string Body, IReadOnlyDictionary<string, string> Headers);
