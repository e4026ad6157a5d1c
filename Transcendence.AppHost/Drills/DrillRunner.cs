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
                watch.BrokenAt = DateTimeOffset.UtcNow;
                await drill.BreakAsync(run, end.Token);
                await watch.UntilAllAsync(Phase.Broken, end.Token);
                var isMended = await EndAsync(run, watch);
                await watch.UntilAllAsync(Phase.Mended, end.Token);
                return watch.Report(isMended && !run.HasFailed && watch.IsAsExpected ? DrillOutcome.Passed : DrillOutcome.Failed);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return watch.Report(await EndAsync(run, watch) ? DrillOutcome.Cancelled : DrillOutcome.Failed);
            }
            catch (Exception e)
            {
                // Whatever it is, what was broken is mended, and the report is written.
                run.Note(e.Message);
                await EndAsync(run, watch);
                return watch.Report(watch.BrokenAt is null ? DrillOutcome.Refused : DrillOutcome.Failed);
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

        watch.Stages = run.Drill.Signal.StagesIn(await Observer.ReadTimingsAsync(cancellationToken));
        while (await run.Drill.FindBeginAsync(run) is var (at, reason))
        {
            await WaitAsync(string.Create(CultureInfo.InvariantCulture, $"{reason} It can begin at {at:u}."), at);
        }

        var last = DateTimeOffset.UtcNow + s_patience;
        for (watch.Before = await Observer.LookAsync(DateTimeOffset.UtcNow, cancellationToken); FindObstacle(run, watch.Before) is { } obstacle; watch.Before = await Observer.LookAsync(DateTimeOffset.UtcNow, cancellationToken))
        {
            await WaitAsync(obstacle, DateTimeOffset.UtcNow < last ? DateTimeOffset.UtcNow + s_look : null);
        }

        if (await Observer.CountSilencesAsync(cancellationToken) is > 0 and var silences)
        {
            run.Note($"Silences in force: {silences}. Of what they match nobody is told, so it does not come to the inbox by Alertmanager. End them at {Observer.Inbox.Url}/#silences.");
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
        !look.IsWhole ? "Prometheus or the inbox does not answer. Start it, and try again."
        : look.Pipeline != "working" ? $"The inbox says that the monitoring is {look.Pipeline}, so nothing could be told. See {Observer.Inbox.Url}/ for the reason." : run.Drill.Signal.FindObstacle(look);

    private static async Task<bool> EndAsync(DrillRun run, Watch watch)
    {
        var isMended = await run.EndAsync();
        watch.MendedAt = watch.BrokenAt is null ? null : DateTimeOffset.UtcNow;
        return isMended;
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
