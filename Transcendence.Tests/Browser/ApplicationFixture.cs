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
    private readonly AspireCli _cli;
    private AppHostProcess _process = null!;

    /// <summary>Creates it; nothing runs yet.</summary>
    public ApplicationFixture() => _cli = new(Directory.CreateDirectory(_directory["home"]).FullName);

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
            _process = AppHostProcess.Start(_directory["data"], environment: _cli.Environment, args: [$"--Monitoring={Monitoring}", $"--Parameters:grafana-admin-password={Application.Password}"]);
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

    /// <inheritdoc cref="AspireCli.RunAsync"/>
    internal Task<string> AspireAsync(params string[] arguments) => _cli.RunAsync(arguments);

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
}
