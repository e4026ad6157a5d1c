using System.Text.RegularExpressions;
using Transcendence.Faults;

namespace Transcendence.AppHost.Drills;

/// <summary>All drills.</summary>
internal static partial class DrillList
{
    private static readonly DrillArgument s_rate = new("rate", "Requests a second", "10", 1, 200);
    private static readonly DrillArgument s_route = new("route", "Path of the requests", "/api/players");

    private static readonly int s_cores = Math.Max(2, Environment.ProcessorCount);

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // Longer than a service takes to stop, or the application to see that it was killed.
    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(15);

    private static readonly string[] s_pipeline = ["monitoring/17", "monitoring/18"];

    // What a memory that grows is compared with: three hours of a process, of which the first is its warm-up.
    private static readonly TimeSpan s_memoryHistory = TimeSpan.FromHours(3);

    /// <summary>In an order in which each leaves what the next needs: what starts the backend anew comes last, as the memory's needs a long life.</summary>
    public static IReadOnlyList<Drill> All { get; } =
    [
        new("backend", "drill-load", "Drill: load", "Requests come at a steady rate.", new QuietSignal(), async (run, token) =>
        {
            var traffic = await SendTrafficAsync(run, token);
            run.OnEnd(() =>
            {
                if (!traffic.IsWell)
                {
                    run.Fail("Not every request succeeded.");
                }

                return Task.CompletedTask;
            });
        })
        {
            // As long as the slowest of the alerts on requests takes.
            Arguments = [s_rate with { Default = "20" }, new("seconds", "For how many seconds; in a rehearsal so many times less", "600", 1, 3600), s_route],
            Lasts = run => TimeSpan.FromSeconds(run.Number("seconds")) / run.Services.GetRequiredService<Rehearsal>().Speed,
            Panels = ["ft_transcendence/8", "ft_transcendence/9"],
        },
        new("backend", "drill-errors", "Drill: errors", "A share of the backend's answers is 500.", new AlertSignal("HighErrorRate", "backend"), WithTraffic(run => new() { Errors = run.Number("percent") / 100 }))
        {
            Arguments = [new("percent", "Of a hundred requests, how many fail", "50", 10, 100), s_rate, s_route],
        },
        new("backend", "drill-latency", "Drill: latency", "The backend answers later.", new AlertSignal("HighLatencyP95", "backend"), WithTraffic(run => new() { LatencyMilliseconds = (int)run.Number("milliseconds") }))
        {
            Arguments = [new("milliseconds", "How much later, in milliseconds", "1000", 600, 10_000), s_rate, s_route],
        },
        new("backend", "drill-database", "Drill: slow database", "Each command of the backend's database takes longer.", new AlertSignal("SlowDatabase", "backend"), WithTraffic(run => new() { DatabaseMilliseconds = (int)run.Number("milliseconds") }))
        {
            Arguments = [new("milliseconds", "How much longer, in milliseconds", "500", 300, 5_000), s_rate with { Default = "5" }, s_route],
        },
        new("backend", "drill-disk", "Drill: disk nearly full", "The backend says that its volume is nearly full.", new AlertSignal("DiskFilling", "backend"), WithFault(run => new() { FreeDisk = run.Number("percent") / 100 }))
        {
            Arguments = [new("percent", "Of a hundred bytes, how many are free", "2", 0, 4)],
            Remark = "Nothing was written to the disk: the backend reported another number, as a disk that is full would harm whoever shares it.",
        },
        new("backend", "drill-cpu", "Drill: busy processor", "The backend keeps processors busy.", new AlertSignal("HighCpu", "backend"), WithFault(run => new() { BusyCores = (int)run.Number("cores") }))
        {
            Arguments = [new("cores", "How many", s_cores.ToString(CultureInfo.InvariantCulture), 1, s_cores)],
            Remark = "What else runs on the machine has its share of the processors: where that leaves less than the rule wants, it does not fire.",
        },
        new("prometheus", "drill-cut", "Drill: cut from Alertmanager", "Prometheus does not reach Alertmanager: it is told a wrong address.", new AllOf(new OverdueSignal(), new AlertSignal("AlertmanagerNotReached", "prometheus") { IsToldLater = true }),
            (run, token) => EditAsync(run, "prometheus.yml", text => AlertmanagerAddresses().Replace(text, "'127.0.0.1:9'"), "no address of an Alertmanager", token))
        {
            Panels = s_pipeline,
        },
        new("prometheus", "drill-watchdog", "Drill: no Watchdog", "The rule Watchdog does not fire any more.", new OverdueSignal(),
            (run, token) => EditAsync(run, "pipeline.yml", text => WatchdogRule().Replace(text, "vector(0) > 1"), "no rule Watchdog", token))
        {
            Panels = s_pipeline,
        },
        new("gateway", "drill-down", "Drill: gateway down", "The gateway is stopped.", new AlertSignal("TargetDown", "gateway"), StopAsync),
        new("backend", "drill-memory", "Drill: growing memory", "The backend holds memory for nothing.", new AlertSignal("MemoryGrowth", "backend"), WithFault(run => new() { HeldMegabytes = (int)run.Number("megabytes") }))
        {
            Arguments = [new("megabytes", "How much, in 10⁶ bytes", "400", 200, 4_000)],
            FindBeginAsync = FindAgeAsync,
        },
        new("backend", "drill-down", "Drill: backend down", "The backend is stopped.", new AlertSignal("BackendDown", "backend"), StopAsync),
        new("backend", "drill-crash", "Drill: crash loop", "The backend is killed three times, and started again each time.", new AlertSignal("CrashLoop", "backend"), CrashAsync),
    ];

