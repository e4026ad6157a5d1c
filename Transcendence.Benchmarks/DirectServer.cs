using Microsoft.AspNetCore.Http.Features;

namespace Transcendence.Benchmarks;

/// <summary>
/// A server without a network: it hands one request to the application again and again, so that what is measured is the
/// application's pipeline and not the sockets of this machine.
/// </summary>
internal sealed class DirectServer : IServer, IEndpointFeature
{
    private readonly Response _response = new();
    private Func<Task> _send = null!;

    public DirectServer()
    {
        Features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Path = "/api/players/7", Scheme = "http", Protocol = "HTTP/1.1" });
        Features.Set<IHttpResponseFeature>(_response);
        Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Endpoint? Endpoint { get; set; }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        _send = async () =>
        {
            var context = application.CreateContext(Features);
            await application.ProcessRequestAsync(context);
            await _response.CompleteAsync();
            application.DisposeContext(context, null);
        };
        return Task.CompletedTask;
    }

    /// <summary>Sends the request.</summary>
    /// <exception cref="InvalidOperationException">The answer was not 200.</exception>
    public async Task SendAsync()
    {
        Endpoint = null;
        Features.Set<IEndpointFeature>(this);
        _response.StatusCode = StatusCodes.Status200OK;
        await _send();
        if (_response.StatusCode != StatusCodes.Status200OK)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The application answered {_response.StatusCode}."));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    private sealed class Response : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _callbacks = new();

        public override void OnCompleted(Func<object, Task> callback, object state) => _callbacks.Push((callback, state));

        public async Task CompleteAsync()
        {
            while (_callbacks.TryPop(out var entry))
            {
                await entry.Callback(entry.State);
            }
        }
    }
}
