using Prometheus;

namespace Transcendence.Processes;

/// <summary>What the processes use, under cAdvisor's names and labels, for the same queries to find.</summary>
/// <remarks>
/// The names are those of cAdvisor's documentation, <c>docs/storage/prometheus.md</c>; a process stands for a container, and its resident
/// memory for each of the memory metrics that differ only by what a cgroup counts.
/// </remarks>
internal sealed class ContainerMetrics
{
    private static readonly string[] s_labels = ["container_label_com_docker_compose_service", "id", "name"];

    private readonly ProcessFile _file;
    private readonly Counter _cpu;
    private readonly Counter _reads;
    private readonly Counter _writes;
    private readonly Gauge[] _memory;
    private readonly Gauge _startTime;
    private readonly Gauge _lastSeen;
    private readonly Dictionary<string, (int Pid, DateTimeOffset StartedAt)> _shown = [];

    public ContainerMetrics(IMetricFactory metrics, CollectorRegistry registry, ProcessFile file)
    {
        _file = file;
        _cpu = metrics.CreateCounter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", [.. s_labels, "cpu"]);
        _reads = metrics.CreateCounter("container_fs_reads_bytes_total", "Cumulative count of bytes read", s_labels);
        _writes = metrics.CreateCounter("container_fs_writes_bytes_total", "Cumulative count of bytes written", s_labels);
        _memory =
        [
            metrics.CreateGauge("container_memory_usage_bytes", "Current memory usage in bytes, including all memory regardless of when it was accessed", s_labels),
            metrics.CreateGauge("container_memory_working_set_bytes", "Current working set in bytes.", s_labels),
            metrics.CreateGauge("container_memory_rss", "Size of RSS in bytes.", s_labels),
        ];
        _startTime = metrics.CreateGauge("container_start_time_seconds", "Start time of the container since unix epoch in seconds.", s_labels);
        _lastSeen = metrics.CreateGauge("container_last_seen", "Last time a container was seen by the exporter", s_labels);
        registry.AddBeforeCollectCallback(Update);
    }

    private void Update()
    {
        lock (_shown)
        {
            var usages = _file.ReadUsage();
            foreach (var (name, shown) in _shown)
            {
                // A counter of a process that was started again begins at zero, as a container's does.
                if (!usages.Any(process => process.Name == name && (process.Usage.Pid, process.Usage.StartedAt) == shown))
                {
                    Remove(name);
                }
            }

            foreach (var (name, usage) in usages)
            {
                var labels = LabelsOf(name);
                _shown[name] = (usage.Pid, usage.StartedAt);
                _cpu.WithLabels([.. labels, "total"]).IncTo(usage.CpuTime.TotalSeconds);
                Array.ForEach(_memory, gauge => gauge.WithLabels(labels).Set(usage.ResidentBytes));
                _startTime.WithLabels(labels).Set(usage.StartedAt.ToUnixTimeMilliseconds() / 1000.0);
                _lastSeen.WithLabels(labels).SetToCurrentTimeUtc();
                if (usage is { ReadBytes: { } read, WrittenBytes: { } written })
                {
                    _reads.WithLabels(labels).IncTo(read);
                    _writes.WithLabels(labels).IncTo(written);
                }
            }
        }
    }

    private void Remove(string name)
    {
        var labels = LabelsOf(name);
        _shown.Remove(name);
        _cpu.RemoveLabelled([.. labels, "total"]);
        Array.ForEach([_reads, _writes], counter => counter.RemoveLabelled(labels));
        Array.ForEach([.. _memory, _startTime, _lastSeen], gauge => gauge.RemoveLabelled(labels));
    }

    private static string[] LabelsOf(string name) => [name, $"/process/{name}", name];
}
