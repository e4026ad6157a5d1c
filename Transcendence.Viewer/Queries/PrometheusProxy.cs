using System.Net;
using Microsoft.AspNetCore.Http.Extensions;
using Prometheus;

namespace Transcendence.Viewer.Queries;

/// <summary>Asks provisioned data sources on behalf of the pages, and lets nothing else through.</summary>
/// <remarks>The request to the data source is made anew, of parameters that were checked: nothing of the browser's path, headers or cookies is in it.</remarks>
internal sealed partial class PrometheusProxy(ViewerOptions options, ProvisioningFiles files, IMetricFactory metrics, ILogger<PrometheusProxy> log) : IDisposable
{
    private const string Prefix = "/api/datasources/proxy/uid/{uid}/api/v1/";
    private const string Remedy = "Ask for fewer series, a longer step or a shorter range.";

    // What Prometheus needs to say that the time is over, before we say it.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Histogram _durations = metrics.CreateHistogram(
        "viewer_query_duration_seconds",
        "Time from asking a data source to having its whole answer.",
        ["path", "status_code"],
        new HistogramConfiguration { Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    // Not of the factory: a query that failed or is slow is not to be asked again and again.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false, // One could not reach this machine's loopback addresses.
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(), // Traced here, and no header there.
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = options.QueryTimeout + s_grace,
        MaxResponseContentBufferSize = options.MaxAnswerBytes,
    };

    public void Map(IEndpointRouteBuilder app)
    {
        foreach (var path in QueryPath.All)
        {
            app.MapMethods(Prefix + path.Path, ["GET", "POST"], (HttpContext context, string uid, string? name) => AnswerAsync(path, uid, name, context))
                .AddEndpointFilter(RequestForm.SayFaultsAsync);
        }

        // Also what begins like an allowed path, and the other methods.
        var allowed = string.Join(", ", QueryPath.All.Select(path => Prefix + path.Path));
        app.Map("/api/datasources/proxy/{**path}", () => Refusal(
            StatusCodes.Status403Forbidden, "Not a query that only reads", $"Only GET and POST (of a form) of these paths: {allowed}."));
    }

    public void Dispose() => _client.Dispose();

    private async Task<IResult> AnswerAsync(QueryPath path, string uid, string? label, HttpContext context)
    {
        if (files.FindDataSource(uid) is not { } source)
        {
            var known = string.Join(", ", files.DataSources().Items.Select(s => s.Uid).DefaultIfEmpty("none"));
            return Refusal(StatusCodes.Status404NotFound, "Data source not found", $"No data source has the uid '{uid}'. There are: {known}.");
        }

        if (source.Type != DataSource.PrometheusType)
        {
            return Refusal(
                StatusCodes.Status400BadRequest,
                "Data source not supported",
                $"The data source '{source.Name}' is of the type '{source.Type}'. Only '{DataSource.PrometheusType}' can be asked.");
        }

        var parameters = await path.ReadAsync(context.Request);
        if (path.Path is "query" or "query_range")
        {
            parameters.Add(new("timeout", string.Create(CultureInfo.InvariantCulture, $"{options.QueryTimeout.TotalMilliseconds:0}ms")));
        }

        var clock = Stopwatch.StartNew();
        var status = StatusCodes.Status499ClientClosedRequest;
        try
        {
            var answer = await AskAsync(source, path, label, parameters, context.RequestAborted);
            status = ((IStatusCodeHttpResult)answer).StatusCode!.Value;
            return answer;
        }
        finally
        {
            _durations.WithLabels(path.Path, status.ToString(CultureInfo.InvariantCulture)).Observe(clock.Elapsed.TotalSeconds);
        }
    }

    private async Task<IResult> AskAsync(
        DataSource source, QueryPath path, string? label, List<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request(source, path, label, parameters);
            using var response = await _client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var error = response.IsSuccessStatusCode ? null : ErrorType(body);
            return response switch
            {
                { StatusCode: HttpStatusCode.ServiceUnavailable } when error is "timeout" or "canceled" => TooSlow(source),
                { Content.Headers.ContentType.MediaType: "application/json", StatusCode: not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) }
                    when response.StatusCode == HttpStatusCode.OK || error is not null => TypedResults.Text(body, "application/json", (int)response.StatusCode),
                _ => Unusable(source, $"It answered {(int)response.StatusCode} {response.ReasonPhrase}, which is not the answer of a Prometheus to a query."),
            };
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            return TooSlow(source);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            var limit = (options.MaxAnswerBytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture);
            return Refusal(
                StatusCodes.Status502BadGateway, "Too much in one answer", $"The answer of '{source.Name}' is longer than {limit} MiB, which is the most. {Remedy}");
        }
        catch (HttpRequestException e)
        {
            return Unusable(source, $"It cannot be reached: {e.Message.TrimEnd('.')}.");
        }
    }

    private static HttpRequestMessage Request(DataSource source, QueryPath path, string? label, List<KeyValuePair<string, string>> parameters)
    {
        var url = $"{source.Url}api/v1/{path.Path.Replace("{name}", label, StringComparison.Ordinal)}";
        return path.AcceptsPost && !source.UsesGet
            ? new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(parameters) }
            : new HttpRequestMessage(HttpMethod.Get, url + new QueryBuilder(parameters).ToQueryString());
    }

    private static ProblemHttpResult Refusal(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);

    private ProblemHttpResult TooSlow(DataSource source)
    {
        var limit = options.QueryTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        LogTimeout(source.Name, limit);
        return Refusal(
            StatusCodes.Status504GatewayTimeout, "The query takes too long", $"'{source.Name}' had no answer within {limit} s, which is the most. {Remedy}");
    }

    private ProblemHttpResult Unusable(DataSource source, string reason)
    {
        LogUnusable(source.Name, source.Url, reason);
        return Refusal(StatusCodes.Status502BadGateway, "No data source", $"The data source '{source.Name}' at {source.Url} gives no data. {reason}");
    }

    /// <summary>Of what kind an error of Prometheus is; <see langword="null"/> when it is none of Prometheus'.</summary>
    private static string? ErrorType(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<PrometheusError>(body, JsonSerializerOptions.Web)?.ErrorType;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record PrometheusError(string? ErrorType);

    [LoggerMessage(LogLevel.Warning, "{DataSource} had no answer within {Seconds} s.")]
    private partial void LogTimeout(string dataSource, string seconds);

    [LoggerMessage(LogLevel.Warning, "{DataSource} at {Url} gives no data. {Reason}")]
    private partial void LogUnusable(string dataSource, Uri url, string reason);
}
