using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Transcendence.Hosting.Dashboard;
using Transcendence.Tests.Browser;

namespace Transcendence.Tests.Dashboard;

#pragma warning disable CA1001 // Disposed of by IAsyncLifetime.
/// <summary>What the dashboard's page asks of its server: login, logs of all, alerts.</summary>
public sealed class DashboardPagesTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly FakeAlerts _alerts = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private DashboardSite _site = null!;
    private Func<AlertQuery, CancellationToken, Task<AlertPage>> _getAlerts = null!;

    public async Task InitializeAsync()
    {
        _getAlerts = _alerts.GetAsync;
        _site = await DashboardSite.StartAsync(builder =>
        {
            builder.AddContainer("first", "none", "1").WithExplicitStart().WithAnnotation(new AlertSourceAnnotation((query, token) => _getAlerts(query, token)));
            builder.AddContainer("second", "none", "1").WithExplicitStart();
        });
        _client.BaseAddress = _site.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task A_person_without_a_session_is_led_to_the_form_and_a_program_is_told()
    {
        using var page = await Send(HttpMethod.Get, "/logs/first?a=1&b=2", html: true);
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/login?returnUrl=%2Flogs%2Ffirst%3Fa%3D1%26b%3D2", page.Headers.Location!.ToString());

        using var api = await Send(HttpMethod.Get, "/api/resources", html: true);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        using var program = await Send(HttpMethod.Get, "/logs/first");
        Assert.Equal(HttpStatusCode.Unauthorized, program.StatusCode);

        using var form = await Send(HttpMethod.Get, "/login?returnUrl=%2F%22%3E%3Cscript%3E", html: true);
        Assert.Equal(HttpStatusCode.OK, form.StatusCode);
        var html = await form.Content.ReadAsStringAsync();
        Assert.Contains("value=\"/&quot;&gt;&lt;script&gt;\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_exchanges_the_token_for_a_session_and_logout_ends_it()
    {
        using var wrong = await Send(HttpMethod.Post, "/login", html: true, form: new() { ["token"] = "wrong", ["returnUrl"] = "/graph" });
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal("text/html", wrong.Content.Headers.ContentType!.MediaType);
        Assert.Contains("value=\"/graph\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var empty = await Send(HttpMethod.Post, "/login", html: true, form: []);
        Assert.Equal(HttpStatusCode.Unauthorized, empty.StatusCode);

        using var right = await Send(HttpMethod.Post, "/login", html: true, form: new() { ["token"] = $" {DashboardSite.Token}\n", ["returnUrl"] = "/graph" });
        Assert.Equal("/graph", right.Headers.Location!.ToString());
        var cookie = right.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        using var graph = await Send(HttpMethod.Get, "/graph", html: true, cookie: cookie.Split(';')[0]);
        Assert.Equal("text/html", graph.Content.Headers.ContentType!.MediaType);

        foreach (var elsewhere in new[] { "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x=y", "/ü", "" })
        {
            using var login = await Send(HttpMethod.Post, "/login", html: true, form: new() { ["token"] = DashboardSite.Token, ["returnUrl"] = elsewhere });
            Assert.Equal("/", login.Headers.Location!.ToString());
        }

        using var logout = await Send(HttpMethod.Post, "/logout", html: true, cookie: cookie.Split(';')[0]);
        Assert.Contains("expires=Thu, 01 Jan 1970", logout.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        using var byLink = await Send(HttpMethod.Get, "/logout", html: true);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, byLink.StatusCode);
        using var noForm = await Send(HttpMethod.Post, "/login");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, noForm.StatusCode);
    }

    [Fact]
    public async Task The_form_cannot_be_tried_without_end_and_not_from_another_site()
    {
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent([new("token", DashboardSite.Token)]), Headers = { { "Origin", "http://evil.example" } } };
        using var refused = await _client.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));

        for (var i = 0; i < 20; i++)
        {
            using var wrong = await Send(HttpMethod.Post, "/login", html: true, form: new() { ["token"] = $"guess{i}" });
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var tooMany = await Send(HttpMethod.Post, "/login", html: true, form: new() { ["token"] = DashboardSite.Token });
        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(1), tooMany.Headers.RetryAfter!.Delta);
        Assert.Contains("Too many wrong tokens", await tooMany.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_and_its_files_are_served_and_the_files_hold_no_secret()
    {
        Authorize();
        foreach (var view in new[] { "/", "/resources/first", "/logs", "/logs/first", "/alerts", "/graph" })
        {
            Assert.Contains("/public/js/app.js", await _client.GetStringAsync(view), StringComparison.Ordinal);
        }

        _client.DefaultRequestHeaders.Authorization = null;
        foreach (var (file, type) in new[] { ("/public/js/app.js", "text/javascript"), ("/public/dashboard.css", "text/css"), ("/public/icon.svg", "image/svg+xml"), ("/favicon.ico", "image/svg+xml"), ("/public/shared/theme.js", "text/javascript") })
        {
            using var response = await _client.GetAsync(file);
            Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        }

        using var html = await _client.GetAsync("/public/index.html");
        Assert.NotEqual(HttpStatusCode.OK, html.StatusCode);
    }

    [Fact]
    public async Task All_logs_are_read_as_one_and_streamed_with_all_else()
    {
        Authorize();
        _site.Write("second", "fail: one[0]");
        _site.Write("first", "two");

        var all = await _client.GetFromJsonAsync<JsonElement>("/api/logs");
        Assert.Equal(["second fail: one[0] Error", "first two Information"], all.EnumerateArray().Select(Words));
        Assert.Equal("first two Information", Words((await _client.GetFromJsonAsync<JsonElement>("/api/logs?tail=1"))[0]));
        Assert.Equal("first two Information", Words((await _client.GetFromJsonAsync<JsonElement>("/api/logs?after=second:1"))[0]));

        using var response = await _client.GetAsync("/api/events?logs=*&after=second:1", HttpCompletionOption.ResponseHeadersRead);
        var kinds = new HashSet<string>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().WithCancellation(new CancellationTokenSource(s_deadline).Token))
        {
            kinds.Add(item.EventType);
            if (item.EventType == "lines" && JsonElement.Parse(item.Data) is var lines)
            {
                Assert.Equal("first two Information", Words(lines[0]));
                Assert.Equal("first:1,second:1", string.Join(',', item.EventId!.Split(',').Order()));
            }

            if (kinds.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(["alerts", "lines", "resource"], kinds.Order());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/events?logs=nobody")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync("/api/events?logs=first&after=5")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync("/api/logs?after=x")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync("/api/logs?tail=-1")).StatusCode);
    }

    [Fact]
    public async Task Alerts_are_told_by_page_and_a_fault_of_their_source_by_its_name()
    {
        Authorize();
        for (var i = 1; i <= 3; i++)
        {
            _alerts.History.Enqueue(FakeAlerts.Alert($"Alert{i}", "warning", DateTimeOffset.UtcNow.AddHours(-i), TimeSpan.FromMinutes(1)));
        }

        _alerts.Firing["x"] = FakeAlerts.Alert("Now", "critical", DateTimeOffset.UtcNow);
        Assert.Equal("Now", (await _client.GetFromJsonAsync<JsonElement>("/api/alerts")).GetProperty("items")[0].GetProperty("name").GetString());
        var history = await _client.GetFromJsonAsync<JsonElement>("/api/alerts?state=history&page=2&pageSize=2");
        Assert.Equal(3, history.GetProperty("totalCount").GetInt32());
        Assert.Equal("Alert3", Assert.Single(history.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        foreach (var bad in new[] { "state=all", "page=0", "page=x", "pageSize=0", "pageSize=101" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync($"/api/alerts?{bad}")).StatusCode);
        }

        _alerts.Fault = "Connection refused";
        await IsUnavailable("'first' does not tell its alerts: Connection refused");

        // One that never answers and does not listen to the token.
        _getAlerts = (_, _) => new TaskCompletionSource<AlertPage>().Task;
        await IsUnavailable("'first' did not tell its alerts within 5 s.");
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/api/resources")).StatusCode);

        async Task IsUnavailable(string message)
        {
            using var response = await _client.GetAsync("/api/alerts").WaitAsync(s_deadline);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(message, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task An_application_without_alerts_says_so()
    {
        await using var site = await DashboardSite.StartAsync(builder => builder.AddContainer("only", "none", "1").WithExplicitStart());
        using var client = new HttpClient { BaseAddress = site.Address, DefaultRequestHeaders = { Authorization = new("Bearer", DashboardSite.Token) } };

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/alerts")).StatusCode);
        var application = await client.GetFromJsonAsync<JsonElement>("/api/application");
        Assert.Equal(JsonValueKind.Null, application.GetProperty("alertSource").ValueKind);
        Assert.Equal("Transcendence.Tests", application.GetProperty("name").GetString());
    }

    private void Authorize() => _client.DefaultRequestHeaders.Authorization = new("Bearer", DashboardSite.Token);

    private static string Words(JsonElement line) =>
        $"{line.GetProperty("resource").GetString()} {line.GetProperty("text").GetString()} {line.GetProperty("level").GetString()}";

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, bool html = false, Dictionary<string, string>? form = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (html)
        {
            request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        }

        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        return await _client.SendAsync(request).WaitAsync(s_deadline);
    }
}
