using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ServiceDiscovery.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Transcendence.Gateway;

/// <summary>Hands requests to the backend, which service discovery finds, and its answers back as they are.</summary>
internal sealed partial class BackendProxy(
    IHttpForwarder forwarder,
    BackendClientFactory clients,
    IConfiguration configuration,
    ILogger<BackendProxy> logger) : IDisposable
{
    private const string Backend = "http://backend";

    // No traffic for as long as this ends a WebSocket: longer than a player thinks, shorter than for ever.
    private static readonly TimeSpan WebSocketIdleTimeout = TimeSpan.FromMinutes(10);

    private readonly HttpMessageInvoker client = clients.CreateClient(new ForwarderHttpClientContext { NewConfig = new() });
    private readonly ForwardedHeaders transformer = new();
    private readonly ForwarderRequestConfig upgrade = new() { ActivityTimeout = WebSocketIdleTimeout };
    private readonly ForwarderRequestConfig request = new()
    {
        ActivityTimeout = configuration.GetValue("Gateway:Timeout", TimeSpan.FromSeconds(30)),
    };

    /// <summary>
    /// Forwards one request. When the backend cannot be reached (502) or does not go on with an answer for as long as
    /// <c>Gateway:Timeout</c> (504; 30 s unless set), the answer is Problem Details.
    /// </summary>
    /// <param name="context">The request.</param>
    public async Task ForwardAsync(HttpContext context)
    {
        var config = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } ? upgrade : request;
        var error = await forwarder.SendAsync(context, Backend, client, config, transformer);
        if (error == ForwarderError.None)
        {
            // An error status without a body is the backend's word, not ours to add to.
            context.Features.Get<IStatusCodePagesFeature>()!.Enabled = false;
            return;
        }

        var response = context.Response;
        if (context.RequestAborted.IsCancellationRequested || response.HasStarted || response.StatusCode < StatusCodes.Status500InternalServerError)
        {
            return;
        }

        LogFailure(error, context.Features.Get<IForwarderErrorFeature>()?.Exception?.GetBaseException().Message);
        response.Headers.RetryAfter = "5";
        await TypedResults.Problem(
            response.StatusCode == StatusCodes.Status504GatewayTimeout
                ? "The backend does not answer in time."
                : "The backend cannot be reached at the moment. Try again later.",
            statusCode: response.StatusCode).ExecuteAsync(context);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    [LoggerMessage(LogLevel.Warning, "A request could not be handed to the backend ({Error}): {Reason}")]
    private partial void LogFailure(ForwarderError error, string? reason);

    /// <summary>
    /// Tells the backend who asked. What the client says of itself in these headers is dropped: this is the outermost door.
    /// </summary>
    private sealed class ForwardedHeaders : HttpTransformer
    {
        private static readonly string[] Claims = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix"];

        /// <inheritdoc/>
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var headers = proxyRequest.Headers;
            foreach (var claim in Claims)
            {
                headers.Remove(claim);
            }

            headers.Host = null; // The backend's own, as its address has it.
            headers.TryAddWithoutValidation("X-Forwarded-For", Text(httpContext.Connection.RemoteIpAddress));
            headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
            headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        }

        private static string? Text(IPAddress? address) =>
            address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
    }
}

/// <summary>Makes clients that look the backend up with service discovery, and give up quickly where nothing listens.</summary>
internal sealed class BackendClientFactory(IServiceDiscoveryHttpMessageHandlerFactory discovery) : ForwarderHttpClientFactory
{
    /// <inheritdoc/>
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = TimeSpan.FromSeconds(3);
    }

    /// <inheritdoc/>
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        discovery.CreateHandler(base.WrapHandler(context, handler));
}
