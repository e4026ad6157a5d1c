using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Transcendence.Viewer.Provisioning;

namespace Transcendence.Viewer.Queries;

/// <summary>Asks provisioned data sources on behalf of the pages, and lets nothing else through.</summary>
/// <remarks>The request to the data source is made anew, of parameters that were checked: nothing of the browser's path, headers or cookies is in it.</remarks>
internal sealed partial class PrometheusProxy : IDisposable
{
    private const string Prefix = "/api/datasources/proxy/uid/{uid}/api/v1/";

    // What Prometheus needs to say that the time is over, before we say it.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly ViewerOptions _options;
    private readonly ProvisioningFiles _files;
    private readonly ViewerMetrics _metrics;
    private readonly ILogger _log;
    private readonly HttpClient _client;

    public PrometheusProxy(ViewerOptions options, ProvisioningFiles files, ViewerMetrics metrics)
    {
        _options = options;
        _files = files;
        _metrics = metrics;
        _log = options.Loggers.CreateLogger<PrometheusProxy>();
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false, // One could not reach this machine's loopback addresses.
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.All,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = options.QueryTimeout + s_grace,
            MaxResponseContentBufferSize = options.MaxAnswerBytes,
        };
    }

    public void Map(IEndpointRouteBuilder app)
    {
        foreach (var path in QueryPath.All)
        {
            app.MapMethods(Prefix + path.Path, ["GET", "POST"], (HttpContext context, string uid, string? name) => AnswerAsync(path, uid, name, context));
        }

        // Also what begins like an allowed path, and the other methods.
        app.Map("/api/datasources/proxy/{**path}", () => Results.Problem(
            $"Only GET and POST (of a form) of these paths: {string.Join(", ", QueryPath.All.Select(p => Prefix + p.Path))}.",
            statusCode: StatusCodes.Status403Forbidden,
            title: "Not a query that only reads"));
    }

    public void Dispose() => _client.Dispose();

    private async Task<IResult> AnswerAsync(QueryPath path, string uid, string? label, HttpContext context)
    {
        if (_files.FindDataSource(uid) is not { } source)
        {
            return Results.Problem(
                $"No data source has the uid '{uid}'. There are: {string.Join(", ", _files.DataSources().Items.Select(s => s.Uid).DefaultIfEmpty("none"))}.",
                statusCode: StatusCodes.Status404NotFound,
                title: "Data source not found");
        }

        if (source.Type != DataSource.PrometheusType)
        {
            return Results.Problem($"The data source '{source.Name}' is of the type '{source.Type}'. Only '{DataSource.PrometheusType}' can be asked.", statusCode: StatusCodes.Status400BadRequest, title: "Data source not supported");
        }

        if (label is not null && !QueryParameters.IsLabelName(label))
        {
            return Results.Problem($"'{label}' is no name of a label.", statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
        }

        try
        {
            var parameters = await QueryParameters.ReadAsync(path, context.Request).ConfigureAwait(false);
            return await AskAsync(source, path, label, parameters, context.RequestAborted).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            return RequestForm.Refusal(e);
        }
    }

    private async Task<IResult> AskAsync(DataSource source, QueryPath path, string? label, List<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var status = StatusCodes.Status499ClientClosedRequest;
        try
        {
            if (path.Path is "query" or "query_range")
            {
                parameters.Add(new("timeout", string.Create(CultureInfo.InvariantCulture, $"{_options.QueryTimeout.TotalMilliseconds:0}ms")));
            }

            using var request = Request(source, path, label, parameters);
            using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            status = (int)response.StatusCode;
            if (response.Content.Headers.ContentType?.MediaType != "application/json" || status is 401 or 403 || (status != 200 && !IsPrometheusError(body)))
            {
                status = StatusCodes.Status502BadGateway;
                return Unusable(source, $"It answered {(int)response.StatusCode} {response.ReasonPhrase}, which is not the answer of a Prometheus to a query.");
            }

            if (status == StatusCodes.Status503ServiceUnavailable && ErrorType(body) is "timeout" or "canceled")
            {
                status = StatusCodes.Status504GatewayTimeout;
                return TooSlow(source);
            }

            return new JsonAnswer(body, status);
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            status = StatusCodes.Status504GatewayTimeout;
            return TooSlow(source);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            status = StatusCodes.Status502BadGateway;
            return Results.Problem(
                string.Create(CultureInfo.InvariantCulture, $"The answer of '{source.Name}' is longer than {_options.MaxAnswerBytes / 1048576.0:0.#} MiB, which is the most. Ask for fewer series, a longer step or a shorter range."),
                statusCode: status,
                title: "Too much in one answer");
        }
        catch (HttpRequestException e)
        {
            status = StatusCodes.Status502BadGateway;
            return Unusable(source, $"It cannot be reached: {e.Message.TrimEnd('.')}.");
        }
        finally
        {
            _metrics.RecordQuery(path.Path, status, clock.Elapsed);
        }
    }

    private static HttpRequestMessage Request(DataSource source, QueryPath path, string? label, List<KeyValuePair<string, string>> parameters)
    {
        var url = $"{source.Url}api/v1/{path.Path.Replace("{name}", label, StringComparison.Ordinal)}";
        return path.AcceptsPost && !source.UsesGet
            ? new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(parameters) }
            : new HttpRequestMessage(HttpMethod.Get, url + new QueryBuilder(parameters).ToQueryString());
    }

    private IResult TooSlow(DataSource source)
    {
        LogTimeout(_log, source.Name, _options.QueryTimeout.TotalSeconds);
        return Results.Problem(
            string.Create(CultureInfo.InvariantCulture, $"'{source.Name}' had no answer within {_options.QueryTimeout.TotalSeconds:0.###} s, which is the most. Ask for fewer series, a longer step or a shorter range."),
            statusCode: StatusCodes.Status504GatewayTimeout,
            title: "The query takes too long");
    }

    private IResult Unusable(DataSource source, string reason)
    {
        LogUnusable(_log, source.Name, source.Url, reason);
        return Results.Problem($"The data source '{source.Name}' at {source.Url} gives no data. {reason}", statusCode: StatusCodes.Status502BadGateway, title: "No data source");
    }

    private static bool IsPrometheusError(byte[] body) => ErrorType(body) is not null;

    private static string? ErrorType(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("errorType", out var type) ? type.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Prometheus' own answer.</summary>
    private sealed class JsonAnswer(byte[] body, int statusCode) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = statusCode;
            httpContext.Response.ContentType = "application/json";
            httpContext.Response.ContentLength = body.Length;
            return httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{DataSource} had no answer within {Seconds} s.")]
    private static partial void LogTimeout(ILogger logger, string dataSource, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{DataSource} at {Url} gives no data. {Reason}")]
    private static partial void LogUnusable(ILogger logger, string dataSource, Uri url, string reason);
}