    private static Func<DrillRun, CancellationToken, Task> WithFault(Func<DrillRun, ServiceFaults> faults) => (run, token) => FaultClient.BreakAsync(run, faults(run), token);

    private static Func<DrillRun, CancellationToken, Task> WithTraffic(Func<DrillRun, ServiceFaults> faults) => async (run, token) =>
    {
        await SendTrafficAsync(run, token);
        await FaultClient.BreakAsync(run, faults(run), token);
    };

    private static async Task<Traffic> SendTrafficAsync(DrillRun run, CancellationToken cancellationToken)
    {
        var traffic = new Traffic(new Uri(run.Observer.EndpointOf("gateway").Url + run.Arguments["route"]), run.Number("rate"));
        await traffic.TryAsync(cancellationToken);
        run.OnEnd(() =>
        {
            run.Note(traffic.Describe());
            return Task.CompletedTask;
        });
        run.Meanwhile(traffic.RunAsync);
        return traffic;
    }

    private static async Task EditAsync(DrillRun run, string file, Func<string, string> edit, string missing, CancellationToken cancellationToken)
    {
        var found = false;
        IAsyncDisposable undo;
        try
        {
            undo = await run.Observer.Prometheus.EditConfigurationAsync(run.Services, Edit, cancellationToken);
        }
        catch (Exception e) when (e is DistributedApplicationException or HttpRequestException)
        {
            throw new DrillException($"Prometheus was not to be given another configuration: {e.Message}", e);
        }

        run.OnEnd(() => undo.DisposeAsync().AsTask());
        if (!found)
        {
            throw new DrillException($"{file} has {missing} that could be changed. Write it as in the original of monitoring/prometheus/{file}.");
        }

        string Edit(string path, string text)
        {
            var changed = path == file ? edit(text) : text;
            found |= changed != text;
            return changed;
        }
    }

    private static async Task StopAsync(DrillRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        run.OnEnd(() => StartAsync(run, CancellationToken.None));
        await CommandAsync(run, KnownResourceCommands.StopCommand, CancellationToken.None); // Half of it could not be mended.
    }

