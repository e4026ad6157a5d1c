using Transcendence.Hosting.Processes;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Processes;

public sealed class ProcessUsageTests : IAsyncDisposable
{
    private readonly ProcessSupervisor _supervisor = new();

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    [UnixFact]
    public async Task A_busy_process_uses_CPU_time_and_memory()
    {
        var process = Start("while :; do :; done");

        await UsesCpu(process, TimeSpan.FromMilliseconds(200));

        var usage = ProcessUsageReader.Read(process.Id)!.Value;
        Assert.InRange(usage.ResidentBytes, 100_000, 100_000_000);
        Assert.InRange(usage.StartTime, process.StartTime.AddSeconds(-5), process.StartTime.AddSeconds(5));
    }

    [UnixFact]
    public async Task Children_count()
    {
        var process = Start("(while :; do :; done) & wait");

        await UsesCpu(process, TimeSpan.FromMilliseconds(200));
    }

    [UnixFact]
    public async Task The_time_of_children_that_have_ended_is_kept_on_Linux()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // As ProcessUsageReader says.
        }

        var done = new TaskCompletionSource();
        var process = Start(
            "(i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done); echo done; exec sleep 1000", (_, _) => done.TrySetResult());
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(ProcessUsageReader.Read(process.Id)!.Value.CpuTime > TimeSpan.FromMilliseconds(50));
    }

    [UnixFact]
    public async Task A_process_that_has_ended_uses_nothing()
    {
        var process = Start("exit");
        await process.Exited.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Null(ProcessUsageReader.Read(process.Id));
    }

    private static Task UsesCpu(SupervisedProcess process, TimeSpan time) => Eventually.TrueAsync(
        () => Task.FromResult(ProcessUsageReader.Read(process.Id)!.Value.CpuTime > time), $"the process has used {time}");

    private SupervisedProcess Start(string script, Action<string, bool>? onOutput = null) => _supervisor.Start(
        new ProcessSpec { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/" },
        onOutput ?? ((_, _) => { }));
}
