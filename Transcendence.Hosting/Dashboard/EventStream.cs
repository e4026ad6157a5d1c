using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Transcendence.Hosting.Dashboard;

/// <summary>
/// Server-sent events with JSON in them, of one or more origins. Ends, without an error, with the request and with the application.
/// </summary>
/// <remarks>
/// Unlike <see cref="TypedResults.ServerSentEvents{T}(IAsyncEnumerable{SseItem{T}})"/> it answers before the first event.
/// </remarks>
internal sealed class EventStream(CancellationToken applicationStopping, params IReadOnlyCollection<IAsyncEnumerable<SseItem<object>>> origins) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, applicationStopping);

        // Few: who cannot keep up is to hold up the origins, which lose their oldest, and not to fill the memory.
        var channel = Channel.CreateBounded<SseItem<object>>(4);
        var pumps = Task.WhenAll(origins.Select(origin => PumpAsync(origin, channel.Writer, end.Token)));
        _ = pumps.ContinueWith(_ => channel.Writer.TryComplete(), TaskScheduler.Default);
        try
        {
            httpContext.Response.ContentType = "text/event-stream";
            await httpContext.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
            await SseFormatter.WriteAsync(
                channel.Reader.ReadAllAsync(end.Token),
                httpContext.Response.Body,
                (item, writer) => writer.Write(JsonSerializer.SerializeToUtf8Bytes(item.Data, json)),
                end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The way it ends.
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task PumpAsync(IAsyncEnumerable<SseItem<object>> origin, ChannelWriter<SseItem<object>> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in origin.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // It ends the stream as what it is: a page that is told less than all must not think that all is well.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            writer.TryComplete(exception);
        }
    }
}
