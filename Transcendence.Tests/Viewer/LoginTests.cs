using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Viewer;

/// <summary>Nobody sees anything without the password, and the login cannot be used against who has it.</summary>
public sealed class LoginTests(SharedViewer shared) : IClassFixture<SharedViewer>
{
    private static readonly Uri s_dashboard = new("/d/one?from=now-1h&var-x=a%20b", UriKind.Relative);
    private static readonly Uri s_search = new("/api/search", UriKind.Relative);
    private static readonly Uri s_login = new("/login", UriKind.Relative);
    private static readonly Uri s_logout = new("/logout", UriKind.Relative);

    private readonly RunningViewer _viewer = shared.Viewer;

    [Fact]
    public async Task ThePageLeadsToTheLoginAndTheLoginBackToThePage()
    {
        using var browser = _viewer.Client();
        using var first = await browser.GetAsync(s_dashboard);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("/login?redirectTo=%2Fd%2Fone%3Ffrom%3Dnow-1h%26var-x%3Da%2520b", first.Headers.Location!.OriginalString);

        var form = await browser.GetStringAsync(first.Headers.Location);
        Assert.Contains("/d/one?from=now-1h&amp;var-x=a%20b", form, StringComparison.Ordinal);
        Assert.Contains("ask the &lt;operator&gt;", form, StringComparison.Ordinal);

        using var login = await _viewer.LogInAsync(redirectTo: s_dashboard.OriginalString, browser: browser);
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal(s_dashboard.OriginalString, login.Headers.Location!.OriginalString);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"transcendence_viewer_session_{_viewer.Address.Port}=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningViewer.Password, cookie, StringComparison.Ordinal);

        using var page = await browser.GetAsync(s_dashboard);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);

