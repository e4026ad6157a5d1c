using System.Net;
using System.Net.Http.Json;
using Transcendence.Faults;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Drills;

/// <summary>A backend with a fault point, as the AppHost loads it.</summary>
public sealed class FaultyBackend : BackendService
{
    /// <summary>The secret.</summary>
    public const string Secret = "only-for-tests";

    private protected override Task<ServiceProcess> StartProcessAsync()
    {
        var settings = Settings(Database);
        settings["DOTNET_STARTUP_HOOKS"] = typeof(FaultsStartup).Assembly.Location;
        settings["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(FaultsStartup).Assembly.GetName().Name;
        settings[FaultsStartup.Variable] = Secret;
        return ServiceProcess.StartAsync("Transcendence.Backend", settings);
    }
}

/// <summary>What a fault point does to a service, and who may have it done.</summary>
public sealed class FaultPointTests(FaultyBackend backend) : IClassFixture<FaultyBackend>, IAsyncLifetime
{
    private const string Players = "/api/players";

    private HttpClient Client => backend.Client;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        using var ended = await SendAsync(HttpMethod.Delete);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    public async Task WithoutTheSecretNothingIsBroken(string? secret)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            using var refused = await SendAsync(method, new { Errors = 1, LeaseSeconds = 30 }, secret);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        Assert.Equal(0, await FailuresOfAsync(4));
    }

    [Theory]
    [InlineData("""{"errors":1.5,"leaseSeconds":5}""", "Errors is 1.5")]
    [InlineData("""{"latencyMilliseconds":-1,"leaseSeconds":5}""", "LatencyMilliseconds is -1")]
    [InlineData("""{"databaseMilliseconds":99999,"leaseSeconds":5}""", "DatabaseMilliseconds is 99999")]
    [InlineData("""{"busyCores":1000,"leaseSeconds":5}""", "BusyCores is 1000")]
    [InlineData("""{"heldMegabytes":1000000,"leaseSeconds":5}""", "HeldMegabytes is 1000000")]
    [InlineData("""{"freeDisk":2,"leaseSeconds":5}""", "FreeDisk is 2")]
    [InlineData("""{"errors":1}""", "LeaseSeconds is 0")]
    [InlineData("""{"errors":1,"leaseSeconds":3600}""", "LeaseSeconds is 3600")]
    [InlineData("""{"errors":"all"}""", "The body is not what it has to be")]
    [InlineData("null", "The body is null")]
    public async Task WhatCannotBeDoneIsNamed(string body, string reason)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(FaultsStartup.Path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(FaultsStartup.Header, FaultyBackend.Secret);
        using var refused = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(reason, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await FailuresOfAsync(2));
    }

    [Fact]
    public async Task AShareOfRequestsFailsWhereTheyAreCountedAndProbesDoNot()
    {
        var before = await CountAsync("500");
        await BreakAsync(new() { Errors = 0.25 });
        Assert.Equal(5, await FailuresOfAsync(20));
        Assert.Equal(5, await CountAsync("500") - before);
        using var health = await Client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        using var ended = await SendAsync(HttpMethod.Delete);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(0, await FailuresOfAsync(8));
    }

    [Fact]
    public async Task RequestsAndCommandsOfTheDatabaseTakeLonger()
    {
        var (requests, commands) = (await SumAsync("http_request_duration_seconds_sum", "route=\"/api/players\""), await SumAsync("db_query_duration_seconds_sum", "operation=\"select\""));
        await BreakAsync(new() { LatencyMilliseconds = 300, DatabaseMilliseconds = 200 });
        Assert.Equal(0, await FailuresOfAsync(2));
        Assert.True(await SumAsync("http_request_duration_seconds_sum", "route=\"/api/players\"") - requests >= 1.0); // Twice 300 ms, and a command of 200 ms at least.
        Assert.True(await SumAsync("db_query_duration_seconds_sum", "operation=\"select\"") - commands >= 0.4);
    }

