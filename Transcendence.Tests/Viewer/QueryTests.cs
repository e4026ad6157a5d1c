using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Viewer;

/// <summary>Queries that only read come through, to the provisioned data source, and nothing else does.</summary>
public sealed class QueryTests(SharedViewer shared) : IClassFixture<SharedViewer>
{
    private const string Prefix = "/api/datasources/proxy/uid/prometheus";
    private const string Api = Prefix + "/api/v1/";
    private const string Template = "/api/datasources/proxy/uid/{uid}/api/v1/";

    public static TheoryData<string> RefusedPaths => new(
        Prefix + "/-/quit",
        Prefix + "/-/reload",
        Prefix + "/metrics",
        Prefix + "/api/v1",
        Prefix + "/api/v1/",
        Api + "admin/tsdb/delete_series?match[]=up",
        Api + "status/config",
        Api + "targets",
        Api + "write",
        Api + "query/../admin/tsdb/snapshot",
        Api + "query/..%2fadmin/tsdb/snapshot",
        Api + "%2e%2e/%2e%2e/-/quit",
        Api + "..%2f..%2f-/quit",
        Api + "query%2f..%2f..%2f..%2f-/quit",
        Api + "query/more?query=up",
        Api + "/query?query=up",
        Api + "label/..%2f..%2fstatus/values",
        Api + "label/%2e%2e/values",
        Api + "label/a/b/values",
        Prefix + "//api/v1/query?query=up",
        Prefix + "/api//v1/query?query=up",
        "/api/datasources/proxy/1/api/v1/query?query=up",
        "/api/datasources/proxy/uid//api/v1/query?query=up",
        "/api/datasources/proxy/uid/http:%2f%2fevil.example/api/v1/query?query=up");

    public static TheoryData<string, string> RefusedParameters => new()
    {
        { "query", "'query' is missing" },
        { "query?query=", "PromQL" },
        { "query?query=up&query=down", "more than once" },
        { "query?query=up&timeout=1h", "'timeout' is no parameter" },
        { "query?query=up&callback=x", "'callback' is no parameter" },
        { "query?query=up&time=yesterday", "'time' is 'yesterday'" },
        { "query?query=up&time=NaN", "must be a time" },
        { "query?query=up&time=1e999", "must be a time" },
        { "query?query=up&limit=-1", "a whole number" },
        { "query?query=up&stats=x%0d%0aInjected:%201", "`true` or `all`" },
        { "query_range?query=up&start=0&end=1", "'step' is missing" },
        { "query_range?query=up&start=0&end=1&step=0", "above zero" },
        { "query_range?query=up&start=0&end=1&step=-5", "above zero" },
        { "query_range?query=up&start=0&end=1&step=5x", "above zero" },
        { "query_range?query=up&start=10&end=1&step=5", "before `start`" },
        { "query_range?query=up&start=0&end=11001&step=1", "11000 are the most" },
        { "query_range?query=up&start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z&step=5s", "17280 points" },
        { "query_exemplars?query=up&start=0", "'end' is missing" },
        { "series", "'match[]' is missing" },
        { "series?match[]=up&match=x", "'match' is no parameter" },
        { "metadata?metric=a%2fb", "name of a metric" },
        { "label/a-b/values", "no name of a label" },
        { "label/1a/values", "no name of a label" },
    };

