using System.Net;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Viewer;

/// <summary>A viewer in a process of its own, with a provisioning directory of its own, and clients that speak to it.</summary>
internal sealed partial class RunningViewer : IAsyncDisposable
{
    public const string User = "admin";
    public const string Password = "correct horse";

    private const string Project = "Transcendence.Viewer";
    private const string FailedLogin = "warn: A login failed: wrong user or password.";

    private readonly TempDirectory _directory;
    private readonly ServiceProcess _process;

    private RunningViewer(ServiceProcess process, TempDirectory directory)
    {
        _process = process;
        _directory = directory;
        Browser = Client();
        Api = Client();
        Api.DefaultRequestHeaders.Authorization = ServiceProcess.Basic(User, Password);
    }

    /// <summary>Keeps cookies, and follows no redirection.</summary>
    public HttpClient Browser { get; }

    /// <summary>Logs in with each request.</summary>
    public HttpClient Api { get; }

    public Uri Address => _process.Address;

    public int Id => _process.Id;

    /// <summary>The absolute path of a file or directory of its configuration.</summary>
    public string this[string path] => _directory[path];

    /// <summary>Starts a viewer.</summary>
    /// <param name="prometheus">The address of its data source <c>prometheus</c>; none when omitted.</param>
    /// <param name="prepare">Writes more into the configuration.</param>
    /// <param name="settings">More variables.</param>
    public static async Task<RunningViewer> StartAsync(Uri? prometheus = null, Action<TempDirectory>? prepare = null, params (string Name, string Value)[] settings)
    {
        var directory = new TempDirectory();
        try
        {
            await ProvisionAsync(directory, prometheus);
            prepare?.Invoke(directory);
            return new RunningViewer(await ServiceProcess.StartAsync(Project, Settings(directory, settings)), directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Starts a viewer that is expected not to start.</summary>
    /// <param name="settings">More variables; an empty one is as if it were not there.</param>
    /// <returns>What it says.</returns>
    public static async Task<string> RefuseToStartAsync(params (string Name, string Value)[] settings)
    {
        using var directory = new TempDirectory();
        await ProvisionAsync(directory, prometheus: null);
        await using var process = ServiceProcess.Launch(Project, Settings(directory, settings));
        Assert.Equal(1, await process.WaitForExitAsync());
        return process.Error;
    }

    /// <summary>The environment of a viewer whose configuration is in a directory.</summary>
    public static Dictionary<string, string?> Settings(TempDirectory directory, params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string?>
        {
            ["GF_SECURITY_ADMIN_USER"] = User,
            ["GF_SECURITY_ADMIN_PASSWORD"] = Password,
            ["GF_PATHS_PROVISIONING"] = directory["provisioning"],
            ["Logging__Console__FormatterName"] = "simple",
            ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return environment;
    }

    /// <summary>Writes a configuration without dashboards.</summary>
    public static async Task ProvisionAsync(TempDirectory directory, Uri? prometheus)
    {
        Directory.CreateDirectory(directory["provisioning/datasources"]);
        Directory.CreateDirectory(directory["provisioning/dashboards"]);
        Directory.CreateDirectory(directory["dashboards"]);
        if (prometheus is not null)
        {
            await File.WriteAllTextAsync(directory["provisioning/datasources/prometheus.yml"], $$"""
                apiVersion: 1
                datasources:
                  - { name: Prometheus, uid: prometheus, type: prometheus, url: '{{prometheus}}', isDefault: true }
                """);
        }

        await File.WriteAllTextAsync(directory["provisioning/dashboards/dashboards.yml"], $$"""
            apiVersion: 1
            providers:
              - { name: files, folder: Folder, options: { path: '{{directory["dashboards"]}}' } }
            """);
    }

    /// <summary>Another client, with cookies of its own.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>What it has logged until now, each line as <c>level: message</c>.</summary>
    public async Task<IReadOnlyList<string>> LogAsync()
    {
        // What was written before is there when this is.
        var before = Lines().Count(line => line == FailedLogin);
        using var client = Client();
        client.DefaultRequestHeaders.Authorization = ServiceProcess.Basic(User, "to be logged");
        using var refused = await client.GetAsync(new Uri("/api/search", UriKind.Relative));
        await Eventually.TrueAsync(() => Task.FromResult(Lines().Count(line => line == FailedLogin) > before), "the log has come");
        return [.. Lines()];

        IEnumerable<string> Lines() => _process.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => Category().Replace(line, ": "));
    }

    /// <summary>Gets the login page, then sends its form.</summary>
    public async Task<HttpResponseMessage> LogInAsync(string user = User, string password = Password, string redirectTo = "", HttpClient? browser = null)
    {
        browser ??= Browser;
        var token = Token(await browser.GetStringAsync(new Uri("/login", UriKind.Relative)));
        return await browser.PostAsync(new Uri("/login", UriKind.Relative), Form(("token", token), ("user", user), ("password", password), ("redirectTo", redirectTo)));
    }

    /// <summary>What a page's form sends to show that it is ours.</summary>
    public static string Token(string html) => WebUtility.HtmlDecode(TokenField().Match(html).Groups[1].Value);

    public static FormUrlEncodedContent Form(params IEnumerable<(string Name, string Value)> fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    /// <summary>Gets JSON as the user; anything but success fails.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Api.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ReadAsync(response);
    }

    /// <summary>Reads a metric, without a password, which would wait for its turn behind guesses; 0 when it is not there.</summary>
    public async Task<double> MetricAsync(string name, params (string, string)[] labels) =>
        Exposition.Parse(await Browser.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Value(name, labels) ?? 0;

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return json.RootElement.Clone();
    }

    /// <summary>Expects problem details (RFC 9457).</summary>
    /// <returns>The detail.</returns>
    public static async Task<string> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (await ReadAsync(response)).GetProperty("detail").GetString()!;
    }

    /// <summary>Asks it to end, as the engine does (SIGTERM).</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{Id}"]);
        await kill.WaitForExitAsync();
        return await _process.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Api.Dispose();
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    [GeneratedRegex(@"(?<=^\w{4}): [\w.]+\[-?\d+\] ")]
    private static partial Regex Category();

    [GeneratedRegex("""name="token" value="([^"]+)""")]
    private static partial Regex TokenField();
}
