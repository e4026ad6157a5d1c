using System.Net.Http.Json;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

#pragma warning disable CA1001 // Disposed of by IAsyncLifetime.
/// <summary>The application as a user starts it, with <c>dotnet run</c>, scraped every second; beside it a browser, and the Aspire CLI.</summary>
[CollectionDefinition(Name)]
public sealed class ApplicationFixture : IAsyncLifetime, ICollectionFixture<ApplicationFixture>
#pragma warning restore CA1001
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "application with its dashboard";

    private readonly TempDirectory _directory = new();
    private readonly HttpClient _client = new();
    private readonly Dictionary<string, string?> _environment;
    private AppHostProcess _process = null!;
    private Task? _restored;

    /// <summary>Creates it; nothing runs yet.</summary>
    public ApplicationFixture()
    {
        // A home of its own: that is where the Aspire CLI looks for running AppHosts, and other tests run this one too.
        Directory.CreateDirectory(_directory["home"]);
        _environment = new()
        {
            ["DOTNET_CLI_HOME"] = Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ["HOME"] = _directory["home"],
            ["DOTNET_NOLOGO"] = "1",
        };
    }

    /// <summary>The browser.</summary>
    internal ChromiumBrowser Browser { get; } = new();

    /// <summary>The link that the application prints at its start.</summary>
    internal Uri LoginLink => _process.LoginLink;

    /// <summary>Aspire's dashboard.</summary>
    internal Uri Dashboard => Address("dashboard");

    /// <summary>What is at Grafana's port.</summary>
    internal Uri Grafana => Address("grafana");

    /// <summary>The application's copy of <c>monitoring/</c>, which tests may change.</summary>
    internal string Monitoring => _directory["monitoring"];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Application.CopyMonitoring(Monitoring);
        try
        {
            await Browser.InitializeAsync();
            _process = AppHostProcess.Start(_directory["data"], environment: _environment, args: [$"--Monitoring={Monitoring}", $"--Parameters:grafana-admin-password={Application.Password}"]);
            await _process.ReadyAsync();
            await _process.PrintedAsync("Login to the dashboard at ");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _client.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _directory.Dispose();
    }

    /// <summary>The address of an endpoint.</summary>
    internal Uri Address(string name, string path = "/") => _process.Address(name, path);

    /// <summary>Asks Prometheus whether a query has a result.</summary>
    internal async Task<bool> HasAsync(string promQL) =>
        (await _client.GetStringAsync(Address("prometheus", "/api/v1/query?query=" + Uri.EscapeDataString(promQL)))).Contains("\"value\"", StringComparison.Ordinal);

    /// <summary>Runs the Aspire CLI as a user does: in the repository's root.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has all that it wrote.</exception>
    internal async Task<string> AspireAsync(params string[] arguments)
    {
        await (_restored ??= DotnetAsync("tool", "restore"));
        return await DotnetAsync(["aspire", .. arguments, "--nologo", "--non-interactive"]);
    }

    /// <summary>
    /// Sends requests through the gateway while something is done: of every kind, some to what is not there, some refused, and at first one that fails.
    /// </summary>
    internal async Task UnderLoadAsync(Func<Task> work)
    {
        using (await DatabaseLock.TakeAsync(Path.Combine(_directory["data"], "backend", "backend.db")))
        {
            using var failed = await CreatePlayerAsync(CancellationToken.None);
            Assert.True((int)failed.StatusCode >= 500, $"A locked database was answered with {(int)failed.StatusCode}.");
        }

        using var end = new CancellationTokenSource();
        var load = LoadAsync(end.Token);
        try
        {
            await Task.WhenAny(work(), load).Unwrap();
        }
        finally
        {
            await end.CancelAsync();
            await load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        string[] paths = ["/api/health", "/api/players", "/api/leaderboard", "/api/matches", "/api/players?page=0", "/api/nothing"];
        while (true)
        {
            using var created = await CreatePlayerAsync(cancellationToken);
            created.EnsureSuccessStatusCode();
            foreach (var path in paths)
            {
                using var response = await _client.GetAsync(Address("gateway", path), cancellationToken);
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private Task<HttpResponseMessage> CreatePlayerAsync(CancellationToken cancellationToken) =>
        _client.PostAsJsonAsync(Address("gateway", "/api/players"), new { name = $"p{Guid.NewGuid():N}"[..12] }, cancellationToken);

    private async Task<string> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = ServiceProcess.RepositoryRoot, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', arguments)} did not end. It wrote:\n{await output}{await error}");
        }

        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await error}");
    }
}
