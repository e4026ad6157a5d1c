using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Metrics;

/// <summary>What a real service exposes beside its requests.</summary>
public class ProcessMetricsTests
{
    [Fact]
    public async Task AServiceExposesItsProcessAndNothingThatTheContractDoesNotName()
    {
        using var directory = new TempDirectory();
        await using var service = await ServiceProcess.StartAsync(
            "Transcendence.Backend", new Dictionary<string, string?> { ["ConnectionStrings__backend"] = $"Data Source={directory["backend.db"]}" });

        var metrics = Exposition.Parse(await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

        string[] everywhere = ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds", "process_virtual_memory_bytes"];
        string[] descriptors = OperatingSystem.IsLinux() ? ["process_max_fds", "process_open_fds"] : OperatingSystem.IsMacOS() ? ["process_open_fds"] : [];
        var process = metrics.Types.Where(type => type.Key.StartsWith("process_", StringComparison.Ordinal)).ToDictionary();
        Assert.Equal(everywhere.Concat(descriptors).Order(), process.Keys.Order());
        Assert.All(process, type => Assert.Equal(type.Key == "process_cpu_seconds_total" ? "counter" : "gauge", type.Value));
        Assert.All(
            metrics.Types.Keys.Except(process.Keys),
            name => Assert.True(
                name is "http_request_duration_seconds" or "http_requests_total" or "http_requests_in_progress" or "db_query_duration_seconds"
                || name.StartsWith("transcendence_", StringComparison.Ordinal),
                $"{name} is not in the contract"));

        // Of the service, not of the library that tells it.
        var build = System.Diagnostics.FileVersionInfo.GetVersionInfo(Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Backend", "bin", ServiceProcess.Configuration, "net10.0", "Transcendence.Backend.dll")).ProductVersion!.Split('+');
        Assert.Equal(1, metrics.Value("transcendence_build_info", ("version", build[0]), ("revision", build.ElementAtOrDefault(1) ?? "")));
    }

    [Fact]
    public async Task TheValuesAreThoseOfTheProcess()
    {
        await using var app = await MeasuredApp.StartAsync(_ => { });
        var before = Environment.CpuUsage.TotalTime;

        var metrics = await app.ScrapeAsync();

        Assert.InRange(metrics.Value("process_cpu_seconds_total")!.Value, before.TotalSeconds, Environment.CpuUsage.TotalTime.TotalSeconds);
        Assert.InRange(metrics.Value("process_resident_memory_bytes")!.Value, 10e6, 10e9);
        Assert.InRange(metrics.Value("process_virtual_memory_bytes")!.Value, metrics.Value("process_resident_memory_bytes")!.Value, 1e15);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        Assert.InRange(metrics.Value("process_start_time_seconds")!.Value, started - 1, started + 1);
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(metrics.Value("process_open_fds")!.Value, 3, metrics.Value("process_max_fds")!.Value);
        }
    }

    [Fact]
    public async Task OpenFilesAreCounted()
    {
        const int Files = 500; // More than all that happens beside this test.
        using var directory = new TempDirectory();
        await using var app = await MeasuredApp.StartAsync(_ => { });
        var before = (await app.ScrapeAsync()).Value("process_open_fds");

        var open = Enumerable.Range(0, Files).Select(i => File.Create(directory[$"{i}"])).ToArray();
        var during = (await app.ScrapeAsync()).Value("process_open_fds");
        Array.ForEach(open, file => file.Dispose());

        if (OperatingSystem.IsWindows())
        {
            Assert.Null(during); // Handles are not file descriptors.
        }
        else
        {
            Assert.InRange(during!.Value - before!.Value, Files / 2, Files * 2);
        }
    }
}
