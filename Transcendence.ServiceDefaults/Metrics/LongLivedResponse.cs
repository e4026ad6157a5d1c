using Transcendence.ServiceDefaults;

namespace Microsoft.AspNetCore.Builder;

/// <summary>What an endpoint says of its responses to the metrics contract.</summary>
public static class LongLivedResponseExtensions
{
    /// <summary>
    /// Says that a response of this endpoint lasts as long as the client wants or its line needs: a long poll, a stream, a large download.
    /// Such a request is counted in <c>http_requests_total</c>, and is not in <c>http_request_duration_seconds</c>: it is no slow request.
    /// WebSockets and Server-Sent Events (<c>text/event-stream</c>) are known without.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns>The endpoint.</returns>
    public static TBuilder WithLongLivedResponse<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new LongLivedResponse());
}
