using Microsoft.Extensions.Hosting;

namespace Transcendence.AppHost.Drills;

/// <summary>Runs drills, one at a time: breaks, looks on until everything has told of it, mends, looks on until it has ended.</summary>
internal sealed class DrillRunner(DistributedApplicationModel model, Rehearsal rehearsal, ResourceLoggerService logs, IHostApplicationLifetime lifetime, IServiceProvider services) : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    // As long as the longest alert takes to end by itself.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private string _running = "";

    /// <summary>Looks at the monitoring.</summary>
    public Observer Observer { get; } = new(model, rehearsal);

    /// <summary>On what times it runs.</summary>
    public Rehearsal Rehearsal => rehearsal;

    /// <summary>Takes the turn, for one drill or for several.</summary>
    /// <param name="name">Who takes it.</param>
    /// <returns>Gives it back when disposed of.</returns>
    /// <exception cref="DrillException">Another one has it.</exception>
    public IDisposable Take(string name)
    {
        if (!_turn.Wait(0))
        {
            throw new DrillException($"{_running} is running, and two at once could not be told apart. Wait for it, or cancel it.");
        }

        _running = name;
        return new Turn(_turn);
    }

    /// <summary>Runs one, in its turn.</summary>
    /// <param name="drill">What.</param>
    /// <param name="arguments">What was said at its call; the rest has its defaults.</param>
    /// <param name="isPatient">Whether it waits until it can begin.</param>
    /// <param name="cancellationToken">Breaks it off: what was broken is mended.</param>
    public async Task<DrillReport> RunAsync(Drill drill, IReadOnlyDictionary<string, string> arguments, bool isPatient, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var given = drill.Arguments.ToDictionary(argument => argument.Name, argument => arguments.GetValueOrDefault(argument.Name) is { Length: > 0 } value ? value : argument.Default);
        var run = new DrillRun(drill, given, Observer, services, logs.GetLogger(model.Resources.First(resource => resource.Name == drill.Resource)));
        await using (run)
        {
            var watch = new Watch(run);
            try
            {
                await PrepareAsync(run, watch, isPatient, end.Token);
                run.Say($"{drill.Title}: {drill.Breaks} {watch.Foretell()}");
                watch.Begin(Phase.Broken);
                await drill.BreakAsync(run, end.Token);
                await watch.UntilAllAsync(Phase.Broken, end.Token);
                var isMended = await EndAsync(run, watch);
                await watch.UntilAllAsync(Phase.Mended, end.Token);
                return watch.Report(isMended && watch.IsAsExpected ? DrillOutcome.Passed : DrillOutcome.Failed);
            }
            catch (DrillException e)
            {
                run.Note(e.Message);
                var wasBroken = watch.HasBegun;
                await EndAsync(run, watch);
                return watch.Report(wasBroken ? DrillOutcome.Failed : DrillOutcome.Refused);
            }
            catch (OperationCanceledException)
            {
                var isMended = await EndAsync(run, watch);
                return watch.Report(isMended ? DrillOutcome.Cancelled : DrillOutcome.Failed);
            }
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task PrepareAsync(DrillRun run, Watch watch, bool isPatient, CancellationToken cancellationToken)
    {
        foreach (var argument in run.Drill.Arguments)
        {
            if (argument.FindFault(run.Arguments[argument.Name]) is { } fault)
            {
                throw new DrillException(fault);
            }
        }

        watch.Timings = await Observer.ReadTimingsAsync(cancellationToken);
        while (await run.Drill.FindBeginAsync(run) is var (at, reason))
        {
            await WaitAsync(string.Create(CultureInfo.InvariantCulture, $"{reason} It can begin at {at:u}."), at);
        }

        var last = DateTimeOffset.UtcNow + s_patience;
        for (watch.Before = await Observer.LookAsync(DateTimeOffset.UtcNow, cancellationToken); FindObstacle(run, watch.Before) is { } obstacle; watch.Before = await Observer.LookAsync(DateTimeOffset.UtcNow, cancellationToken))
        {
            await WaitAsync(obstacle, DateTimeOffset.UtcNow < last ? DateTimeOffset.UtcNow + s_look : null);
        }

        Task WaitAsync(string reason, DateTimeOffset? until)
        {
            if (!isPatient || until is not { } at)
            {
                throw new DrillException(reason);
            }

            if (at - DateTimeOffset.UtcNow > s_look)
            {
                run.Say($"Waiting. {reason}");
            }

            return Task.Delay(TimeSpan.FromSeconds(Math.Max(0, (at - DateTimeOffset.UtcNow).TotalSeconds)), cancellationToken);
        }
    }

    private string? FindObstacle(DrillRun run, Look look) =>
        look.Pipeline != "working" ? $"The inbox says that the monitoring is {look.Pipeline}, so nothing could be told. See {Observer.Inbox.Url}/ for the reason." : run.Drill.Signal.FindObstacle(look);

    private static async Task<bool> EndAsync(DrillRun run, Watch watch)
    {
        var isMended = await run.EndAsync();
        watch.Begin(Phase.Mended);
        return isMended;
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    /// <summary>What is to be seen, and what has been.</summary>
    private sealed class Watch(DrillRun run)
    {
        private readonly Dictionary<Phase, DateTimeOffset> _begun = [];
        private readonly Dictionary<Stage, DateTimeOffset> _seen = [];
        private readonly SortedSet<string> _alsoFired = new(StringComparer.Ordinal);
        private IReadOnlyList<Stage> _stages = [];
        private string? _description;

        public Timings Timings
        {
            set => _stages = run.Drill.Signal.StagesIn(value);
        }

        /// <summary>What was so before.</summary>
        public Look? Before { get; set; }

        public bool HasBegun => _begun.ContainsKey(Phase.Broken);

        public bool IsAsExpected => run.Drill.Signal is QuietSignal ? _alsoFired.Count == 0 : _stages.Select(Of).All(stage => stage.IsInTime);

        public void Begin(Phase phase)
        {
            if (phase == Phase.Broken || HasBegun)
            {
                _begun.TryAdd(phase, DateTimeOffset.UtcNow);
            }
        }

        /// <summary>What will be seen, and how soon.</summary>
        public string Foretell() => _stages.Count == 0 ? "Nothing is to fire." : "To be seen: " + string.Join(", ", _stages.Select(stage => string.Create(
            CultureInfo.InvariantCulture, $"{stage.Name} within {(stage.Bound + Tolerance).TotalSeconds:0} s{(stage.Phase == Phase.Mended ? " of the mending" : "")}"))) + ".";

        /// <summary>Looks on until everything of a phase was seen, or is not to be waited for any more.</summary>
        public async Task UntilAllAsync(Phase phase, CancellationToken cancellationToken)
        {
            // What comes late is still worth knowing: half as long again.
            var stages = _stages.Where(stage => stage.Phase == phase).ToList();
            var patience = stages.Select(stage => (stage.Bound + Tolerance) * 1.5).DefaultIfEmpty().Max();
            var least = phase == Phase.Broken ? run.Drill.Lasts(run) : TimeSpan.Zero;
            while (DateTimeOffset.UtcNow - _begun[phase] is var elapsed && (elapsed < least || (elapsed < patience && stages.Any(stage => !_seen.ContainsKey(stage)))))
            {
                await LookAsync(cancellationToken);
                await Task.Delay(s_look, cancellationToken);
            }

            await LookAsync(cancellationToken);
        }

        public DrillReport Report(DrillOutcome outcome) => new(
            run.Drill.FullName, run.Drill.Breaks, run.Arguments, run.Drill.Signal.Name, outcome,
            _begun.TryGetValue(Phase.Broken, out var broken) ? broken : null, _begun.TryGetValue(Phase.Mended, out var mended) ? mended : null, DateTimeOffset.UtcNow,
            HasBegun ? [.. _stages.Select(Of)] : [], _description, [.. _alsoFired], [.. run.Notes, .. HasBegun && run.Drill.Remark is { } remark ? [remark] : (string[])[]]);

        private static TimeSpan Tolerance => Drills.Timings.Tolerance;

        private StageReport Of(Stage stage) => new(
            stage.Name, stage.Phase, (stage.Bound + Tolerance).TotalSeconds, _seen.TryGetValue(stage, out var at) ? at : null, _seen.ContainsKey(stage) ? Math.Max(0, (at - _begun[stage.Phase]).TotalSeconds) : null, stage.IsTold);

        private async Task LookAsync(CancellationToken cancellationToken)
        {
            var look = await run.Observer.LookAsync(_begun[Phase.Broken] - s_look, cancellationToken);
            foreach (var stage in _stages.Where(stage => _begun.ContainsKey(stage.Phase) && !_seen.ContainsKey(stage) && stage.IsReached(look)))
            {
                _seen[stage] = look.At;
                run.Say(Of(stage).Describe());
            }

            var expected = Expected(run.Drill.Signal).ToList();
            _description ??= expected.SelectMany(look.Of).Select(alert => alert.Description).FirstOrDefault(text => text is { Length: > 0 });
            foreach (var alert in look.Alerts.Where(alert => alert.State == "firing" && alert.Name != "Watchdog"
                && !expected.Any(signal => signal.Alert == alert.Name && signal.Service == alert.Service)
                && !Before!.Alerts.Any(before => before.Name == alert.Name && before.Service == alert.Service)))
            {
                _alsoFired.Add($"{alert.Name} ({alert.Service})");
            }
        }

        private static IEnumerable<AlertSignal> Expected(Signal signal) => signal switch
        {
            AlertSignal alert => [alert],
            AllOf all => all.Signals.SelectMany(Expected),
            _ => [],
        };
    }
}