        // Who is logged in needs no login.
        using var again = await browser.GetAsync(new Uri("/login?redirectTo=/dashboards", UriKind.Relative));
        Assert.Equal("/dashboards", again.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task LoggingOutEndsTheSessionOnTheServerToo()
    {
        using var browser = _viewer.Client();
        using var login = await _viewer.LogInAsync(browser: browser);
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        // Only our own page can do it.
        using var forged = await browser.PostAsync(s_logout, RunningViewer.Form());
        await RunningViewer.ProblemAsync(forged, HttpStatusCode.BadRequest);
        var token = RunningViewer.Token(await browser.GetStringAsync(s_dashboard));
        using var logout = await browser.PostAsync(s_logout, RunningViewer.Form(("token", token)));
        Assert.Equal("/login", logout.Headers.Location!.OriginalString);

        using var client = _viewer.Client();
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        using var refused = await client.GetAsync(s_search);
        await RunningViewer.ProblemAsync(refused, HttpStatusCode.Unauthorized);

        // The page that is still open somewhere is told, and its button leads on.
        using var expired = await client.GetAsync(s_dashboard);
        Assert.EndsWith("&expired=true", expired.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("The session has ended.", await client.GetStringAsync(expired.Headers.Location), StringComparison.Ordinal);
        using var twice = await client.PostAsync(s_logout, RunningViewer.Form(("token", token)));
        Assert.Equal("/login", twice.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task TwoViewersInOneBrowserDoNotLogEachOtherOut()
    {
        await using var other = await RunningViewer.StartAsync();
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }); // Cookies know no ports.
        RunningViewer[] both = [_viewer, other];
        var tokens = new List<string>();
        foreach (var viewer in both)
        {
            tokens.Add(RunningViewer.Token(await browser.GetStringAsync(new Uri(viewer.Address, "/login"))));
        }

        foreach (var (viewer, token) in both.Zip(tokens))
        {
            using var login = await browser.PostAsync(
                new Uri(viewer.Address, "/login"), RunningViewer.Form(("token", token), ("user", RunningViewer.User), ("password", RunningViewer.Password)));
            Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        }

        foreach (var viewer in both)
        {
            using var page = await browser.GetAsync(new Uri(viewer.Address, "/dashboards"));
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
    }

    [Fact]
    public async Task ASessionAndAFormOfOneViewerAreNoneOfAnother()
    {
        await using var other = await RunningViewer.StartAsync();
        using var browser = _viewer.Client();
        using var login = await _viewer.LogInAsync(browser: browser);
        var id = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];

        using var client = other.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"transcendence_viewer_session_{other.Address.Port}={id}");
        using var refused = await client.GetAsync(s_search);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        // Also that of a viewer that was here before: its user is told, gets a form that is valid, and keeps what he typed.
        using var outdated = await other.Browser.PostAsync(s_login, RunningViewer.Form(
            ("token", RunningViewer.Token(await browser.GetStringAsync(s_dashboard))), ("user", RunningViewer.User), ("password", RunningViewer.Password), ("redirectTo", "/d/one")));
        Assert.Equal(HttpStatusCode.BadRequest, outdated.StatusCode);
        var form = await outdated.Content.ReadAsStringAsync();
        Assert.Contains("This form was no longer valid", form, StringComparison.Ordinal);
        Assert.Contains("/d/one", form, StringComparison.Ordinal);
        using var again = await other.Browser.PostAsync(s_login, RunningViewer.Form(
            ("token", RunningViewer.Token(form)), ("user", RunningViewer.User), ("password", RunningViewer.Password), ("redirectTo", "/d/one")));
        Assert.Equal("/d/one", again.Headers.Location?.OriginalString);
        Assert.DoesNotContain(await other.LogAsync(), line => line.StartsWith("fail", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("admin", "")]
    [InlineData("", "")]
    [InlineData("Admin", RunningViewer.Password)]
    [InlineData("admin", RunningViewer.Password + " ")]
    [InlineData("\"><script>", RunningViewer.Password)]
    [InlineData("{{hint}}", "{{token}}")]
    public async Task AWrongUserOrPasswordGetsTheFormAgain(string user, string password)
    {
        using var browser = _viewer.Client();
        var failed = await _viewer.MetricAsync("viewer_failed_logins_total");
        using var refused = await _viewer.LogInAsync(user, password, "/d/one", browser);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        Assert.Equal(failed + 1, await _viewer.MetricAsync("viewer_failed_logins_total"));

        var form = await refused.Content.ReadAsStringAsync();
        Assert.Contains("The user or the password is wrong.", form, StringComparison.Ordinal);
        Assert.Contains("/d/one", form, StringComparison.Ordinal);
        Assert.Contains($"value=\"{WebUtility.HtmlEncode(user)}\"", form, StringComparison.Ordinal);
        Assert.DoesNotContain("\"><script>", form, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningViewer.Password, form, StringComparison.Ordinal);

        using var page = await browser.GetAsync(new Uri("/dashboards", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task AThousandWhoGuessAreSlowedDownAndLockNobodyOut()
    {
        const int Strangers = 1000;
        const int PerSecond = 50;
        await using var viewer = await RunningViewer.StartAsync();
        using var login = await viewer.LogInAsync();

        // By both ways, each again as soon as it is answered.
        using var byForm = viewer.Client();
        using var byHeader = viewer.Client();
        byHeader.DefaultRequestHeaders.Authorization = ServiceProcess.Basic(RunningViewer.User, "guess");
        var token = RunningViewer.Token(await byForm.GetStringAsync(s_login));
        using var enough = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var strangers = Enumerable.Range(0, Strangers).Select(GuessAsync).ToList();
        await Eventually.TrueAsync(
            async () => await viewer.MetricAsync("http_requests_in_progress", ("method", "GET")) + await viewer.MetricAsync("http_requests_in_progress", ("method", "POST")) > Strangers * 0.9,
            "they wait");

        // Who is logged in does not wait at all.
        var since = Stopwatch.StartNew();
        using var page = await viewer.Browser.GetAsync(s_search);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));

        // Who has the right password gets in, by both ways too, behind those who were there before.
        using var newcomer = viewer.Client();
        var program = viewer.Api.GetAsync(s_search);
        using var right = await viewer.LogInAsync(browser: newcomer);
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        using var api = await program;
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5 * Strangers / PerSecond));

        var guesses = await viewer.MetricAsync("viewer_failed_logins_total");
        Assert.InRange(guesses, PerSecond, 10 + (PerSecond * clock.Elapsed.TotalSeconds));
        Assert.All(strangers, stranger => Assert.False(stranger.IsCompleted));
        await enough.CancelAsync();
        await Task.WhenAll(strangers);

        async Task GuessAsync(int i)
        {
            try
            {
                while (true)
                {
                    using var refused = i % 2 == 0
                        ? await byHeader.GetAsync(s_search, enough.Token)
                        : await byForm.PostAsync(s_login, RunningViewer.Form(("token", token), ("user", RunningViewer.User), ("password", $"guess {i}")), enough.Token);
                    Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
            }
        }
    }

    [Fact]
    public async Task HangingUpMakesGuessingNoFaster()
    {
        await using var viewer = await RunningViewer.StartAsync();
        using var stranger = viewer.Client();
        stranger.DefaultRequestHeaders.Authorization = ServiceProcess.Basic(RunningViewer.User, "guess");
        var hungUp = 0;
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (_, _) =>
        {
            using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            try
            {
                // On a busy machine the timer may come after the answer.
                using var refused = await stranger.GetAsync(s_search, impatience.Token);
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref hungUp);
            }
        });

        Assert.InRange(hungUp, 200, 400);
        var guesses = await viewer.MetricAsync("viewer_failed_logins_total");
        Assert.InRange(guesses, 1, 10 + (50 * clock.Elapsed.TotalSeconds));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("~/d/one")]
    [InlineData("d/one")]
    [InlineData("/d/é")]
    [InlineData("")]
    public async Task TheLoginLeadsToNoOtherSite(string redirectTo)
    {
        using var browser = _viewer.Client();
        using var login = await _viewer.LogInAsync(redirectTo: redirectTo, browser: browser);
        Assert.Equal("/", login.Headers.Location!.OriginalString);
        using var again = await browser.GetAsync(new Uri("/login?redirectTo=" + Uri.EscapeDataString(redirectTo), UriKind.Relative));
        Assert.Equal("/", again.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/api/search")]
    [InlineData("/api/viewer")]
    [InlineData("/api/datasources")]
    [InlineData("/api/dashboards/uid/one")]
    [InlineData("/api/datasources/proxy/uid/prometheus/api/v1/query?query=up")]
    [InlineData("/api/nothing")]
    public async Task AnApiWithoutLoginAnswersWithAProblem(string path)
    {
        using var browser = _viewer.Client();
        using var refused = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Contains("/login", await RunningViewer.ProblemAsync(refused, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Empty(refused.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("/dashboard.html")]
    [InlineData("/public/dashboard.html")]
    [InlineData("/public/login.html")]
    [InlineData("/appsettings.json")]
    [InlineData("/public/../appsettings.json")]
    [InlineData("/public/%2e%2e/appsettings.json")]
    [InlineData("/nowhere")]
    public async Task APageWithoutLoginLeadsToIt(string path)
    {
        using var browser = _viewer.Client();
        using var refused = await browser.GetAsync(new Uri(_viewer.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.StartsWith("/login", refused.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Basic YWRtaW4=")]
    [InlineData("Bearer YWRtaW46Y29ycmVjdCBob3JzZQ==")]
    public async Task BrokenCredentialsAreNone(string header)
    {
        using var client = _viewer.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        using var refused = await client.GetAsync(s_search);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("/login", "text/html")]
    [InlineData("/health", "text/plain")]
    [InlineData("/alive", "text/plain")]
    [InlineData("/api/health", "application/json")]
    [InlineData("/metrics", "text/plain")]
    [InlineData("/public/shared/theme.css", "text/css")]
    public async Task WhatAMonitorAndTheLoginNeedIsOpen(string path, string type)
    {
        using var browser = _viewer.Client();
        using var response = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("localhost:3000", 200)]
    [InlineData("127.0.0.1:3000", 200)]
    [InlineData("[::1]:3000", 200)]
    [InlineData("grafana:3000", 200)]
    [InlineData("grafana.dev.internal:3000", 200)]
    [InlineData("aspire.dev.internal:3000", 200)]
    [InlineData("evil.example", 400)]
    [InlineData("localhost.evil.example", 400)]
    public async Task ItAnswersUnderItsOwnNamesOnly(string host, int status)
    {
        foreach (var path in (string[])["/metrics", "/login", "/public/viewer.css", "/api/health"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Host = host;
            using var response = await _viewer.Browser.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task ItAnswersUnderTheNamesThatAreSet()
    {
        await using var viewer = await RunningViewer.StartAsync(settings: ("AllowedHosts", "127.0.0.1;monitor.school.example"));
        foreach (var (host, status) in new[] { ("localhost", 400), ("monitor.school.example", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, s_search);
            request.Headers.Host = host;
            using var response = await viewer.Api.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task ForeignPagesAreRefused()
    {
        using var browser = _viewer.Client();
        using var login = await _viewer.LogInAsync(browser: browser);
        (string, string)[][] foreign =
        [
            [("Origin", "https://evil.example")],
            [("Origin", "null")],
            [("Origin", $"http://127.0.0.1:{_viewer.Address.Port + 1}")], // To which the browser sends our cookies too.
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
            [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "no-cors")],
        ];
        foreach (var headers in foreign)
        {
            foreach (var path in (string[])["/login", "/logout", "/api/datasources/proxy/uid/prometheus/api/v1/query"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = RunningViewer.Form(("query", "up")) };
                foreach (var (name, value) in headers)
                {
                    request.Headers.Add(name, value);
                }

                using var response = await browser.SendAsync(request);
                await RunningViewer.ProblemAsync(response, HttpStatusCode.Forbidden);
            }
        }

        // The foreign page did not log anybody out, and a link of it may be followed.
        using var link = new HttpRequestMessage(HttpMethod.Get, s_dashboard)
        {
            Headers = { { "Sec-Fetch-Site", "cross-site" }, { "Sec-Fetch-Mode", "navigate" }, { "Sec-Fetch-Dest", "document" } },
        };
        using var page = await browser.SendAsync(link);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task AFormThatIsTooLargeOrNoneIsRefused()
    {
        using var browser = _viewer.Client();
        using var large = await _viewer.LogInAsync(password: new string('x', 100_000), browser: browser);
        Assert.Contains("65536 bytes", await RunningViewer.ProblemAsync(large, HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
        using var json = await browser.PostAsync(s_login, new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        Assert.Contains("Send a form", await RunningViewer.ProblemAsync(json, HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThePasswordIsInNoLog()
    {
        using var browser = _viewer.Client();
        using var right = await _viewer.LogInAsync(browser: browser);
        using var other = _viewer.Client();
        using var wrong = await _viewer.LogInAsync(password: RunningViewer.Password + "!", browser: other);
        using var page = await browser.GetAsync(s_dashboard);
        var log = await _viewer.LogAsync();
        Assert.Contains("info: admin logged in.", log);
        Assert.DoesNotContain(log, line => line.Contains(RunningViewer.Password, StringComparison.Ordinal));
    }
}
