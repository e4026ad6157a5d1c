using System.Net;
using System.Net.Http.Json;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

/// <summary>A backend in a process of its own, with a database of its own.</summary>
public class BackendService : IAsyncLifetime, IDisposable
{
    private static int s_names;

    private readonly TempDirectory _directory = new();
    private ServiceProcess? _process;

    /// <summary>What to do where it cannot be; <see langword="null"/> where it can.</summary>
    private protected virtual string? WhyMissing => null;

    /// <summary>For tests that do no harm to the process: they share one.</summary>
    public const string Shared = "backend";

    /// <summary>A client of it. A test that asks for it where it cannot be is skipped.</summary>
    public HttpClient Client
    {
        get
        {
            Skip.If(WhyMissing is not null, WhyMissing);
            return _process!.Client;
        }
    }

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _process = await StartProcessAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected string Database => _directory["backend.db"];

    private protected virtual Task<ServiceProcess> StartProcessAsync() => StartAsync(Database);

    internal static Task<ServiceProcess> StartAsync(string database, int? port = null, string options = "") =>
        ServiceProcess.StartAsync("Transcendence.Backend", Settings(database, options), port);

    internal static Dictionary<string, string?> Settings(string database, string options = "") =>
        new() { ["ConnectionStrings__backend"] = $"Data Source={database};{options}" };

    /// <summary>A name that no other test uses.</summary>
    public static string NewName() => "player-" + Interlocked.Increment(ref s_names).ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds a player and gives the id.</summary>
    public Task<long> AddPlayerAsync() => Client.AddPlayerAsync();
}

[CollectionDefinition(BackendService.Shared)]
public sealed class BackendServiceDefinition : ICollectionFixture<BackendService>;

/// <summary>The backend's API as a client uses it.</summary>
internal static class BackendClient
{
    public static async Task<long> AddPlayerAsync(this HttpClient client)
    {
        using var response = await client.PostJsonAsync("/api/players", new { name = BackendService.NewName() });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.JsonAsync()).Number("id");
    }

    public static Task<HttpResponseMessage> PostMatchAsync(this HttpClient client, long player1, long player2, int score1, int score2) =>
        client.PostJsonAsync("/api/matches", new { player1Id = player1, player2Id = player2, player1Score = score1, player2Score = score2 });

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, object body) =>
        client.PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body));

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
        return await response.JsonAsync();
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The value of a sample at <c>/metrics</c>; 0 when there is none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="series">The name and the labels, as the exposition has them.</param>
    public static async Task<double> SampleAsync(this HttpClient client, string series)
    {
        var lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
        var line = lines.SingleOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[series.Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends what may be no JSON at all.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, string method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Asserts that an answer is Problem Details with a status, and gives them.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"Expected {status}, got {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("title").GetString()));
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal); // No stack trace.
        return problem;
    }

    /// <summary>The names of the fields at fault.</summary>
    public static string[] Faults(this JsonElement problem) =>
        problem.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name)] : [];

    public static long Number(this JsonElement element, string property) => element.GetProperty(property).GetInt64();

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static JsonElement[] Items(this JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];
}
