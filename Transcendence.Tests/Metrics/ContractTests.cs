using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prometheus;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Metrics;

/// <summary>The names, types, labels and buckets of the metrics contract.</summary>
public class ContractTests
{
    private static readonly string[] s_buckets = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

    [Fact]
    public async Task ARequestIsCountedAndTimedUnderTheNamesAndLabelsOfTheSeed()
    {
        await using var app = await MeasuredApp.StartAsync(app => app.MapGet("/api/health", () => "ok"));

        await app.SendAsync("/api/health");
        await app.CountedAsync("GET", "/api/health", 200);
        await app.SendAsync("/api/health");
        await app.CountedAsync("GET", "/api/health", 200, 2);

        var metrics = await app.ScrapeAsync();
        Assert.Equal("histogram", metrics.Types["http_request_duration_seconds"]);
        Assert.Equal("counter", metrics.Types["http_requests_total"]);
        Assert.Equal("gauge", metrics.Types["http_requests_in_progress"]);
        (string, string)[] labels = [("method", "GET"), ("route", "/api/health"), ("status_code", "200")];
        Assert.Equal(2, metrics.Value("http_request_duration_seconds_count", labels));
        Assert.InRange(metrics.Value("http_request_duration_seconds_sum", labels)!.Value, double.Epsilon, 60);
        Assert.Equal(s_buckets, metrics.Named("http_request_duration_seconds_bucket").Where(bucket => bucket.Labels["status_code"] == "200").Select(bucket => bucket.Labels["le"]));
        Assert.All(metrics.Named("http_request_duration_seconds_bucket"), bucket => Assert.Equal(["method", "route", "status_code", "le"], bucket.Labels.Keys));
        Assert.Equal(2, metrics.Value("http_request_duration_seconds_bucket", [.. labels, ("le", "+Inf")]));
    }

