using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Transcendence.Hosting.Dashboard;
using Transcendence.Hosting.Native;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Dashboard;

#pragma warning disable CA1001 // Disposed of by IAsyncLifetime.
/// <summary>An application with a real process, controlled from outside through its API.</summary>
public sealed class DashboardTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private const string Token = "the-token/of+this test";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _data = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDistributedApplicationTestingBuilder _builder = null!;
    private DistributedApplication _app = null!;

    private DashboardServer Server => _app.Services.GetRequiredService<DashboardServer>();

    public async Task InitializeAsync()
    {
        _builder = DistributedApplicationTestingBuilder.Create(
            ["--Dashboard:Port=0", $"--{BrowserToken.SettingKey}={Token}", $"--DataDirectory={_data.FullName}", $"--{DashboardSecurity.AllowedHostsKey}=dash.example;other.example"],
            (options, _) => options.DisableDashboard = false);
        Model(_builder);
        _app = await _builder.BuildAsync();
        await _app.StartAsync();

        Assert.Null(Server.Problem);
        _client.BaseAddress = new Uri(Server.Url!);
        _client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _builder.DisposeAsync();
        _data.Dispose();
    }

    [UnixFact]
    public async Task A_resource_is_shown_with_all_that_is_known_of_it()
    {
        var shell = await Running("shell");

        Assert.Equal("shell", shell.GetProperty("displayName").GetString());
        Assert.Equal("Container", shell.GetProperty("type").GetString());
        Assert.Equal("Healthy", shell.GetProperty("health").GetString());
        Assert.Equal("all is well", shell.GetProperty("healthReports")[0].GetProperty("description").GetString());
        Assert.Equal(JsonValueKind.Null, shell.GetProperty("exitCode").ValueKind);
        Assert.InRange(shell.GetProperty("startTime").GetDateTime(), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow);
        Assert.Equal("http://localhost:1/page", shell.GetProperty("urls")[0].GetProperty("url").GetString());
        Assert.Equal("/data", shell.GetProperty("volumes")[0].GetProperty("target").GetString());
        Assert.Contains(shell.GetProperty("relationships").EnumerateArray(), r =>
            r.GetProperty("resourceName").GetString() == "first" && r.GetProperty("type").GetString() == "WaitFor");
        Assert.True(Find(shell.GetProperty("properties"), "executable.pid").GetProperty("value").GetString() is { } pid && int.Parse(pid, null) > 0);

        var commands = shell.GetProperty("commands");
        Assert.Equal("Enabled", Find(commands, "stop").GetProperty("state").GetString());
        Assert.Equal("Really?", Find(commands, "fail").GetProperty("confirmationMessage").GetString());
        Assert.DoesNotContain(commands.EnumerateArray(), c => c.GetProperty("name").GetString() == "start");
    }

    [UnixFact]
    public async Task The_list_has_all_resources_in_the_order_of_the_model()
    {
        await Running("shell");

        var list = await _client.GetFromJsonAsync<JsonElement>("/api/resources");

        Assert.Equal(["password", "first", "shell"], list.EnumerateArray().Select(r => r.GetProperty("name").GetString()));
    }

    [UnixFact]
    public async Task Secrets_are_masked_unless_asked_for()
    {
        await Running("shell");

        foreach (var path in new[] { "/api/resources", "/api/resources/shell", "/api/resources/password" })
        {
            Assert.DoesNotContain("hunter2", await _client.GetStringAsync(path), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter2", (await FirstEvent("/api/events", "shell")).ToString(), StringComparison.Ordinal);
        var environment = (await Get("shell")).GetProperty("environment");
        Assert.True(Find(environment, "PASSWORD").GetProperty("isSecret").GetBoolean());
        Assert.True(Find(environment, "ADDRESS").GetProperty("isSecret").GetBoolean());
        Assert.Equal("plain", Find(environment, "PLAIN").GetProperty("value").GetString());

        var revealed = await _client.GetFromJsonAsync<JsonElement>("/api/resources/shell?reveal=true");
        Assert.Equal("sql://me:hunter2@localhost", Find(revealed.GetProperty("environment"), "ADDRESS").GetProperty("value").GetString());
        var parameter = await _client.GetFromJsonAsync<JsonElement>("/api/resources/password?reveal=true");
        Assert.Equal("hunter2", Find(parameter.GetProperty("properties"), "Value").GetProperty("value").GetString());
    }

    [UnixFact]
    public async Task Logs_are_read_whole_or_from_their_end()
    {
        await Running("shell");
        await Eventually.TrueAsync(async () => (await Logs("")).Any(line => line.Text == "line 3"), "the lines have arrived");

        var lines = (await Logs("")).Where(line => line.Text.StartsWith("line ", StringComparison.Ordinal)).ToList();
        Assert.Equal(["line 1", "line 2", "line 3"], lines.Select(line => line.Text));
        Assert.Equal([false, true, false], lines.Select(line => line.IsError));
        Assert.All(lines, line => Assert.InRange(line.Time!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow));
        Assert.Single(await Logs("?tail=1"));
        Assert.Empty(await Logs("?tail=0"));
    }

    [UnixFact]
    public async Task Logs_are_followed_and_taken_up_again_after_a_break()
    {
        await Running("shell");
        var logger = _app.Services.GetRequiredService<ResourceLoggerService>();
        logger.Append("first", "one", isError: false);
        logger.Append("first", "two", isError: false);

        string id;
        await using (var events = await Follow("/api/resources/first/logs?follow=true&tail=1"))
        {
            Assert.Equal("two", (await events.Next<LogLineView[]>()).Data.Single().Text);
            logger.Append("first", "three", isError: true);
            var three = await events.Next<LogLineView[]>();
            Assert.Equal(("three", true), (three.Data.Single().Text, three.Data.Single().IsError));
            id = three.EventId!;
        }

        logger.Append("first", "four", isError: false);
        await using var again = await Follow("/api/resources/first/logs?follow=true", id);
        Assert.Equal("four", (await again.Next<LogLineView[]>()).Data.Single().Text);
    }

    [UnixFact]
    public async Task A_log_that_says_nothing_is_followed_without_a_wait()
    {
        await using var events = await Follow("/api/resources/first/logs?follow=true&tail=0");
        _app.Services.GetRequiredService<ResourceLoggerService>().Append("first", "at last", isError: false);

        Assert.Equal("at last", (await events.Next<LogLineView[]>()).Data.Single().Text);
    }

    [UnixFact]
    public async Task Changes_are_streamed()
    {
        await Running("shell");
        await using var events = await Follow("/api/events");
        var known = new List<string?>();
        while (known.Count < 3)
        {
            known.Add((await events.Next<JsonElement>()).Data.GetProperty("name").GetString());
        }

        Assert.Equal(["first", "password", "shell"], known.Order());
        Assert.Equal(HttpStatusCode.NoContent, (await Command("shell", "stop")).StatusCode);

        JsonElement last;
        do
        {
            last = (await events.Next<JsonElement>()).Data;
        }
        while (last.GetProperty("state").GetString() != KnownResourceStates.Exited);

        Assert.Equal("shell", last.GetProperty("name").GetString());
    }

    [UnixFact]
    public async Task Commands_stop_start_and_restart_a_real_process()
    {
        var first = Pid(await Running("shell"));

        Assert.Equal(HttpStatusCode.NoContent, (await Command("shell", "stop")).StatusCode);
        var stopped = await Get("shell");
        Assert.Equal(KnownResourceStates.Exited, stopped.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, stopped.GetProperty("health").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, stopped.GetProperty("stopTime").ValueKind);
        await IsProblem(await Command("shell", "restart"), HttpStatusCode.Conflict, "'restart' cannot be done with 'shell' in its state 'Exited'");

        Assert.Equal(HttpStatusCode.NoContent, (await Command("shell", "start")).StatusCode);
        var second = Pid(await Running("shell"));
        Assert.Equal(HttpStatusCode.NoContent, (await Command("shell", "restart")).StatusCode);
        var third = Pid(await Running("shell"));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
    }

    [UnixFact]
    public async Task A_command_that_fails_says_why()
    {
        await Running("shell");

        await IsProblem(await Command("shell", "fail"), HttpStatusCode.UnprocessableEntity, "It is Monday.");
        await IsProblem(await Command("shell", "throw"), HttpStatusCode.UnprocessableEntity, "It is Tuesday.");
    }

    [UnixFact]
    public async Task A_command_is_carried_out_even_when_nobody_waits_for_it()
    {
        await Running("shell");
        var file = _data["done"];
        using (var impatient = new CancellationTokenSource())
        {
            var request = _client.PostAsync("/api/resources/shell/commands/hang", null, impatient.Token);
            await Eventually.TrueAsync(() => Task.FromResult(File.Exists(file + ".begun")), "the command has begun");
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        _hanging.SetResult();

        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(file)), "the command is carried out");
    }

    [UnixFact]
    public async Task What_does_not_exist_or_make_sense_is_a_problem_that_says_so()
    {
        await Running("shell");

        await IsProblem(await _client.GetAsync("/api/resources/nobody"), HttpStatusCode.NotFound, "There is no resource 'nobody'. There are: password, first, shell.");
        await IsProblem(await _client.GetAsync("/api/resources/nobody/logs"), HttpStatusCode.NotFound, "nobody");
        await IsProblem(await Command("nobody", "stop"), HttpStatusCode.NotFound, "nobody");
        await IsProblem(await Command("shell", "fly"), HttpStatusCode.NotFound, "Resource 'shell' has no command 'fly'. It has: ");
        await IsProblem(await _client.GetAsync("/api/resources/shell/logs?tail=-1"), HttpStatusCode.BadRequest, "'tail' is '-1'");
        await IsProblem(await _client.GetAsync("/api/resources/shell/logs?tail=99999999999"), HttpStatusCode.BadRequest, "'tail'");
        await IsProblem(await _client.GetAsync("/api/resources/shell/logs?follow=maybe"), HttpStatusCode.BadRequest, "'follow' is 'maybe'");
        await IsProblem(await _client.GetAsync("/api/resources/shell?reveal=1"), HttpStatusCode.BadRequest, "'reveal'");
        await IsProblem(await _client.GetAsync("/nowhere"), HttpStatusCode.NotFound, "");
        await IsProblem(await _client.GetAsync("/api/resources/shell/commands/stop"), HttpStatusCode.MethodNotAllowed, "");
        Assert.Equal(KnownResourceStates.Running, (await Get("shell")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_the_token_nothing_is_told()
    {
        foreach (var path in new[] { "/", "/login", "/api/resources", "/api/resources/shell", "/api/resources/shell/logs", "/api/events", "/nowhere" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            await IsProblem(await Anonymous(request), HttpStatusCode.Unauthorized, "Open the link");
        }

        using var command = new HttpRequestMessage(HttpMethod.Post, "/api/resources/shell/commands/stop");
        using var response = await Anonymous(command);
        await IsProblem(response, HttpStatusCode.Unauthorized, "Open the link");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task The_printed_link_opens_a_session()
    {
        using var login = await Anonymous(new HttpRequestMessage(HttpMethod.Get, new Uri(Server.LoginUrl!).PathAndQuery));

        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal("/", login.Headers.Location!.ToString());
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Uri.EscapeDataString(Token), cookie, StringComparison.OrdinalIgnoreCase);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        Assert.Equal(HttpStatusCode.OK, (await Anonymous(request)).StatusCode);
        using var forged = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { { "Cookie", cookie.Split(';')[0] + "0" } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await Anonymous(forged)).StatusCode);
    }

    [Fact]
    public async Task Wrong_tokens_cannot_be_tried_without_end_and_sessions_go_on()
    {
        using var login = await Anonymous(new HttpRequestMessage(HttpMethod.Get, new Uri(Server.LoginUrl!).PathAndQuery));
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 15; i++)
        {
            using var header = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { Authorization = new("Bearer", $"guess{i}") } };
            answers.Add((await Anonymous(header)).StatusCode);
            using var link = new HttpRequestMessage(HttpMethod.Get, $"/login?t=guess{i}");
            answers.Add((await Anonymous(link)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, answers[19]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[20]);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await _client.GetAsync("/api/resources")).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { { "Cookie", cookie } } };
        Assert.Equal(HttpStatusCode.OK, (await Anonymous(request)).StatusCode);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("dash.example", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("192.168.0.1", false)]
    public async Task Only_known_host_names_are_answered(string host, bool isAllowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { Host = $"{host}:18888" } };

        using var response = await _client.SendAsync(request);

        if (isAllowed)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else
        {
            await IsProblem(response, HttpStatusCode.BadRequest, host);
        }
    }

    [Theory]
    [InlineData("http://evil.example", null, null, false)]
    [InlineData("null", null, null, false)]
    [InlineData("http://localhost:3000", null, null, false)]
    [InlineData(null, "cross-site", "no-cors", false)]
    [InlineData("OWN", "same-origin", "cors", true)]
    [InlineData(null, "cross-site", "navigate", true)]
    [InlineData(null, "none", "navigate", true)]
    public async Task Foreign_pages_are_turned_away(string? origin, string? site, string? mode, bool isAllowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources");
        foreach (var (name, value) in new[] { ("Origin", origin == "OWN" ? Server.Url : origin), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode) })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        using var response = await _client.SendAsync(request);

        Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_that_protect_a_browser()
    {
        foreach (var response in new[]
        {
            await _client.GetAsync("/api/resources"),
            await _client.GetAsync("/nowhere"),
            await Anonymous(new HttpRequestMessage(HttpMethod.Get, "/")),
            await Anonymous(new HttpRequestMessage(HttpMethod.Get, new Uri(Server.LoginUrl!).PathAndQuery)),
        })
        {
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.Empty(response.Headers.Server);
            response.Dispose();
        }
    }

    [Fact]
    public void It_listens_on_loopback_only()
    {
        var port = new Uri(Server.Url!).Port;

        var listeners = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => l.Port == port);

        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address)));
    }

    [UnixFact]
    public async Task Open_streams_do_not_hold_up_the_end_of_the_application()
    {
        await using var changes = await Follow("/api/events");
        await using var logs = await Follow("/api/resources/first/logs?follow=true");

        await _app.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true)
            {
                await logs.Next<JsonElement>();
            }
        });
    }

    private void Model(IDistributedApplicationTestingBuilder builder)
    {
        // The engine finds a tool in PATH and asks for its version first, to which a shell has no answer.
        File.WriteAllText(_data["shell"], "#!/bin/sh\n[ \"$1\" = --version ] || exec /bin/sh \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_data["shell"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        builder.Services.AddSingleton(new ToolInstaller(_data["tools"]) { SearchPath = _data.FullName });
        builder.Services.AddHealthChecks().AddCheck("shell_check", () => HealthCheckResult.Healthy("all is well"));
        var password = builder.AddParameter("password", "hunter2", secret: true);
        var first = builder.AddContainer("first", "none", "1").WithExplicitStart();
        builder.AddContainer("shell", "none", "1")
            .WithAnnotation(new NativeToolAnnotation(
                new NativeTool { Name = "shell", Command = "shell", DownloadPage = new Uri("https://example.invalid/") }, _ => { }))
            .WithArgs("-c", "echo line 1; sleep 0.2; echo line 2 >&2; sleep 0.2; echo line 3; exec sleep 1000")
            .WithEnvironment("PASSWORD", password)
            .WithEnvironment("ADDRESS", $"sql://me:{password}@localhost")
            .WithEnvironment("PLAIN", "plain")
            .WithVolume("shell-data", "/data")
            .WithUrls(context => context.Urls.Add(new ResourceUrlAnnotation { Url = "http://localhost:1/page" }))
            .WithHealthCheck("shell_check")
            .WithAnnotation(new ResourceRelationshipAnnotation(first.Resource, "WaitFor"))
            .WithCommand("fail", "Fail", _ => Task.FromResult(CommandResults.Failure("It is Monday.")), new CommandOptions { ConfirmationMessage = "Really?" })
            .WithCommand("throw", "Throw", _ => throw new InvalidOperationException("It is Tuesday."))
            .WithCommand("hang", "Hang", async context =>
            {
                await File.WriteAllTextAsync(_data["done"] + ".begun", "", context.CancellationToken);
                await _hanging.Task.WaitAsync(context.CancellationToken);
                await File.WriteAllTextAsync(_data["done"], "", context.CancellationToken);
                return CommandResults.Success();
            });
    }

    private async Task<JsonElement> Running(string name)
    {
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(name).WaitAsync(s_deadline);
        return await Get(name);
    }

    private Task<JsonElement> Get(string name) => _client.GetFromJsonAsync<JsonElement>($"/api/resources/{name}");

    private async Task<List<LogLineView>> Logs(string query) =>
        (await _client.GetFromJsonAsync<List<LogLineView>>($"/api/resources/shell/logs{query}", s_json))!;

    private Task<HttpResponseMessage> Command(string name, string command) =>
        _client.PostAsync($"/api/resources/{name}/commands/{command}", null);

    private async Task<HttpResponseMessage> Anonymous(HttpRequestMessage request)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = _client.BaseAddress };
        return await client.SendAsync(request);
    }

    private static JsonElement Find(JsonElement list, string name) =>
        list.EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    private static string? Pid(JsonElement resource) => Find(resource.GetProperty("properties"), "executable.pid").GetProperty("value").GetString();

    private static async Task IsProblem(HttpResponseMessage response, HttpStatusCode status, string detail)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        if (detail.Length > 0)
        {
            Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    private async Task<JsonElement> FirstEvent(string path, string name)
    {
        await using var events = await Follow(path);
        while (true)
        {
            var resource = (await events.Next<JsonElement>()).Data;
            if (resource.GetProperty("name").GetString() == name)
            {
                return resource;
            }
        }
    }

    private async Task<Events> Follow(string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(s_deadline);
        Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        return new Events(response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
    }

    private sealed class Events(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public async Task<SseItem<T>> Next<T>()
        {
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(s_deadline), "The stream has ended.");
            var item = items.Current;
            return new SseItem<T>(JsonSerializer.Deserialize<T>(item.Data, s_json)!, item.EventType) { EventId = item.EventId };
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            try
            {
                await items.DisposeAsync();
            }
            catch (NotSupportedException)
            {
                // A read was under way.
            }
        }
    }
}
