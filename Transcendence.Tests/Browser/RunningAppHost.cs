using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Transcendence.Tests.Engine;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

#pragma warning disable CA1001 // Disposed of by IAsyncLifetime.
/// <summary>The application as a user starts it, with <c>dotnet run</c>, and a browser beside it.</summary>
public sealed partial class RunningAppHost : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly TempDirectory data = new();
    private readonly HttpClient client = new();
    private AppHostProcess process = null!;

    /// <summary>The password of Grafana's user <c>admin</c>.</summary>
    public const string Password = "only-for-tests";

    /// <summary>The browser.</summary>
    internal ChromiumBrowser Browser { get; } = new();

    /// <summary>The link that the application prints at its start.</summary>
    internal Uri LoginLink => new(Link().Match(process.Output).Value);

    /// <summary>The engine's dashboard.</summary>
    internal Uri Dashboard => new(LoginLink, "/");

    /// <summary>What is at Grafana's port.</summary>
    internal Uri Grafana => Address("grafana");

    /// <summary>The alert inbox.</summary>
    internal Uri Inbox => Address("alerts");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return; // Every test that would use it is skipped.
        }

        await Browser.InitializeAsync();
        process = AppHostProcess.Start(data.FullName, args: ["--Prometheus:ScrapeInterval=1s", "--Prometheus:EvaluationInterval=1s"]);
        await process.SettledAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        client.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        data.Dispose();
    }

    /// <summary>Asks Prometheus whether a query has a result.</summary>
    internal async Task<bool> HasAsync(string promQL) =>
        (await client.GetStringAsync(new Uri(Address("prometheus"), "/api/v1/query?query=" + Uri.EscapeDataString(promQL)))).Contains("\"value\"", StringComparison.Ordinal);

    /// <summary>
    /// Sends requests through the gateway while something is done: of every kind, some to what is not there, some refused, and at first one that fails.
    /// </summary>
    /// <param name="traceId">The trace that the requests belong to, and that their caller records.</param>
    /// <param name="work">What is done meanwhile.</param>
    internal async Task UnderLoadAsync(string traceId, Func<Task> work)
    {
        using (await DatabaseLock.TakeAsync(data[Path.Combine("backend", "backend.db")]))
        {
            using var failed = await CreatePlayerAsync(CancellationToken.None);
            Assert.True((int)failed.StatusCode >= 500, $"A locked database was answered with {(int)failed.StatusCode}.");
        }

        using var end = new CancellationTokenSource();
        var load = LoadAsync(traceId, end.Token);
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

    private async Task LoadAsync(string traceId, CancellationToken cancellationToken)
    {
        string[] paths = ["/api/health", "/api/players", "/api/leaderboard", "/api/matches", "/api/players?page=0", "/api/nothing"];
        for (var round = 0; round < 1500; round++)
        {
            using var created = await CreatePlayerAsync(cancellationToken);
            created.EnsureSuccessStatusCode();
            foreach (var path in paths)
            {
                // W3C Trace Context: the last field says that the caller records.
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address("gateway"), path));
                request.Headers.Add("traceparent", $"00-{traceId}-00f067aa0ba902b7-01");
                using var response = await client.SendAsync(request, cancellationToken);
            }

            await Task.Delay(100, cancellationToken);
        }

        throw new TimeoutException("The load has ended, and what was to be done under it has not.");
    }

    private Task<HttpResponseMessage> CreatePlayerAsync(CancellationToken cancellationToken) =>
        client.PostAsJsonAsync(new Uri(Address("gateway"), "/api/players"), new { name = $"p{Guid.NewGuid():N}"[..12] }, cancellationToken);

    private Uri Address(string resource) => new($"http://localhost:{process.Ports[resource]}/");

    [GeneratedRegex(@"(?<=Login to the dashboard at )\S+")]
    private static partial Regex Link();
}
