using System.Net;
using Transcendence.Viewer;

namespace Transcendence.Tests.Viewer;

/// <summary>Nobody sees anything without the password, and the login cannot be used against who has it.</summary>
public sealed class LoginTests
{
    private static readonly Uri Dashboard = new("/d/one?from=now-1h&var-x=a%20b", UriKind.Relative);

    [Fact]
    public async Task ThePageLeadsToTheLoginAndTheLoginBackToThePage()
    {
        await using var viewer = await StartAsync();
        using var first = await viewer.Browser.GetAsync(Dashboard);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("/login?redirectTo=%2Fd%2Fone%3Ffrom%3Dnow-1h%26var-x%3Da%2520b", first.Headers.Location!.OriginalString);

        var form = await viewer.Browser.GetStringAsync(first.Headers.Location);
        Assert.Contains("/d/one?from=now-1h&amp;var-x=a%20b", form, StringComparison.Ordinal);
        Assert.Contains("ask the &lt;operator&gt;", form, StringComparison.Ordinal);

        using var login = await viewer.LogInAsync(redirectTo: Dashboard.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal(Dashboard.OriginalString, login.Headers.Location!.OriginalString);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"Transcendence.Viewer.{viewer.Address.Port}=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningViewer.Password, cookie, StringComparison.Ordinal);

        using var page = await viewer.Browser.GetAsync(Dashboard);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);

        // Who is logged in needs no login.
        using var again = await viewer.Browser.GetAsync(new Uri("/login?redirectTo=/dashboards", UriKind.Relative));
        Assert.Equal("/dashboards", again.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task LoggingOutEndsTheSessionOnTheServerToo()
    {
        await using var viewer = await StartAsync();
        using var login = await viewer.LogInAsync();
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        using var logout = await viewer.Browser.PostAsync(new Uri("/logout", UriKind.Relative), content: null);
        Assert.Equal("/login", logout.Headers.Location!.OriginalString);

        using var client = viewer.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/search", UriKind.Relative));
        request.Headers.Add("Cookie", cookie);
        using var refused = await client.SendAsync(request);
        await RunningViewer.ProblemAsync(refused, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ASessionOfOneViewerIsNoneOfAnother()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        using var login = await one.LogInAsync();
        var id = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];

        using var client = other.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"Transcendence.Viewer.{other.Address.Port}={id}");
        using var refused = await client.GetAsync(new Uri("/api/search", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("admin", "")]
    [InlineData("", "")]
    [InlineData("Admin", RunningViewer.Password)]
    [InlineData("admin", RunningViewer.Password + " ")]
    [InlineData("\"><script>", RunningViewer.Password)]
    public async Task AWrongUserOrPasswordGetsTheFormAgain(string user, string password)
    {
        await using var viewer = await StartAsync();
        using var refused = await viewer.LogInAsync(user, password, "/d/one");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));

        var form = await refused.Content.ReadAsStringAsync();
        Assert.Contains("The user or the password is wrong.", form, StringComparison.Ordinal);
        Assert.Contains("/d/one", form, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(user), form, StringComparison.Ordinal);
        Assert.DoesNotContain("\"><script>", form, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningViewer.Password, form, StringComparison.Ordinal);

        using var page = await viewer.Browser.GetAsync(new Uri("/dashboards", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Contains(viewer.Log, line => line == "Warning: A login failed: wrong user or password.");
        Assert.Contains("viewer_failed_logins_total 1", await viewer.Browser.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GuessingIsSlowedDownByAnyWay()
    {
        await using var viewer = await StartAsync();
        using var client = viewer.Client();
        client.DefaultRequestHeaders.Authorization = RunningViewer.Basic(RunningViewer.User, "guess");
        for (var i = 0; i < 5; i++)
        {
            using var form = await viewer.LogInAsync(password: $"guess {i}");
            Assert.Equal(HttpStatusCode.Unauthorized, form.StatusCode);
            using var basic = await client.GetAsync(new Uri("/api/search", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, basic.StatusCode);
        }

        // Now not even the right one is looked at.
        using var refused = await viewer.LogInAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(1), refused.Headers.RetryAfter?.Delta);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        Assert.Contains("Try again in a minute", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var api = await viewer.Api.GetAsync(new Uri("/api/search", UriKind.Relative));
        Assert.Contains("Try again in a minute", await RunningViewer.ProblemAsync(api, HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
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
        await using var viewer = await StartAsync();
        using var login = await viewer.LogInAsync(redirectTo: redirectTo);
        Assert.Equal("/", login.Headers.Location!.OriginalString);
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
        await using var viewer = await StartAsync();
        using var refused = await viewer.Browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Contains("/login", await RunningViewer.ProblemAsync(refused, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Empty(refused.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic %%%")]
    [InlineData("Basic YWRtaW4=")]
    [InlineData("Bearer YWRtaW46Y29ycmVjdCBob3JzZQ==")]
    public async Task BrokenCredentialsAreNone(string header)
    {
        await using var viewer = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/search", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var refused = await viewer.Browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("/login", "text/html")]
    [InlineData("/api/health", "application/json")]
    [InlineData("/metrics", "text/plain")]
    [InlineData("/public/shared/theme.css", "text/css")]
    public async Task WhatAMonitorAndTheLoginNeedIsOpen(string path, string type)
    {
        await using var viewer = await StartAsync();
        using var response = await viewer.Browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForeignNamesAndForeignPagesAreRefused()
    {
        await using var viewer = await StartAsync(o => o with { AllowedHosts = ["monitor.school.example"] });
        foreach (var (host, status) in new[] { ("evil.example", 400), ("monitor.school.example", 200), ("localhost", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/search", UriKind.Relative));
            request.Headers.Host = host;
            using var response = await viewer.Api.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }

        using var login = await viewer.LogInAsync();
        foreach (var path in (string[])["/login", "/logout", "/api/datasources/proxy/uid/prometheus/api/v1/query"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = RunningViewer.Form(("query", "up")) };
            request.Headers.Add("Origin", "https://evil.example");
            using var response = await viewer.Browser.SendAsync(request);
            await RunningViewer.ProblemAsync(response, HttpStatusCode.Forbidden);
        }

        // The foreign page did not log anybody out.
        using var page = await viewer.Browser.GetAsync(Dashboard);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task AFormThatIsTooLargeOrNoneIsRefused()
    {
        await using var viewer = await StartAsync();
        using var large = await viewer.LogInAsync(password: new string('x', 100_000));
        await RunningViewer.ProblemAsync(large, HttpStatusCode.RequestEntityTooLarge);
        using var json = await viewer.Browser.PostAsync(new Uri("/login", UriKind.Relative), new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        await RunningViewer.ProblemAsync(json, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task WithoutAPasswordThereIsNoViewer() =>
        await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(o => o with { AdminPassword = "" }));

    [Fact]
    public async Task ThePasswordIsInNoLog()
    {
        ViewerOptions? options = null;
        await using var viewer = await StartAsync(o => options = o);
        using var right = await viewer.LogInAsync();
        using var wrong = await viewer.LogInAsync(password: RunningViewer.Password + "!");
        using var page = await viewer.Browser.GetAsync(Dashboard);
        Assert.NotEmpty(viewer.Log);
        Assert.DoesNotContain(viewer.Log, line => line.Contains(RunningViewer.Password, StringComparison.Ordinal));
        Assert.DoesNotContain(RunningViewer.Password, options!.ToString(), StringComparison.Ordinal);
    }

    private static Task<RunningViewer> StartAsync(Func<ViewerOptions, ViewerOptions>? configure = null) => RunningViewer.StartAsync(
        prepare: directory => File.WriteAllText(directory["dashboards/one.json"], """{"uid":"one","title":"One"}"""),
        configure: o => (configure?.Invoke(o) ?? o) with { LoginHint = "ask the <operator>" });
}