    [Fact]
    public async Task MemoryIsHeldProcessorsAreBusyAndTheDiskSeemsFullUntilTheEnd()
    {
        var before = await SampleAsync("process_resident_memory_bytes");
        await BreakAsync(new() { HeldMegabytes = 300, BusyCores = 1, FreeDisk = 0.02 });
        await Eventually.TrueAsync(async () => await SampleAsync("process_resident_memory_bytes") > before + 250e6, "the memory is held");
        var busy = await SampleAsync("process_cpu_seconds_total");
        await Eventually.TrueAsync(async () => await SampleAsync("process_cpu_seconds_total") > busy + 0.5, "a processor is busy");
        Assert.Equal(0.02, await SampleAsync("transcendence_data_free_bytes") / await SampleAsync("transcendence_data_size_bytes"), 6);

        using var ended = await SendAsync(HttpMethod.Delete);
        await Eventually.TrueAsync(async () => await SampleAsync("process_resident_memory_bytes") < before + 150e6, "the memory is given back");
        Assert.NotEqual(0.02, await SampleAsync("transcendence_data_free_bytes") / await SampleAsync("transcendence_data_size_bytes"), 3);
    }

    [Fact]
    public async Task AllEndsByItselfWhenNobodyWishesItAnyMore()
    {
        await BreakAsync(new() { Errors = 1, HeldMegabytes = 10, LeaseSeconds = 0.5 });
        await Eventually.TrueAsync(async () => await FailuresOfAsync(1) == 0, "the lease has ended");
        using var now = await SendAsync(HttpMethod.Get);
        Assert.Equal(new ServiceFaults(), await now.Content.ReadFromJsonAsync<ServiceFaults>());
    }

    [Fact]
    public async Task AServiceByItselfHasNone()
    {
        using var directory = new TempDirectory();
        await using var service = await BackendService.StartAsync(directory["backend.db"]);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(FaultsStartup.Path, UriKind.Relative)) { Content = JsonContent.Create(new ServiceFaults { Errors = 1, LeaseSeconds = 30 }) };
        request.Headers.Add(FaultsStartup.Header, FaultyBackend.Secret);
        using var missing = await service.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        // Nor could it: what is built and published of it does not have the code.
        var program = ServiceProcess.LocateAssembly("Transcendence.Backend");
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(program)!), file => Path.GetFileName(file).Contains("Faults", StringComparison.Ordinal));
        Assert.DoesNotContain("Transcendence.Faults", await File.ReadAllTextAsync(Path.ChangeExtension(program, ".deps.json")), StringComparison.Ordinal);
    }

    private async Task BreakAsync(ServiceFaults faults)
    {
        using var done = await SendAsync(HttpMethod.Put, faults.LeaseSeconds > 0 ? faults : faults with { LeaseSeconds = 60 });
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, object? body = null, string? secret = FaultyBackend.Secret)
    {
        var request = new HttpRequestMessage(method, new Uri(FaultsStartup.Path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        if (secret is not null)
        {
            request.Headers.Add(FaultsStartup.Header, secret);
        }

        return Client.SendAsync(request);
    }

    private async Task<int> FailuresOfAsync(int requests)
    {
        var failures = 0;
        for (var i = 0; i < requests; i++)
        {
            using var response = await Client.GetAsync(new Uri(Players, UriKind.Relative));
            failures += response.StatusCode == HttpStatusCode.InternalServerError ? 1 : 0;
        }

        return failures;
    }

    private Task<double> CountAsync(string status) => SumAsync("http_request_duration_seconds_count", $"route=\"/api/players\"", $"status_code=\"{status}\"");

    private Task<double> SampleAsync(string name) => SumAsync(name);

    private async Task<double> SumAsync(string name, params string[] labels) => (await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
        .Where(line => (line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal)) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line.Split(" # ")[0].Split(' ')[^1], CultureInfo.InvariantCulture));
}
