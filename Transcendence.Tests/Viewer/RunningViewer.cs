using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Transcendence.Viewer;

namespace Transcendence.Tests.Viewer;

/// <summary>A real viewer on a free port, with a provisioning directory of its own, and clients that speak to it.</summary>
internal sealed class RunningViewer : IAsyncDisposable
{
    public const string User = "admin";
    public const string Password = "correct horse";

    private readonly TempDirectory directory;
    private readonly ViewerServer server;
    private readonly CapturedLog log;

    private RunningViewer(ViewerServer server, TempDirectory directory, CapturedLog log)
    {
        this.server = server;
        this.directory = directory;
        this.log = log;
        Browser = Client();
        Api = Client();
        Api.DefaultRequestHeaders.Authorization = Basic(User, Password);
    }

    /// <summary>Keeps cookies, and follows no redirection.</summary>
    public HttpClient Browser { get; }

    /// <summary>Logs in with each request.</summary>
    public HttpClient Api { get; }

    public Uri Address => new(server.Url);

    /// <summary>What it has logged.</summary>
    public IEnumerable<string> Log => log.Lines;

    /// <summary>The absolute path of a file or directory of its configuration.</summary>
    public string this[string path] => directory[path];

    /// <summary>Starts a viewer.</summary>
    /// <param name="prometheus">The address of its data source <c>prometheus</c>; none when omitted.</param>
    /// <param name="prepare">Writes more into the configuration.</param>
    /// <param name="configure">Changes the options.</param>
    public static async Task<RunningViewer> StartAsync(Uri? prometheus = null, Action<TempDirectory>? prepare = null, Func<ViewerOptions, ViewerOptions>? configure = null)
    {
        var directory = new TempDirectory();
        var log = new CapturedLog();
        try
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
            prepare?.Invoke(directory);
            var options = new ViewerOptions
            {
                ListenUrl = "http://127.0.0.1:0",
                ProvisioningDirectory = directory["provisioning"],
                AdminUser = User,
                AdminPassword = Password,
                AllowedHostsSetting = "Test:AllowedHosts",
                Loggers = new LoggerFactory([log]),
            };
            return new RunningViewer(await ViewerServer.StartAsync(configure?.Invoke(options) ?? options), directory, log);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>Another client, with cookies of its own.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };

    public Task<HttpResponseMessage> LogInAsync(string user = User, string password = Password, string redirectTo = "") =>
        Browser.PostAsync(new Uri("/login", UriKind.Relative), Form(("user", user), ("password", password), ("redirectTo", redirectTo)));

    public static FormUrlEncodedContent Form(params IEnumerable<(string Name, string Value)> fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    /// <summary>Gets JSON as the user; anything but success fails.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Api.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ReadAsync(response);
    }

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

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Api.Dispose();
        await server.DisposeAsync();
        directory.Dispose();
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IEnumerable<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel}: {formatter(state, exception)}{exception}");

        public void Dispose()
        {
        }
    }
}
