using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Writes Problem Details for every client. The framework's own writer leaves those without who accept no JSON, and spells
/// the names in <c>errors</c> as the C# does and not as the JSON does.
/// </summary>
internal sealed class ProblemJsonWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        problem.Status ??= http.Response.StatusCode;
        problem = TypedResults.Problem(problem).ProblemDetails; // Has the type and the title that belong to the status.
        problem.Detail ??= problem.Status switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            StatusCodes.Status405MethodNotAllowed => $"{http.Request.Method} cannot be done here; the Allow header lists what can.",
            StatusCodes.Status413PayloadTooLarge => $"The body may have {http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes at most.",
            StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json, in UTF-8.",
            _ => null,
        };
        problem.Extensions.TryAdd("traceId", Activity.Current?.Id ?? http.TraceIdentifier);
        if (problem is HttpValidationProblemDetails invalid)
        {
            invalid.Errors = invalid.Errors.ToDictionary(error => JsonNamingPolicy.CamelCase.ConvertName(error.Key), error => error.Value);
        }

        return new ValueTask(http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, "application/problem+json", http.RequestAborted));
    }
}

/// <summary>Turns exceptions into Problem Details: the client's faults into 4xx, a lost database into 503, others into 500.</summary>
internal sealed partial class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await Answer(httpContext, exception).ExecuteAsync(httpContext).ConfigureAwait(false);
        return true;
    }

    private IResult Answer(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad:
                return TypedResults.ValidationProblem(Faults(bad));

            case BadHttpRequestException bad:
                return TypedResults.Problem(statusCode: bad.StatusCode);

            // What the framework throws at a charset that it does not know. JSON is UTF-8 (RFC 8259 section 8.1).
            case InvalidOperationException when DeclaresAnotherCharset(context.Request):
                return TypedResults.Problem(statusCode: StatusCodes.Status415UnsupportedMediaType);

            case var _ when DatabaseFault(exception) is { } fault:
                LogDatabaseFault(RouteOf(context), fault.Message);
                context.Response.Headers.RetryAfter = "5";
                return TypedResults.Problem("The database cannot be used at the moment. Try again later.", statusCode: StatusCodes.Status503ServiceUnavailable);

            default:
                LogUnexpected(exception, RouteOf(context));
                return TypedResults.Problem("The service failed; its log says why.", statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    // Which of the input was at fault. The framework tells of the body's JSON by a path, of a parameter by its message alone.
    private static Dictionary<string, string[]> Faults(BadHttpRequestException bad)
    {
        var (field, fault) = bad.InnerException switch
        {
            JsonException { Path: { } path } when path.TrimStart('$', '.') is { Length: > 0 } name => (name, "This value is of the wrong type or out of range."),
            JsonException => ("body", "The body is not the JSON object that is expected here."),
            _ when ParameterInMessage().Match(bad.Message) is { Success: true } parameter =>
                (parameter.Groups["name"].Value, "This value cannot be read or is missing."),
            _ => ("body", "The body cannot be read or is missing."),
        };
        return new() { [field] = [fault] };
    }

    private static bool DeclaresAnotherCharset(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.Charset.HasValue
        && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static DbException? DatabaseFault(Exception? exception) =>
        exception is null or DbException ? exception as DbException : DatabaseFault(exception.InnerException);

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
