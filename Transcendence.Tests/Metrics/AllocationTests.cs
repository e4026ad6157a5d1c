using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Transcendence.ServiceDefaults;

namespace Transcendence.Tests.Metrics;

/// <summary>What measuring a request costs in memory.</summary>
public class AllocationTests
{
    private const int Requests = 1_000;

    [Fact]
    public async Task MeasuringARequestThatCompletesSynchronouslyAllocatesNothing()
    {
        var endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/players/{id}"), 0, EndpointMetadataCollection.Empty, null);
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var metrics = new HttpMetrics(Prometheus.Metrics.WithCustomRegistry(registry), registry);
        var middleware = new HttpMetricsMiddleware(
            context =>
            {
                context.SetEndpoint(endpoint);
                return Task.CompletedTask;
            },
            metrics);
        var response = new Response();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(response);
        context.Features.Set<IEndpointFeature>(new EndpointFeature()); // As Kestrel has one.
        context.Request.Method = "GET";

        await SendAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sent = SendAsync();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        await sent;
        Assert.Equal(0, allocated);
        Assert.Equal(2 * Requests, (await Exposition.OfAsync(registry)).Value("http_request_duration_seconds_count", ("method", "GET"), ("route", "/players/{id}"), ("status_code", "200")));

        Task SendAsync()
        {
            for (var i = 0; i < Requests; i++)
            {
                var request = middleware.InvokeAsync(context);
                Assert.True(request.IsCompletedSuccessfully);
                response.Complete();
            }

            return Task.CompletedTask;
        }
    }

    // A server that does no more than to say when the response is complete.
    private sealed class Response : HttpResponseFeature
    {
        private Func<object, Task>? _callback;
        private object? _state;

        public override void OnCompleted(Func<object, Task> callback, object state) => (_callback, _state) = (callback, state);

        public void Complete() => Assert.True(_callback!(_state!).IsCompletedSuccessfully);
    }

    private sealed class EndpointFeature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