    private static async Task CrashAsync(DrillRun run, CancellationToken cancellationToken)
    {
        var isDown = false;
        run.OnEnd(() => isDown ? StartAsync(run, CancellationToken.None) : Task.CompletedTask);
        for (var crash = 1; crash <= 3; crash++)
        {
            var startedAt = await run.Observer.QueryAsync(StartOf(run), cancellationToken);
            isDown = true;
            Kill(run);
            await StartAsync(run, cancellationToken);
            isDown = false;
            run.Say(string.Create(CultureInfo.InvariantCulture, $"Killed and started {crash} of 3 times."));
            var deadline = DateTimeOffset.UtcNow + s_patience;
            while (await run.Observer.QueryAsync(StartOf(run), cancellationToken) is var now && (now is null || now == startedAt))
            {
                if (DateTimeOffset.UtcNow > deadline)
                {
                    throw new DrillException($"Prometheus does not see that '{run.Drill.Resource}' was started anew. Its page Targets says why.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    private static string StartOf(DrillRun run) => $"process_start_time_seconds{{job=\"{run.Drill.Resource}\"}}";

    private static void Kill(DrillRun run)
    {
        if (!run.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(run.Drill.Resource, out var state)
            || state.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is not { } pid)
        {
            throw new DrillException($"'{run.Drill.Resource}' has no process that could be killed. Start it, and try again.");
        }

        using var process = Process.GetProcessById(Convert.ToInt32(pid, CultureInfo.InvariantCulture));
        process.Kill();
    }

    // What we have ended is seen to have ended a moment later; somebody else may have started it since.
    private static async Task StartAsync(DrillRun run, CancellationToken cancellationToken)
    {
        var notifications = run.Services.GetRequiredService<ResourceNotificationService>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_patience);
        try
        {
            using (var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token))
            {
                ending.CancelAfter(s_ending);
                try
                {
                    await notifications.WaitForResourceAsync(run.Drill.Resource, KnownResourceStates.TerminalStates, ending.Token);
                    await CommandAsync(run, KnownResourceCommands.StartCommand, deadline.Token);
                }
                catch (OperationCanceledException) when (!deadline.IsCancellationRequested)
                {
                    // It runs.
                }
            }

            await notifications.WaitForResourceHealthyAsync(run.Drill.Resource, WaitBehavior.WaitOnResourceUnavailable, deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DrillException($"'{run.Drill.Resource}' was to be started, and is not healthy after two minutes. Its log has the reason; start it when that is gone.", e);
        }
    }

    private static async Task CommandAsync(DrillRun run, string command, CancellationToken cancellationToken)
    {
        var result = await run.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(run.Drill.Resource, command, cancellationToken);
        if (!result.Success)
        {
            throw new DrillException($"'{run.Drill.Resource}' does not follow the command {command}: {result.Message}");
        }
    }

    private static async Task<(DateTimeOffset, string)?> FindAgeAsync(DrillRun run)
    {
        var needed = s_memoryHistory / run.Services.GetRequiredService<Rehearsal>().Speed;
        var age = TimeSpan.FromSeconds((int)(await run.Observer.QueryAsync($"time() - process_start_time_seconds{{job=\"{run.Drill.Resource}\"}}", CancellationToken.None) ?? 0));
        return age >= needed ? null
            : (DateTimeOffset.UtcNow + needed - age, string.Create(CultureInfo.InvariantCulture, $"MemoryGrowth compares with two hours before, of a process that is {needed:h\\:mm\\:ss} old. '{run.Drill.Resource}' has run for {age:h\\:mm\\:ss}."));
    }

    [GeneratedRegex(@"(?<=^ *alertmanagers:(?:.*\n)(?: .*\n|\n)*? *- *targets: *\[) *[^\]]+(?=\])", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex AlertmanagerAddresses();

    [GeneratedRegex(@"(?<=- alert: Watchdog *\n *expr: ).+", RegexOptions.CultureInvariant)]
    private static partial Regex WatchdogRule();
}
