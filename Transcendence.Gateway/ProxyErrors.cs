using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Transcendence.Gateway;

/// <summary>The answer to a request that could not be handed to the backend.</summary>
internal static partial class ProxyErrors
{
    /// <summary>
    /// Answers with Problem Details and <c>Retry-After</c> when the backend cannot be reached (502, 503) or does not go on with its answer
    /// in time (504). An error status without a body that the backend itself gave is its word, to which nothing is added.
    /// </summary>
    /// <remarks>By the status pages, which look at each answer anyway: a middleware of its own would cost each request one percent.</remarks>
    public static void AddProxyErrors(this IServiceCollection services) =>
        services.AddOptions<StatusCodePagesOptions>().Configure<ILoggerFactory>((options, loggers) =>
        {
            var logger = loggers.CreateLogger(typeof(ProxyErrors));
            var describe = options.HandleAsync;
            options.HandleAsync = status =>
            {
                var context = status.HttpContext;
                var failure = context.GetForwarderErrorFeature();
                if (failure is null)
                {
                    return context.Features.Get<IReverseProxyFeature>() is null ? describe(status) : Task.CompletedTask;
                }

                return context.Response.StatusCode < StatusCodes.Status500InternalServerError ? describe(status)
                    : context.RequestAborted.IsCancellationRequested ? Task.CompletedTask
                    : ExplainAsync(context, failure, logger);
            };
        });

    private static Task ExplainAsync(HttpContext context, IForwarderErrorFeature failure, ILogger logger)
    {
        LogFailure(logger, failure.Error, failure.Exception?.GetBaseException().Message);
        context.Response.Headers.RetryAfter = "5";
        var status = context.Response.StatusCode;
        return TypedResults.Problem(
            status == StatusCodes.Status504GatewayTimeout
                ? "The backend does not answer in time."
                : "The backend cannot be reached at the moment. Try again later.",
            statusCode: status).ExecuteAsync(context);
    }

    [LoggerMessage(LogLevel.Warning, "A request could not be handed to the backend ({Error}): {Reason}")]
    private static partial void LogFailure(ILogger logger, ForwarderError error, string? reason);
}
