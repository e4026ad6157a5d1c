using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Every error of an API is a Problem Details document (RFC 9457), whatever the client says it accepts: an unknown route,
/// a wrong method, a body that is no JSON, a value that does not parse, a database that is gone.
/// </summary>
internal static class ApiErrors
{
    /// <summary>Adds what <see cref="UseApiErrors"/> needs, and lets bad input reach it.</summary>
    /// <param name="services">The service's services.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddApiErrors(this IServiceCollection services) => services
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .AddExceptionHandler<ApiExceptionHandler>()
        .AddSingleton<IProblemDetailsWriter, ProblemJsonWriter>() // Before the framework's, which comes with the next line.
        .AddProblemDetails();

    /// <summary>
    /// Answers with Problem Details where the rest of the pipeline threw, or set an error status and no body.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static IApplicationBuilder UseApiErrors(this IApplicationBuilder app) => app
        .UseExceptionHandler()
        .UseStatusCodePages(context => DescribeAsync(context.HttpContext));

    /// <summary>Writes the Problem Details of an error whose status is all that is known.</summary>
    /// <param name="context">The request; its response has the status and no body.</param>
    internal static Task DescribeAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var detail = status switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} cannot be done here; the Allow header lists what can.",
            StatusCodes.Status413PayloadTooLarge =>
                $"The body may have {context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes at most.",
            StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json, in UTF-8.",
            _ => null,
        };
        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }
}

/// <summary>
/// Writes Problem Details for every client. The framework's own writer leaves those without who accept no JSON, and spells
/// the names in <c>errors</c> as the C# does and not as the JSON does.
/// </summary>
internal sealed class ProblemJsonWriter : IProblemDetailsWriter
{
    /// <inheritdoc/>
    public bool CanWrite(ProblemDetailsContext context) => true;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Status ??= context.HttpContext.Response.StatusCode;
        problem = TypedResults.Problem(problem).ProblemDetails; // Has the type and the title that belong to the status.
        problem.Extensions.TryAdd("traceId", Activity.Current?.Id ?? context.HttpContext.TraceIdentifier);
        if (problem is HttpValidationProblemDetails invalid)
        {
            invalid.Errors = invalid.Errors.ToDictionary(error => JsonNamingPolicy.CamelCase.ConvertName(error.Key), error => error.Value);
        }

        return new ValueTask(context.HttpContext.Response.WriteAsJsonAsync(
            problem, problem.GetType(), options: null, contentType: "application/problem+json", context.HttpContext.RequestAborted));
    }
}

/// <summary>Turns exceptions into Problem Details: the client's faults into 4xx, a lost database into 503, others into 500.</summary>
internal sealed partial class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Answer(httpContext, exception) is { } answer)
        {
            await answer.ExecuteAsync(httpContext);
        }
        else
        {
            await ApiErrors.DescribeAsync(httpContext);
        }

        return true;
    }

    // None when the status says it all.
    private IResult? Answer(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad:
                return TypedResults.ValidationProblem(Faults(bad));

            case BadHttpRequestException bad:
                context.Response.StatusCode = bad.StatusCode;
                return null;

            // What the framework throws at a charset that it does not know. JSON is UTF-8 (RFC 8259 section 8.1).
            case InvalidOperationException when DeclaresAnotherCharset(context.Request):
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return null;

            case var _ when DatabaseFault(exception) is { } fault:
                LogDatabaseFault(RouteOf(context), fault.Message);
                context.Response.Headers.RetryAfter = "5";
                return TypedResults.Problem(
                    "The database cannot be used at the moment. Try again later.", statusCode: StatusCodes.Status503ServiceUnavailable);

            default:
                LogUnexpected(exception, RouteOf(context));
                return TypedResults.Problem(
                    "The service failed; its log says why.", statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    // Which of the input was at fault. The framework tells of the body's JSON by a path, of a parameter by its message alone.
    private static Dictionary<string, string[]> Faults(BadHttpRequestException bad) => bad.InnerException switch
    {
        JsonException { Path: { } path } when path.TrimStart('$', '.') is { Length: > 0 } field =>
            new() { [field] = ["This value is of the wrong type or out of range."] },
        JsonException => new() { ["body"] = ["The body is not the JSON object that is expected here."] },
        _ when ParameterInMessage().Match(bad.Message) is { Success: true } parameter =>
            new() { [parameter.Groups["name"].Value] = ["This value cannot be read or is missing."] },
        _ => new() { ["body"] = ["The body cannot be read or is missing."] },
    };

    private static bool DeclaresAnotherCharset(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.Charset.HasValue
        && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static DbException? DatabaseFault(Exception? exception)
    {
        while (exception is not null and not DbException)
        {
            exception = exception.InnerException;
        }

        return exception as DbException;
    }

    // Not the path, in which a client can write line breaks.
    private static string RouteOf(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? "A request without a route";

    // 'Failed to bind parameter "Nullable<int> page" from "abc".' but not '... "NewPlayer player" was not provided from body.'
    [GeneratedRegex("""parameter "(?:[^"]* )?(?<name>\w+)"(?!.*\bbody\b)""", RegexOptions.Singleline)]
    private static partial Regex ParameterInMessage();

    [LoggerMessage(LogLevel.Error, "{Route} failed, the database cannot be used: {Reason}")]
    private partial void LogDatabaseFault(string route, string reason);

    [LoggerMessage(LogLevel.Error, "{Route} failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string route);
}
