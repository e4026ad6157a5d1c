namespace Transcendence.AppHost.Drills;

/// <summary>What is to tell of a fault.</summary>
internal abstract record Signal
{
    /// <summary>What it is called.</summary>
    public abstract string Name { get; }

    /// <summary>The alerts among it.</summary>
    public virtual IEnumerable<AlertSignal> Alerts => [];

    /// <summary>What is to be seen, and how soon.</summary>
    public abstract IReadOnlyList<Stage> StagesIn(Timings timings);

    /// <summary>Why it could not be told from what is so already.</summary>
    public abstract string? FindObstacle(Look look);
}

/// <summary>Something that is to be seen.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Phase">After what it is to come.</param>
/// <param name="Bound">How long after that, at most.</param>
/// <param name="IsReached">Whether it is there.</param>
/// <param name="IsTold">Whether somebody is told by it, and not only Prometheus knows.</param>
internal sealed record Stage(string Name, Phase Phase, TimeSpan Bound, Func<Look, bool> IsReached, bool IsTold = false);

/// <summary>What comes before a stage.</summary>
internal enum Phase
{
    /// <summary>Something was broken.</summary>
    Broken,

    /// <summary>It was mended.</summary>
    Mended,
}

/// <summary>An alert fires, is told, and ends.</summary>
/// <param name="Alert">Its name.</param>
/// <param name="Service">Its label <c>service</c>.</param>
internal sealed record AlertSignal(string Alert, string Service) : Signal
{
    public override string Name => Alert;

    public override IEnumerable<AlertSignal> Alerts => [this];

    /// <summary>Whether it is told only once the way to whom is told has been mended.</summary>
    public bool IsToldLater { get; init; }

    public override IReadOnlyList<Stage> StagesIn(Timings timings)
    {
        var rule = timings.RuleOf(Alert, Service);
        var pending = timings.Scrape + rule.Window + rule.Interval;
        // Judged at each evaluation, so it is as long as the next of them.
        var firing = pending + (Math.Ceiling(rule.For / rule.Interval) * rule.Interval);
        var told = timings.GroupWait + (IsToldLater ? timings.Resend : TimeSpan.Zero);
        return
        [
            .. rule.For > TimeSpan.Zero ? [new Stage($"{Alert} pending", Phase.Broken, pending, look => look.Of(this).Any())] : (Stage[])[],
            new($"{Alert} firing", Phase.Broken, firing, look => look.Of(this).Any(alert => alert.State == "firing")),
            new($"{Alert} in the inbox", IsToldLater ? Phase.Mended : Phase.Broken, IsToldLater ? told : firing + told, look => look.InboxOf(this).Any(alert => alert.WasTold), IsTold: true),
            new($"{Alert} resolved", Phase.Mended, timings.Scrape + rule.Window + rule.Interval + timings.GroupInterval + (IsToldLater ? told : TimeSpan.Zero), IsOver, IsTold: true),
        ];
    }

    // There may be several: one for each route, or one that came again.
    private bool IsOver(Look look) => !look.Of(this).Any() && look.InboxOf(this).Any() && look.InboxOf(this).All(alert => alert is { EndsAt: not null, EndWasTold: true });

    public override string? FindObstacle(Look look) => look.Of(this).Any()
        ? $"{Alert} is {look.Of(this).First().State} already, so nothing could be told from it. Wait until it has ended: the page Alerts of Prometheus shows it." : null;
}

/// <summary>The dead man's switch tells that the monitoring itself does not work.</summary>
internal sealed record OverdueSignal : Signal
{
    // How often the inbox judges.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    public override string Name => "Monitoring overdue";

    public override IReadOnlyList<Stage> StagesIn(Timings timings) =>
    [
        new("Monitoring overdue", Phase.Broken, timings.Overdue + s_look, look => look.Pipeline == "overdue", IsTold: true),
        new("Monitoring working", Phase.Mended, timings.Resend + timings.Scrape + timings.Interval + timings.GroupInterval + s_look, look => look.Pipeline == "working", IsTold: true),
    ];

    // What works is a condition of every drill.
    public override string? FindObstacle(Look look) => null;
}

/// <summary>Nothing tells anything: what is done is no fault.</summary>
internal sealed record QuietSignal : Signal
{
    public override string Name => "No alert";

    public override IReadOnlyList<Stage> StagesIn(Timings timings) => [];

    public override string? FindObstacle(Look look) => null;
}

/// <summary>Several signals of one fault.</summary>
internal sealed record AllOf(params Signal[] Signals) : Signal
{
    public override string Name => string.Join(" and ", Signals.Select(signal => signal.Name));

    public override IEnumerable<AlertSignal> Alerts => Signals.SelectMany(signal => signal.Alerts);

    public override IReadOnlyList<Stage> StagesIn(Timings timings) => [.. Signals.SelectMany(signal => signal.StagesIn(timings)).OrderBy(stage => stage.Phase)];

    public override string? FindObstacle(Look look) => Signals.Select(signal => signal.FindObstacle(look)).FirstOrDefault(obstacle => obstacle is not null);
}