    [Theory]
    [MemberData(nameof(RefusedPaths))]
    public async Task WhatIsNoPathOfAQueryIsRefusedBeforeAnythingIsAsked(string path)
    {
        var (prometheus, viewer) = (shared.Prometheus(), shared.Viewer);
        var uri = new Uri(viewer.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var request = new HttpRequestMessage(method, uri) { Content = method == HttpMethod.Post ? RunningViewer.Form(("query", "up")) : null };
            using var response = await viewer.Api.SendAsync(request);
            Assert.True(response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{method} {path}: {response.StatusCode}");
        }

        Assert.Empty(prometheus.Requests);
    }

    [Fact]
    public async Task TheRefusalNamesWhatIsAllowed()
    {
        var viewer = shared.Viewer;
        using var path = await viewer.Api.GetAsync(new Uri(Api + "admin/tsdb/snapshot", UriKind.Relative));
        Assert.Contains("api/v1/query_range", await RunningViewer.ProblemAsync(path, HttpStatusCode.Forbidden), StringComparison.Ordinal);
        using var uid = await viewer.Api.GetAsync(new Uri("/api/datasources/proxy/uid/other/api/v1/query?query=up", UriKind.Relative));
        Assert.Contains("There are: prometheus.", await RunningViewer.ProblemAsync(uid, HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("HEAD")]
    [InlineData("INVENTED")]
    public async Task OtherMethodsAreRefused(string method)
    {
        var (prometheus, viewer) = (shared.Prometheus(), shared.Viewer);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Api + "query?query=up", UriKind.Relative));
        using var response = await viewer.Api.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(prometheus.Requests);
    }

    [Theory]
    [MemberData(nameof(RefusedParameters))]
    public async Task WhatIsNoParameterIsRefusedBeforeAnythingIsAsked(string query, string message)
    {
        var (prometheus, viewer) = (shared.Prometheus(), shared.Viewer);
        using var response = await viewer.Api.GetAsync(new Uri(Api + query, UriKind.Relative));
        Assert.Contains(message, await RunningViewer.ProblemAsync(response, HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Empty(prometheus.Requests);
    }

    [Theory]
    [InlineData("start=0&end=11000&step=1")]
    [InlineData("start=0&end=39600000&step=1h")]
    [InlineData("start=1.5&end=1e3&step=1m30s&limit=5&lookback_delta=5m&stats=all")]
    [InlineData("start=2026-01-01T00:00:00Z&end=2026-01-01T02:00:00.5%2B01:00&step=15")]
    public async Task AtTheLimitIsAllowed(string range)
    {
        var (prometheus, viewer) = (shared.Prometheus(), shared.Viewer);
        using var response = await viewer.Api.GetAsync(new Uri(Api + "query_range?query=up&" + range, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(prometheus.Requests);
    }

    [Fact]
    public async Task NothingOfTheBrowserReachesPrometheusButTheParameters()
    {
        await using var prometheus = await RecordingPrometheus.StartAsync(context =>
        {
            context.Response.Headers["Set-Cookie"] = "stolen=1";
            context.Response.Headers["X-Powered-By"] = "test";
            return RecordingPrometheus.AnswerAsync(context, RecordingPrometheus.Nothing);
        });
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address);
        using var login = await viewer.LogInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Api + "query_range", UriKind.Relative))
        {
            Content = RunningViewer.Form(("query", "sum(up{a=\"&b=c\"})"), ("start", "1"), ("end", "2"), ("step", "1")),
        };
        request.Headers.Add("X-Forwarded-For", "10.0.0.1");
        request.Headers.Add("X-Custom", "secret");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("Connection", "x-custom");
        using var response = await viewer.Browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(RecordingPrometheus.Nothing, await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());

        var asked = Assert.Single(prometheus.Requests);
        Assert.Equal(("POST", "/api/v1/query_range"), (asked.Method, asked.Target));
        Assert.Equal("query=sum%28up%7Ba%3D%22%26b%3Dc%22%7D%29&start=1&end=2&step=1&timeout=30000ms", asked.Body);
        Assert.Equal(["Accept-Encoding", "Content-Length", "Content-Type", "Host"], asked.Headers.Keys.Order());
    }

    [Fact]
    public async Task TheMethodIsTheDataSourcesOwnWherePrometheusTakesBoth()
    {
        await using var prometheus = await RecordingPrometheus.StartAsync();
        await using var viewer = await RunningViewer.StartAsync(prepare: directory => File.WriteAllText(directory["provisioning/datasources/x.yml"], $$"""
            apiVersion: 1
            datasources:
              - { name: Post, uid: post, type: prometheus, url: '{{prometheus.Address}}' }
              - { name: Get, uid: get, type: prometheus, url: '{{prometheus.Address}}prefix/', jsonData: { httpMethod: get } }
            """));
        foreach (var uid in (string[])["post", "get"])
        {
            foreach (var path in (string[])["query?query=a%2Bb", "label/job/values?match[]=up&match[]=down", "labels", "metadata?limit=1"])
            {
                using var response = await viewer.Api.GetAsync(new Uri($"/api/datasources/proxy/uid/{uid}/api/v1/{path}", UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }

        Assert.Equal(
            [
                "POST /api/v1/query query=a%2Bb&timeout=30000ms",
                "GET /api/v1/label/job/values?match[]=up&match[]=down ",
                "POST /api/v1/labels ",
                "GET /api/v1/metadata?limit=1 ",
                "GET /prefix/api/v1/query?query=a%2Bb&timeout=30000ms ",
                "GET /prefix/api/v1/label/job/values?match[]=up&match[]=down ",
                "GET /prefix/api/v1/labels ",
                "GET /prefix/api/v1/metadata?limit=1 ",
            ],
            prometheus.Requests.Select(r => $"{r.Method} {r.Target.Replace("%5B", "[", StringComparison.OrdinalIgnoreCase).Replace("%5D", "]", StringComparison.OrdinalIgnoreCase)} {r.Body}"));
    }

    [Fact]
    public async Task AQueryThatTakesTooLongIsBrokenOffAndNamesTheLimit()
    {
        var brokenOff = new TaskCompletionSource();
        await using var prometheus = await RecordingPrometheus.StartAsync(async context =>
        {
            context.RequestAborted.Register(brokenOff.SetResult);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address, settings: ("Viewer__QueryTimeout", "00:00:00.250"));
        using var response = await viewer.Api.GetAsync(new Uri(Api + "query?query=up", UriKind.Relative));
        var detail = await RunningViewer.ProblemAsync(response, HttpStatusCode.GatewayTimeout);
        Assert.Contains("within 0.25 s", detail, StringComparison.Ordinal);
        Assert.Contains("shorter range", detail, StringComparison.Ordinal);
        Assert.Contains("timeout=250ms", Assert.Single(prometheus.Requests).Body, StringComparison.Ordinal);
        await brokenOff.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await viewer.MetricAsync("viewer_query_duration_seconds_count", ("path", "query"), ("status_code", "504")));
    }

    [UnixFact]
    public async Task StoppingBreaksOffWhatIsStillAsked()
    {
        var brokenOff = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        await using var prometheus = await RecordingPrometheus.StartAsync(async context =>
        {
            context.RequestAborted.Register(brokenOff.SetResult);
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address);
        var response = viewer.Api.GetAsync(new Uri(Api + "query?query=up", UriKind.Relative));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, await viewer.StopAsync());
        await brokenOff.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<HttpRequestException>(() => response);
    }

    [Theory]
    [InlineData("""{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}""", 503, 504)]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"1:4: parse error"}""", 400, 400)]
    [InlineData("""{"status":"error","errorType":"execution","error":"too many samples"}""", 422, 422)]
    [InlineData("""{"status":"error","errorType":"unavailable","error":"not ready"}""", 503, 503)]
    [InlineData("""{"error":"no"}""", 401, 502)]
    [InlineData("""{"status":"error","errorType":"x"}""", 403, 502)]
    [InlineData("""{"other":1}""", 404, 502)]
    [InlineData("not json", 500, 502)]
    public async Task ErrorsOfPrometheusComeThroughAndThoseOfOthersAreNamedAsSuch(string body, int status, int expected)
    {
        var (prometheus, viewer) = (shared.Prometheus(context => RecordingPrometheus.AnswerAsync(context, body, status)), shared.Viewer);
        using var response = await viewer.Api.GetAsync(new Uri(Api + "query?query=up", UriKind.Relative));
        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == status)
        {
            Assert.Equal(body, await response.Content.ReadAsStringAsync());
        }
        else if (expected == 502)
        {
            Assert.Contains($"answered {status}", await RunningViewer.ProblemAsync(response, HttpStatusCode.BadGateway), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task APageOrARedirectionInsteadOfAPrometheusIsNamed()
    {
        await using var prometheus = await RecordingPrometheus.StartAsync(context =>
        {
            if (context.Request.Method == "GET")
            {
                context.Response.Redirect("http://127.0.0.1:9/elsewhere");
                return Task.CompletedTask;
            }

            return RecordingPrometheus.AnswerAsync(context, "<html>", type: "text/html");
        });
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address);
        foreach (var (path, status) in new[] { ("labels", 200), ("metadata", 302) })
        {
            using var response = await viewer.Api.GetAsync(new Uri(Api + path, UriKind.Relative));
            var detail = await RunningViewer.ProblemAsync(response, HttpStatusCode.BadGateway);
            Assert.Contains($"answered {status}", detail, StringComparison.Ordinal);
            Assert.Contains(prometheus.Address.ToString(), detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task APrometheusThatIsNotThereIsNamed()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var viewer = await RunningViewer.StartAsync(address);
        using var response = await viewer.Api.GetAsync(new Uri(Api + "query?query=up", UriKind.Relative));
        var detail = await RunningViewer.ProblemAsync(response, HttpStatusCode.BadGateway);
        Assert.Contains($"'Prometheus' at {address}", detail, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", detail, StringComparison.Ordinal);
        Assert.Contains(await viewer.LogAsync(), line => line.StartsWith("warn: Prometheus at", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnAnswerThatIsTooLongIsRefusedAlsoWhenItIsPacked(bool packed)
    {
        await using var prometheus = await RecordingPrometheus.StartAsync(context => AnswerAsync(context, $$"""{"status":"success","data":"{{new string('x', 200_000)}}"}""", packed));
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address, settings: ("Viewer__MaxAnswerBytes", "100000"));
        using var response = await viewer.Api.GetAsync(new Uri(Api + "query?query=up", UriKind.Relative));
        Assert.Contains("0.1 MiB", await RunningViewer.ProblemAsync(response, HttpStatusCode.BadGateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APackedAnswerIsUnpacked()
    {
        var (prometheus, viewer) = (shared.Prometheus(context => AnswerAsync(context, RecordingPrometheus.Nothing, packed: true)), shared.Viewer);
        Assert.Equal("success", (await viewer.GetAsync(Api + "query?query=up")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task ARequestThatIsTooLargeIsRefused()
    {
        var (prometheus, viewer) = (shared.Prometheus(), shared.Viewer);
        using var fits = await viewer.Api.PostAsync(new Uri(Api + "query", UriKind.Relative), RunningViewer.Form(("query", new string('x', 60_000))));
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        using var large = await viewer.Api.PostAsync(new Uri(Api + "query", UriKind.Relative), RunningViewer.Form(("query", new string('x', 70_000))));
        await RunningViewer.ProblemAsync(large, HttpStatusCode.RequestEntityTooLarge);
        using var json = await viewer.Api.PostAsync(new Uri(Api + "query", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"));
        await RunningViewer.ProblemAsync(json, HttpStatusCode.UnsupportedMediaType);
        Assert.Single(prometheus.Requests);
    }

    [Fact]
    public async Task RequestsAndQueriesAreMeasuredAsThoseOfEveryService()
    {
        await using var prometheus = await RecordingPrometheus.StartAsync();
        await using var viewer = await RunningViewer.StartAsync(prometheus.Address);
        await viewer.GetAsync(Api + "query?query=up");
        for (var i = 0; i < 20; i++)
        {
            using var nowhere = await viewer.Api.GetAsync(new Uri($"/nowhere/{i}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        }

        await Eventually.TrueAsync(
            async () => await viewer.MetricAsync("http_requests_total", ("method", "GET"), ("route", Template + "query"), ("status_code", "200")) == 1
                && await viewer.MetricAsync("http_request_duration_seconds_count", ("method", "GET"), ("route", "unmatched"), ("status_code", "404")) == 20
                && await viewer.MetricAsync("viewer_query_duration_seconds_count", ("path", "query"), ("status_code", "200")) == 1,
            "all are measured");
        Assert.True(await viewer.MetricAsync("process_cpu_seconds_total") > 0);
    }

    private static async Task AnswerAsync(HttpContext context, string body, bool packed)
    {
        context.Response.ContentType = "application/json";
        if (!packed)
        {
            await context.Response.WriteAsync(body);
            return;
        }

        Assert.Contains("gzip", context.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
        context.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        await gzip.WriteAsync(Encoding.UTF8.GetBytes(body));
    }
}
