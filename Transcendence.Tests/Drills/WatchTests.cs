using Microsoft.Extensions.Logging.Abstractions;
using Transcendence.AppHost.Drills;
using Transcendence.AppHost.Drills.Proof;

namespace Transcendence.Tests.Drills;

/// <summary>What a drill makes of what is seen: passed only for what was told, in time, and over.</summary>
public sealed class WatchTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly AlertRule s_rule = new("BackendDown", "backend", 60 * s_second, 15 * s_second, TimeSpan.Zero, "up == 0", "");
    private static readonly Timings s_timings = new(15 * s_second, 15 * s_second, 45 * s_second, 10 * s_second, 30 * s_second, 90 * s_second, [s_rule]);
    private static readonly AlertSignal s_signal = new("BackendDown", "backend");
    private static readonly DateTimeOffset s_broken = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_mended = s_broken.AddMinutes(2);

    private readonly Watch _watch = Of(s_signal);

    [Fact]
    public void ABoundIsWhatTheConfigurationTakesAndTheTolerance() =>
        // Scrape and evaluation; `for`; group wait. Then scrape, evaluation and group interval.
        Assert.Equal([45, 105, 115, 75], _watch.Stages.Select(stage => stage.Bound.TotalSeconds));

    [Fact]
    public void WhatIsToldInTimeAndEndsIsAsExpected()
    {
        See(20, "pending");
        See(80, "firing");
        See(95, "firing", Told());
        _watch.MendedAt = s_mended;
        See(150, null, Told(end: s_mended.AddSeconds(20)));
        Assert.True(_watch.IsAsExpected);
        Assert.Equal([20, 80, 95, 30], _watch.Report(DrillOutcome.Passed).Stages.Select(stage => stage.AfterSeconds!.Value));
    }

    [Theory]
    [InlineData(true, false, "in the inbox")]
    [InlineData(false, true, "resolved")]
    public void WhatTheInboxFoundByAskingWasNotTold(bool startWasAsked, bool endWasAsked, string missing)
    {
        See(80, "firing", Told(wasTold: !startWasAsked));
        _watch.MendedAt = s_mended;
        See(150, null, Told(wasTold: !startWasAsked, end: s_mended.AddSeconds(20), endWasTold: !endWasAsked));
        Assert.False(_watch.IsAsExpected);
        Assert.EndsWith(missing, Assert.Single(_watch.Report(DrillOutcome.Failed).Stages, stage => stage.At is null).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatComesAfterItsBoundIsLate()
    {
        See(20, "pending");
        See(106, "firing");
        See(108, "firing", Told());
        _watch.MendedAt = s_mended;
        See(150, null, Told(end: s_mended.AddSeconds(20)));
        Assert.False(_watch.IsAsExpected);
        var report = _watch.Report(DrillOutcome.Failed);
        Assert.Contains("BackendDown firing came after 106.0 s, and was to come within 105.0 s.", report.Summary, StringComparison.Ordinal);
        Assert.Contains("**late**", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void OneOfTwoThatEndedIsNoEnd()
    {
        See(20, "pending");
        See(80, "firing", Told());
        _watch.MendedAt = s_mended;
        See(150, null, Told(end: s_mended), Told());
        See(155, "firing", Told(end: s_mended), Told(end: s_mended));
        Assert.False(_watch.IsAsExpected);
        See(160, null, Told(end: s_mended), Told(end: s_mended));
        Assert.True(_watch.IsAsExpected);
    }

    [Fact]
    public void AnAnswerThatDidNotComeSaysNothing()
    {
        _watch.MendedAt = s_mended;
        _watch.Take(Look(80, "firing", isWhole: false, Told()));
        Assert.All(_watch.Report(DrillOutcome.Failed).Stages, stage => Assert.Null(stage.At));

        // Nor is it seen to be quiet.
        var quiet = Of(new QuietSignal());
        quiet.Take(Look(10, null, isWhole: false));
        Assert.False(quiet.IsAsExpected);
        quiet.Take(Look(11, null));
        Assert.True(quiet.IsAsExpected);
        quiet.Take(Look(12, "firing"));
        Assert.False(quiet.IsAsExpected);
        Assert.Equal(["BackendDown (backend)"], quiet.Report(DrillOutcome.Failed).AlsoFired);
    }

    [Fact]
    public void WhatDidNotWorkStandsOnTopOfThePage()
    {
        See(20, "pending");
        _watch.MendedAt = s_mended;
        var report = _watch.Report(DrillOutcome.Failed);
        var page = ProofPage.Of(
            new ProofReport(s_broken, s_mended, 1, [report.Summary, "<b>"], new Dictionary<string, string>(), new Dictionary<string, double>(), "", new Dictionary<string, string>(), [report]), [[]]);
        Assert.InRange(page.IndexOf("BackendDown firing never came, and was to come within 105.0 s.", StringComparison.Ordinal), 0, page.IndexOf("<h2>All drills</h2>", StringComparison.Ordinal));
        Assert.Contains("Not everything worked.", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"failed\">missing</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData("all")]
    public void NoNameMeansAll(string names) => Assert.Equal(DrillList.All, ProofRun.Choose(names));

    private static Watch Of(Signal signal)
    {
        var drill = new Drill("backend", "drill", "Drill", "It is stopped.", signal, (_, _) => Task.CompletedTask);
        var run = new DrillRun(drill, new Dictionary<string, string>(), null!, null!, NullLogger.Instance);
        return new(run) { Stages = signal.StagesIn(s_timings), BrokenAt = s_broken, Before = Look(-1, null) };
    }

    private void See(double after, string? state, params ToldAlert[] inbox) => _watch.Take(Look(after, state, isWhole: true, inbox));

    private static Look Look(double after, string? state, bool isWhole = true, params ToldAlert[] inbox) =>
        new(s_broken.AddSeconds(after), state is null ? [] : [new RaisedAlert("BackendDown", "backend", state, "It is down.")], inbox, "working", isWhole);

    private static ToldAlert Told(bool wasTold = true, DateTimeOffset? end = null, bool endWasTold = true) => new("BackendDown", "backend", s_broken.AddSeconds(80), end, wasTold, endWasTold);
}
