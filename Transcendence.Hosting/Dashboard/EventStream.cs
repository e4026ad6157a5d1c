using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Transcendence.Hosting.Dashboard;

/// <summary>
/// Server-sent events with JSON in them. Ends, without an error, with the request and with the application.
/// </summary>
/// <remarks>
/// Unlike <see cref="TypedResults.ServerSentEvents{T}(IAsyncEnumerable{SseItem{T}})"/> it answers before the first event.
/// </remarks>
internal sealed class EventStream<T>(IAsyncEnumerable<SseItem<T>> events, CancellationToken applicationStopping) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, applicationStopping);
        try
        {
            httpContext.Response.ContentType = "text/event-stream";
            await httpContext.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
            await SseFormatter.WriteAsync(
                events,
                httpContext.Response.Body,
                (item, writer) => writer.Write(JsonSerializer.SerializeToUtf8Bytes(item.Data, json)),
                end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The way it ends.
        }
    }
}
