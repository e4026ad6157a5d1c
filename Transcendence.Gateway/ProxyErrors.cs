using Microsoft.AspNetCore.Diagnostics;
using Yarp.ReverseProxy.Forwarder;

namespace Transcendence.Gateway;

/// <summary>The answer to a request that could not be handed to the backend.</summary>
internal static partial class ProxyErrors
{
    /// <summary>
    /// Answers with Problem Details and <c>Retry-After</c> when the backend cannot be reached (502, 503) or does not go on with its answer
    /// in time (504).
    /// </summary>
    public static void UseProxyErrors(this IReverseProxyApplicationBuilder proxy)
    {
        var logger = proxy.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ProxyErrors));
        proxy.Use(async (context, next) =>
        {
            await next(context);
            if (context.GetForwarderErrorFeature() is not { } failure)
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

            LogFailure(logger, failure.Error, failure.Exception?.GetBaseException().Message);
            response.Headers.RetryAfter = "5";
            await TypedResults.Problem(
                response.StatusCode == StatusCodes.Status504GatewayTimeout
                    ? "The backend does not answer in time."
                    : "The backend cannot be reached at the moment. Try again later.",
                statusCode: response.StatusCode).ExecuteAsync(context);
        });
    }

    [LoggerMessage(LogLevel.Warning, "A request could not be handed to the backend ({Error}): {Reason}")]
    private static partial void LogFailure(ILogger logger, ForwarderError error, string? reason);
}
