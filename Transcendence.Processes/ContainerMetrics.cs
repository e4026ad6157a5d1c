using Prometheus;

namespace Transcendence.Processes;

/// <summary>What the processes use, under cAdvisor's names and labels, for the same queries to find.</summary>
/// <remarks>
/// The names are those of cAdvisor's documentation, <c>docs/storage/prometheus.md</c>; a process stands for a container, and its resident
/// memory for each of the memory metrics that differ only by what a cgroup counts.
/// </remarks>
internal sealed class ContainerMetrics
{
    private readonly (Counter Counter, Func<ProcessUsage, double?> Value)[] _counters;
    private readonly (Gauge Gauge, Func<ProcessUsage, double> Value)[] _gauges;
    private readonly Dictionary<string, (int Pid, DateTimeOffset StartedAt)> _shown = [];

    public ContainerMetrics(IMetricFactory metrics, CollectorRegistry registry, ProcessFile file)
    {
        string[] labels = ["container_label_com_docker_compose_service", "id", "name"];
        var allCpus = metrics.WithLabels(new Dictionary<string, string> { ["cpu"] = "total" });
        _counters =
        [
            (allCpus.CreateCounter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", labels), usage => usage.CpuTime.TotalSeconds),
            (metrics.CreateCounter("container_fs_reads_bytes_total", "Cumulative count of bytes read", labels), usage => usage.ReadBytes),
            (metrics.CreateCounter("container_fs_writes_bytes_total", "Cumulative count of bytes written", labels), usage => usage.WrittenBytes),
        ];
        _gauges =
        [
            (Gauge("container_memory_usage_bytes", "Current memory usage in bytes, including all memory regardless of when it was accessed"), p => p.ResidentBytes),
            (Gauge("container_memory_working_set_bytes", "Current working set in bytes."), usage => usage.ResidentBytes),
            (Gauge("container_memory_rss", "Size of RSS in bytes."), usage => usage.ResidentBytes),
            (Gauge("container_start_time_seconds", "Start time of the container since unix epoch in seconds."), usage => Seconds(usage.StartedAt)),
            (Gauge("container_last_seen", "Last time a container was seen by the exporter"), _ => Seconds(DateTimeOffset.UtcNow)),
        ];
        registry.AddBeforeCollectCallback(() => Update(file));

        Gauge Gauge(string name, string help) => metrics.CreateGauge(name, help, labels);
        static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
    }

    private void Update(ProcessFile file)
    {
        lock (_shown)
        {
            var usages = file.ReadUsage();
            // A counter of a process that was started again begins at zero, as a container's does.
            foreach (var (name, _) in _shown.Where(shown => !usages.Any(p => p.Name == shown.Key && (p.Usage.Pid, p.Usage.StartedAt) == shown.Value)))
            {
                _shown.Remove(name);
                Array.ForEach(_counters, metric => metric.Counter.RemoveLabelled(LabelsOf(name)));
                Array.ForEach(_gauges, metric => metric.Gauge.RemoveLabelled(LabelsOf(name)));
            }

            foreach (var (name, usage) in usages)
            {
                _shown[name] = (usage.Pid, usage.StartedAt);
                Array.ForEach(_gauges, metric => metric.Gauge.WithLabels(LabelsOf(name)).Set(metric.Value(usage)));
                foreach (var metric in _counters.Where(metric => metric.Value(usage) is not null))
                {
                    metric.Counter.WithLabels(LabelsOf(name)).IncTo(metric.Value(usage)!.Value);
                }
            }
        }
    }

    private static string[] LabelsOf(string name) => [name, $"/process/{name}", name];
}
