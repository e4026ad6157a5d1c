using System.Reflection;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Which build runs (<c>transcendence_build_info</c>, by whose change a deploy is seen), and the <c>process_*</c> metrics, as the conventions for Prometheus clients name and define them. What an operating system does
/// not tell is left out: the limit of open files anywhere but on Linux, the number of open files also on Windows.
/// </summary>
internal static class ProcessMetrics
{
    public static void Register(CollectorRegistry registry)
    {
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        var cpu = factory.CreateCounter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
        var resident = factory.CreateGauge("process_resident_memory_bytes", "Resident memory size in bytes.");
        var virtualMemory = factory.CreateGauge("process_virtual_memory_bytes", "Virtual memory size in bytes.");
        registry.AddBeforeCollectCallback(() =>
        {
            var memory = OwnProcess.ReadMemory();
            cpu.IncTo(Environment.CpuUsage.TotalTime.TotalSeconds);
            resident.Set(memory.Resident);
            virtualMemory.Set(memory.Virtual);
        });

        using (var process = Process.GetCurrentProcess())
        {
            factory.CreateGauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
                .SetToTimeUtc(process.StartTime.ToUniversalTime());
        }

        // VERSION+REVISION, as the SDK writes it from git.
        var build = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', 2) ?? [];
        factory.CreateGauge("transcendence_build_info", "Always 1; its labels say which build of the service runs.", "version", "revision")
            .WithLabels(build.ElementAtOrDefault(0) ?? "", build.ElementAtOrDefault(1) ?? "").Set(1);

        if (!OperatingSystem.IsWindows())
        {
            var open = factory.CreateGauge("process_open_fds", "Number of open file descriptors.");
            registry.AddBeforeCollectCallback(() => open.Set(OwnProcess.CountOpenFiles()));
        }

        if (OperatingSystem.IsLinux())
        {
            factory.CreateGauge("process_max_fds", "Maximum number of open file descriptors.").Set(OwnProcess.ReadOpenFilesLimit());
        }
    }
}