    [Fact]
    public async Task WhatAnEndpointDocumentsIsThereBeforeTheFirstRequestSoThatRatesSeeIt()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.MapPost("/players", () => TypedResults.Created("/players/1")).ProducesProblem(409);
            app.Map("/anything", () => "ok");
            app.MapGet("/probe", () => "ok").DisableHttpMetrics();
        });

        var metrics = await app.ScrapeAsync();
        foreach (var name in (string[])["http_requests_total", "http_request_duration_seconds_count"])
        {
            var series = metrics.Named(name).ToList();
            Assert.All(series, sample => Assert.Equal(0, sample.Value));
            Assert.Equal(["201", "409", "500", "502", "503", "504"], series.Where(s => s.Labels["route"] == "/players").Select(s => s.Labels["status_code"]).Order());
            Assert.Equal(["POST"], series.Where(s => s.Labels["route"] == "/players").Select(s => s.Labels["method"]).Distinct());
            Assert.Equal(["DELETE", "GET", "PATCH", "POST", "PUT"], series.Where(s => s.Labels["route"] == "/anything" && s.Labels["status_code"] == "200").Select(s => s.Labels["method"]).Order());
            Assert.Equal(["/anything", "/players"], series.Select(s => s.Labels["route"]).Distinct().Order());
        }
    }

    [Theory]
    [InlineData("/events")]
    [InlineData("/download")]
    public async Task AResponseThatLastsAsLongAsTheClientWantsIsCountedAndIsNoSlowRequest(string path)
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.MapGet("/events", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: 1\n\n");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            });
            app.MapGet("/download", async (HttpContext context) =>
            {
                await context.Response.WriteAsync("begin");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }).WithLongLivedResponse();
        });

        using (var response = await app.Client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        // The client has gone, which is how such a response ends.
        await app.CountedAsync("GET", path, 200);
        Assert.Empty((await app.ScrapeAsync()).Counted("http_request_duration_seconds_count"));

        // Of what is never timed, no time is expected either.
        Assert.DoesNotContain("http_request_duration_seconds_count{method=\"GET\",route=\"/download\"", await app.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADurationIsInSeconds()
    {
        await using var app = await MeasuredApp.StartAsync(app => app.MapGet("/slow", async () => await Task.Delay(300)));

        await app.SendAsync("/slow");
        await app.CountedAsync("GET", "/slow", 200);

        var metrics = await app.ScrapeAsync();
        (string, string)[] labels = [("method", "GET"), ("route", "/slow"), ("status_code", "200")];
        Assert.Equal(0, metrics.Value("http_request_duration_seconds_bucket", [.. labels, ("le", "0.25")]));
        Assert.InRange(metrics.Value("http_request_duration_seconds_sum", labels)!.Value, 0.29, 60);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/plain", "/plain")]
    [InlineData("/no-slash", "/no-slash")]
    [InlineData("/api/players", "/api/players")]
    [InlineData("/api/players/", "/api/players")]
    [InlineData("/api/players/1", "/api/players/{id:int}")]
    [InlineData("/api/players/2", "/api/players/{id:int}")]
    [InlineData("/API/Players/3", "/api/players/{id:int}")]
    [InlineData("/files/a/b/c", "/files/{**path}")]
    public async Task ARouteIsTheTemplateWithALeadingSlash(string path, string route)
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.MapGet("", () => "root");
            app.MapGet("/plain", () => "plain");
            app.MapGet("no-slash", () => "plain");
            var players = app.MapGroup("/api").MapGroup("players");
            players.MapGet("/", () => "all");
            players.MapGet("/{id:int}", (int id) => id);
            app.MapGet("/files/{**path}", (string path) => path);
        });

        Assert.Equal(200, await app.SendAsync(path));

        await app.CountedAsync("GET", route, 200);
    }

    [Fact]
    public async Task MethodsAndStatusesHaveChildrenOfTheirOwn()
    {
        await using var app = await MeasuredApp.StartAsync(app => app.Map("/{status:int}", (int status) => Results.StatusCode(status)));

        foreach (var method in (string[])["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
        {
            await app.SendAsync("/200", method);
            await app.SendAsync("/404", method);
            await app.CountedAsync(method, "/{status:int}", 200);
            await app.CountedAsync(method, "/{status:int}", 404);
        }
    }

    [Fact]
    public async Task TheMiddlewareNeedNotBeInAnyOrder()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                if (context.Request.Path == "/short")
                {
                    context.Response.StatusCode = 418;
                    return;
                }

                await next(context);
            });
            app.UseRouting();
            app.Use((context, next) => next(context));
            app.MapGet("/late", () => "ok");
        });

        await app.SendAsync("/short");
        await app.SendAsync("/late");

        await app.CountedAsync("GET", "unmatched", 418);
        await app.CountedAsync("GET", "/late", 200);
    }

    [Fact]
    public async Task ARefusedHostIsCountedAsTheClientSeesIt()
    {
        await using var app = await MeasuredApp.StartAsync(
            app => app.MapGet("/", () => "ok"), settings: new Dictionary<string, string?> { ["AllowedHosts"] = "example.org;127.0.0.1" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "elsewhere.example" } };

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(400, (int)response.StatusCode);
        await app.CountedAsync("GET", "unmatched", 400);
    }

    [Fact]
    public async Task ScrapesAndProbesAreNotCountedAndDoNotSeeThemselvesInProgress()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.MapGet("/excluded", () => "ok").DisableHttpMetrics();
            app.MapGet("/api/health", () => "ok");
        });

        foreach (var path in (string[])["/metrics", "/metrics/", "/metrics/otel", "/health", "/alive", "/Alive/", "/excluded"])
        {
            Assert.Equal(200, await app.SendAsync(path));
        }

        // The one request that counts comes last, so that the others would be there by now.
        await app.SendAsync("/api/health");
        await app.CountedAsync("GET", "/api/health", 200);
        var metrics = await app.ScrapeAsync();
        Assert.Single(metrics.Counted("http_requests_total"));
        Assert.All(metrics.Named("http_requests_in_progress"), gauge => Assert.Equal(0, gauge.Value));
    }

    [Fact]
    public async Task RequestsInProgressAreThoseBeingAnswered()
    {
        var release = new TaskCompletionSource();
        await using var app = await MeasuredApp.StartAsync(app => app.Map("/wait", () => release.Task));

        var waiting = (string[])["GET", "GET", "GET", "POST"];
        var requests = waiting.Select(method => app.SendAsync("/wait", method)).ToArray();

        await Eventually.TrueAsync(() => InProgress(3, 1), "3 GET and 1 POST in progress");
        release.SetResult();
        await Task.WhenAll(requests);
        await Eventually.TrueAsync(() => InProgress(0, 0), "none in progress");

        async Task<bool> InProgress(int get, int post)
        {
            var metrics = await app.ScrapeAsync();
            return metrics.Value("http_requests_in_progress", ("method", "GET")) == get
                && metrics.Value("http_requests_in_progress", ("method", "POST")) == post;
        }
    }

    [Fact]
    public async Task AMetricOfTheServicesOwnHasNoExemplarOfATraceThatNobodyRecords()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            var played = app.Services.GetRequiredService<IMetricFactory>().CreateCounter("transcendence_games_total", "Games.");
            app.MapPost("/games/{recorded}", (bool recorded) =>
            {
                using var activity = new Activity("game") { ActivityTraceFlags = recorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None };
                activity.Start();
                played.Inc();
            });
        });

        await app.SendAsync("/games/false", "POST");
        Assert.Empty(await ExemplarAsync());
        await app.SendAsync("/games/true", "POST");
        Assert.Equal(["trace_id", "span_id"], (await ExemplarAsync()).Keys);

        async Task<IReadOnlyDictionary<string, string>> ExemplarAsync() =>
            Assert.Single((await app.ScrapeAsync("/metrics?accept=application/openmetrics-text")).Named("transcendence_games_total")).Exemplar;
    }

    [Fact]
    public async Task NothingIsLostWhenRequestsComeAtOnce()
    {
        const int Clients = 16;
        const int Rounds = 100;
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.MapGet("/sync", () => "ok");
            app.MapGet("/async/{id}", async (int id) =>
            {
                await Task.Yield();
                return id;
            });
            app.MapGet("/broken", _ => throw new InvalidOperationException("broken"));
        });

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await app.SendAsync("/sync");
                await app.SendAsync($"/async/{client}");
                await app.SendAsync("/broken");
            }
        }));

        await app.CountedAsync("GET", "/sync", 200, Clients * Rounds);
        await app.CountedAsync("GET", "/async/{id}", 200, Clients * Rounds);
        await app.CountedAsync("GET", "/broken", 500, Clients * Rounds);
        var metrics = await app.ScrapeAsync();
        Assert.Equal(3 * Clients * Rounds, metrics.Named("http_request_duration_seconds_count").Sum(sample => sample.Value));
        Assert.All(metrics.Named("http_requests_in_progress"), gauge => Assert.Equal(0, gauge.Value));
    }

    [Fact]
    public async Task UnknownUrlsAddOneChild()
    {
        await using var app = await MeasuredApp.StartAsync(app => app.MapGet("/known", () => "ok"));

        await Parallel.ForAsync(0, 10_000, async (i, _) => await app.SendAsync($"/unknown/{i}?q={i}"));

        await app.CountedAsync("GET", "unmatched", 404, 10_000);
        Assert.Single((await app.ScrapeAsync()).Counted("http_requests_total"));
    }

    [Fact]
    public async Task InventedMethodsAddOneChildARoute()
    {
        await using var app = await MeasuredApp.StartAsync(app =>
        {
            app.Map("/any", () => "ok");
            app.MapGet("/get", () => "ok");
        });

        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(200, await app.SendAsync("/any", $"INVENTED{i}"));
            Assert.Equal(404, await app.SendAsync("/none", $"INVENTED{i}"));
            Assert.Equal(405, await app.SendAsync("/get", $"INVENTED{i}"));
        }

        await app.CountedAsync("OTHER", "/any", 200, 300);
        await app.CountedAsync("OTHER", "unmatched", 404, 300);
        await app.CountedAsync("OTHER", "unmatched", 405, 300);
        var metrics = await app.ScrapeAsync();
        Assert.Equal(3, metrics.Counted("http_requests_total").Count());
        Assert.Equal(10, metrics.Named("http_requests_in_progress").Count());
    }
}
