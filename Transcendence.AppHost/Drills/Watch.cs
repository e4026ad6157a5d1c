namespace Transcendence.AppHost.Drills;

/// <summary>What is to be seen in a drill, and what has been.</summary>
internal sealed class Watch(DrillRun run)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Stage, DateTimeOffset> _seen = [];
    private readonly SortedSet<string> _alsoFired = new(StringComparer.Ordinal);
    private string? _description;
    private int _looks;

    /// <summary>What is to be seen; the tolerance is added to each bound.</summary>
    public IReadOnlyList<Stage> Stages
    {
        get;
        set => field = [.. value.Select(stage => stage with { Bound = stage.Bound + Timings.Tolerance })];
    }
    = [];

    /// <summary>What was so before.</summary>
    public Look? Before { get; set; }

    /// <summary>When it was broken.</summary>
    public DateTimeOffset? BrokenAt { get; set; }

    /// <summary>When it was mended.</summary>
    public DateTimeOffset? MendedAt { get; set; }

    /// <summary>Whether everything was seen in time; and where nothing was to be told, whether nothing was, as far as could be seen.</summary>
    public bool IsAsExpected => run.Drill.Signal is QuietSignal ? _alsoFired.Count == 0 && _looks > 0 : Stages.Select(Of).All(stage => stage.IsInTime);

    /// <summary>What will be seen, and how soon.</summary>
    public string Foretell() => Stages.Count == 0 ? "Nothing is to fire." : "To be seen: " + string.Join(", ", Stages.Select(stage => string.Create(
        CultureInfo.InvariantCulture, $"{stage.Name} within {stage.Bound.TotalSeconds:0} s{(stage.Phase == Phase.Mended ? " of the mending" : "")}"))) + ".";

    /// <summary>Looks on until everything of a phase was seen, or is not to be waited for any more.</summary>
    public async Task UntilAllAsync(Phase phase, CancellationToken cancellationToken)
    {
        // What comes late is still worth knowing: half as long again.
        var stages = Stages.Where(stage => stage.Phase == phase).ToList();
        var patience = stages.Select(stage => stage.Bound * 1.5).DefaultIfEmpty().Max();
        var least = phase == Phase.Broken ? run.Drill.Lasts(run) : TimeSpan.Zero;
        while (!run.HasFailed && DateTimeOffset.UtcNow - BeginOf(phase) is var elapsed && (elapsed < least || (elapsed < patience && stages.Any(stage => !_seen.ContainsKey(stage)))))
        {
            Take(await run.Observer.LookAsync(BrokenAt!.Value - s_look, cancellationToken));
            await Task.Delay(s_look, cancellationToken);
        }

        Take(await run.Observer.LookAsync(BrokenAt!.Value - s_look, cancellationToken));
    }

    /// <summary>Takes in what is to be seen at a moment.</summary>
    public void Take(Look look)
    {
        if (!look.IsWhole)
        {
            return;
        }

        _looks++;
        foreach (var stage in Stages.Where(stage => BeginOf(stage.Phase) is not null && !_seen.ContainsKey(stage) && stage.IsReached(look)))
        {
            _seen[stage] = look.At;
            run.Say(Of(stage).Describe());
        }

        var expected = run.Drill.Signal.Alerts.ToList();
        _description ??= expected.SelectMany(look.Of).Select(alert => alert.Description).FirstOrDefault(text => text is { Length: > 0 });
        foreach (var alert in look.Alerts.Where(alert => alert.State == "firing" && alert.Name != "Watchdog"
            && !expected.Exists(signal => signal.Alert == alert.Name && signal.Service == alert.Service)
            && !Before!.Alerts.Any(before => before.Name == alert.Name && before.Service == alert.Service)))
        {
            _alsoFired.Add($"{alert.Name} ({alert.Service})");
        }
    }

    /// <summary>Tells what happened.</summary>
    public DrillReport Report(DrillOutcome outcome) => new(
        run.Drill.FullName, run.Drill.Breaks, run.Arguments, run.Drill.Signal.Name, outcome, BrokenAt, MendedAt, DateTimeOffset.UtcNow,
        BrokenAt is null ? [] : [.. Stages.Select(Of)], _description, [.. _alsoFired], [.. run.Notes, .. BrokenAt is not null && run.Drill.Remark is { } remark ? [remark] : (string[])[]]);

    private DateTimeOffset? BeginOf(Phase phase) => phase == Phase.Broken ? BrokenAt : MendedAt;

    private StageReport Of(Stage stage) => new(
        stage.Name, stage.Phase, stage.Bound.TotalSeconds, _seen.TryGetValue(stage, out var at) ? at : null,
        _seen.ContainsKey(stage) ? Math.Max(0, (at - BeginOf(stage.Phase)!.Value).TotalSeconds) : null, stage.IsTold);
}
