using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Processes;

/// <summary>The processes that the file names, under cAdvisor's names.</summary>
public sealed class ProcessesTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] s_metrics =
    [
        "container_cpu_usage_seconds_total", "container_memory_usage_bytes", "container_memory_working_set_bytes", "container_memory_rss",
        "container_start_time_seconds", "container_last_seen", "container_fs_reads_bytes_total", "container_fs_writes_bytes_total",
    ];

    private readonly TempDirectory _directory = new();
    private readonly List<Process> _started = [];
    private ServiceProcess _service = null!;

    private string FilePath => _directory["processes.json"];

    public async Task InitializeAsync() =>
        _service = await ServiceProcess.StartAsync("Transcendence.Processes", new Dictionary<string, string?> { ["Processes__File"] = FilePath }, readyPath: "/healthz");

    public async Task DisposeAsync()
    {
        foreach (var process in _started)
        {
            await EndAsync(process);
            process.Dispose();
        }

        await _service.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    [UnixFact]
    public async Task AProcessIsToldOfUnderTheNamesAndLabelsOfCAdvisor()
    {
        var process = Shell("read line");
        await WriteAsync(("backend", process.Id, new DateTimeOffset(process.StartTime), false));

        var metrics = await ScrapeAsync();

        Assert.Equal(s_metrics.Order(), metrics.Types.Keys.Where(name => name.StartsWith("container_", StringComparison.Ordinal)).Order());
        foreach (var name in s_metrics)
        {
            Assert.Equal(name.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge", metrics.Types[name]);
            var labels = Assert.Single(metrics.Named(name)).Labels;
            Assert.Equal(("backend", "/process/backend", "backend"), (labels["container_label_com_docker_compose_service"], labels["id"], labels["name"]));
            Assert.Equal(name == "container_cpu_usage_seconds_total" ? "total" : null, labels.GetValueOrDefault("cpu"));
            Assert.Equal(name == "container_cpu_usage_seconds_total" ? 4 : 3, labels.Count);
        }

        var started = new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();
        Assert.InRange(Value(metrics, "container_start_time_seconds"), started - 2, started + 2);
        Assert.InRange(Value(metrics, "container_last_seen"), started, started + 60);
        Assert.InRange(Value(metrics, "container_memory_working_set_bytes"), 100_000, 100_000_000);
        Assert.InRange(Value(metrics, "container_cpu_usage_seconds_total"), 0, 5);

        // The service's own, as cAdvisor has them too.
        Assert.NotEmpty(metrics.Named("process_cpu_seconds_total"));
    }

    [UnixFact]
    public async Task WhatAProcessAndItsChildrenUseIsCounted()
    {
        // A child that works and ends, and one that goes on working.
        var process = Shell("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; echo ended; sh -c 'while :; do :; done' & read line");
        Assert.Equal("ended", await process.StandardOutput.ReadLineAsync());
        await WriteAsync(("worker", process.Id, null, false));

        var before = Value(await ScrapeAsync(), "container_cpu_usage_seconds_total");

        Assert.True(before > 0.1, $"The child that ended took {before} s.");
        await Eventually.TrueAsync(
            async () => Value(await ScrapeAsync(), "container_cpu_usage_seconds_total") > before + 0.3, "the child that works is counted");
    }

    [UnixFact]
    public async Task WhatIsWrittenToTheDiskIsCounted()
    {
        const int Bytes = 8 * 1024 * 1024;
        var process = Shell($"dd if=/dev/zero of='{_directory["data"]}' bs=1048576 count={Bytes / 1048576} conv=fsync 2>/dev/null; echo written; read line");
        Assert.Equal("written", await process.StandardOutput.ReadLineAsync());
        await WriteAsync(("database", process.Id, null, false));

        Assert.InRange(Value(await ScrapeAsync(), "container_fs_writes_bytes_total"), Bytes, 2 * Bytes);
    }

    [UnixFact]
    public async Task AProcessThatIsGoneOrWhoseIdIsAnothersIsLeftOut()
    {
        var lives = Shell("read line");
        var ended = Shell("exit");
        await ended.WaitForExitAsync();
        var now = DateTimeOffset.UtcNow;
        await WriteAsync(("lives", lives.Id, now, false), ("gone", ended.Id, now, false), ("reused", lives.Id, now.AddHours(-1), false), ("later", lives.Id, now.AddHours(1), false));

        Assert.Equal(["lives"], Names(await ScrapeAsync()));

        await EndAsync(lives);
        Assert.Empty(Names(await ScrapeAsync()));
    }

    [UnixFact]
    public async Task AResourceThatIsStartedAgainBeginsAtZero()
    {
        var first = Shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read line");
        Assert.Equal("done", await first.StandardOutput.ReadLineAsync());
        await WriteAsync(("backend", first.Id, null, false));
        var before = Value(await ScrapeAsync(), "container_cpu_usage_seconds_total");

        var second = Shell("read line");
        await WriteAsync(("backend", second.Id, null, false));

        Assert.InRange(Value(await ScrapeAsync(), "container_cpu_usage_seconds_total"), 0, before / 2);
    }

    [UnixFact]
    public async Task OfAHostTheServiceInItIsToldOf()
    {
        // As Aspire starts a project where the built program is not started itself.
        var port = FreePort.Next();
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(ServiceProcess.LocateAssembly("Transcendence.Backend"))!));
        var host = Start(new ProcessStartInfo("dotnet", ["run", "--no-build", "--no-launch-profile", "-c", configuration!, "--project", Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Backend")])
        {
            Environment = { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}", ["ConnectionStrings__backend"] = $"Data Source={_directory["backend.db"]}" },
        });
        await WriteAsync(("backend", host.Id, new DateTimeOffset(host.StartTime), true), ("host", host.Id, null, false));
        using var backend = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.TrueAsync(async () => (await backend.GetAsync(new Uri("/alive", UriKind.Relative))).IsSuccessStatusCode, "the backend answers", TimeSpan.FromSeconds(60));

        var metrics = await ScrapeAsync();

        var resident = await backend.SampleAsync("process_resident_memory_bytes");
        Assert.InRange(Value(metrics, "container_memory_rss", "backend"), resident * 0.8, resident * 1.2);
        Assert.InRange(Value(metrics, "container_memory_rss", "host"), resident * 1.3, resident * 10);
        var started = await backend.SampleAsync("process_start_time_seconds");
        Assert.InRange(Value(metrics, "container_start_time_seconds", "backend"), started - 2, started + 2);

        // A wrapper in which nothing runs yet is not taken for the service.
        var waiting = Shell("read line");
        await WriteAsync(("backend", waiting.Id, null, true));
        Assert.Empty(Names(await ScrapeAsync()));
    }

    [Fact]
    public async Task AFileThatIsMissingIsNoFaultAndSaidOnce()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(Names(await ScrapeAsync()));
        }

        using var health = await _service.Client.SendAsync("GET", "/health");
        Assert.Equal(200, (int)health.StatusCode);
        Assert.Equal("ok", await _service.Client.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        await SaidAsync($"There is no file '{FilePath}'", times: 1);
    }

    [Fact]
    public async Task OfAFileThatCannotBeReadTheLastGoodContentStays()
    {
        string[] texts = ["""{ "backend": """, "[]", "null", """{ "backend": null }""", """{ "backend": { "startedAt": null } }""", """{ "backend": { "pid": "one" } }"""];
        for (var i = 0; i < texts.Length; i++)
        {
            await WriteAsync(("tests", Environment.ProcessId, null, false));
            Assert.Equal(["tests"], Names(await ScrapeAsync()));
            await File.WriteAllTextAsync(FilePath, texts[i]);
            Assert.Equal(["tests"], Names(await ScrapeAsync()));
            Assert.Equal(["tests"], Names(await ScrapeAsync()));
            await SaidAsync($"The file '{FilePath}' cannot be read", times: i + 1);
        }

        File.Delete(FilePath);
        Assert.Empty(Names(await ScrapeAsync()));
    }

    [Fact]
    public async Task ThePageShowsTheProcessesAndSaysWhatItCannot()
    {
        await WriteAsync(("<tests>", Environment.ProcessId, null, false));
        using var response = await _service.Client.SendAsync("GET", "/");
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("<td>&lt;tests&gt;<td>" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture), page, StringComparison.Ordinal);
        Assert.Contains("nothing of the network", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTheSettingTheServiceSaysWhatIsMissing()
    {
        await using var bare = ServiceProcess.Launch("Transcendence.Processes");
        Assert.Equal(1, await bare.WaitForExitAsync());
        Assert.Contains("Processes:File is not set", Assert.Single(bare.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private Process Shell(string script) => Start(new ProcessStartInfo("/bin/sh", ["-c", script]));

    private Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true; // On which `read` waits.
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    // As the AppHost does.
    private async Task WriteAsync(params (string Name, int Pid, DateTimeOffset? StartedAt, bool IsHost)[] processes)
    {
        var json = JsonSerializer.Serialize(processes.ToDictionary(
            process => process.Name, process => new { pid = process.Pid, startedAt = process.StartedAt, isHost = process.IsHost }));
        await File.WriteAllTextAsync(FilePath + ".new", json);
        File.Move(FilePath + ".new", FilePath, overwrite: true);
    }

    private async Task<Exposition> ScrapeAsync() => Exposition.Parse(await _service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

    private static IEnumerable<string> Names(Exposition metrics) => metrics.Named("container_last_seen").Select(sample => sample.Labels["name"]);

    private static double Value(Exposition metrics, string metric, string? name = null) =>
        Assert.Single(metrics.Named(metric), sample => name is null || sample.Labels["name"] == name).Value;

    private async Task SaidAsync(string what, int times)
    {
        await Eventually.TrueAsync(() => Task.FromResult(Said() >= times), $"the log says {times} times: {what}");
        Assert.Equal(times, Said());

        int Said() => _service.Output.Split(what).Length - 1;
    }
}
