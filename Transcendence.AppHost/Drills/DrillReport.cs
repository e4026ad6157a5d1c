using System.Text.Json.Serialization;

namespace Transcendence.AppHost.Drills;

/// <summary>What happened in a drill.</summary>
/// <param name="Drill">The resource and the command.</param>
/// <param name="Broke">What was broken.</param>
/// <param name="Arguments">What was said at its call.</param>
/// <param name="Expected">What was to tell of it.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="BrokenAt">When it was broken; nothing when it could not begin.</param>
/// <param name="MendedAt">When it was mended.</param>
/// <param name="EndedAt">When the drill ended.</param>
/// <param name="Stages">What was to be seen.</param>
/// <param name="Description">What the alert said.</param>
/// <param name="AlsoFired">What else fired meanwhile.</param>
/// <param name="Notes">What there is to say beside it.</param>
internal sealed record DrillReport(
    string Drill,
    string Broke,
    IReadOnlyDictionary<string, string> Arguments,
    string Expected,
    DrillOutcome Outcome,
    DateTimeOffset? BrokenAt,
    DateTimeOffset? MendedAt,
    DateTimeOffset EndedAt,
    IReadOnlyList<StageReport> Stages,
    string? Description,
    IReadOnlyList<string> AlsoFired,
    IReadOnlyList<string> Notes)
{
    /// <summary>In one line.</summary>
    [JsonIgnore]
    public string Summary => Outcome switch
    {
        DrillOutcome.Passed => $"{Drill}: {Expected}, as it should be.",
        DrillOutcome.Failed => $"{Drill} failed: {string.Join(" ", Stages.Where(stage => !stage.IsInTime).Select(stage => stage.Describe()).Concat(Stages.Count > 0 || AlsoFired.Count == 0 ? [] : [$"{string.Join(", ", AlsoFired)} fired."]).Concat(Notes))}",
        DrillOutcome.Cancelled => $"{Drill} was cancelled. What it had broken is mended{(Notes.Count == 0 ? "." : $"; {string.Join(" ", Notes)}")}",
        _ => $"{Drill} did not begin: {string.Join(" ", Notes)}",
    };

    /// <summary>The whole of it, for people.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"### {Drill}: {Outcome.ToString().ToLowerInvariant()}\n\n{Broke}{(Arguments.Count == 0 ? "" : $" ({string.Join(", ", Arguments.Select(argument => $"{argument.Key} {argument.Value}"))})")}\n");
        if (Stages.Count > 0)
        {
            text.AppendLine("| | at (UTC) | after | at most | |\n|---|---|---|---|---|");
            foreach (var stage in Stages)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {stage.Name} | {stage.At?.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "never"} | {Seconds(stage.AfterSeconds)} | {Seconds(stage.BoundSeconds)} | {(stage.IsInTime ? "in time" : stage.At is null ? "**missing**" : "**late**")} |");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"\nBroken at {BrokenAt:u}, mended at {MendedAt:u}. Times before the mending count from the first, those after it from the second. Each bound has {Timings.Tolerance.TotalSeconds:0} s in it for a busy machine.");
        }

        foreach (var line in ((string?[])[Description is null ? null : $"It said: {Description}", AlsoFired.Count == 0 ? null : $"Also fired: {string.Join(", ", AlsoFired)}.", .. Notes]).OfType<string>())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"\n{line}");
        }

        return text.ToString();

        static string Seconds(double? seconds) => seconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0} s") : "";
    }
}

/// <summary>How a drill went.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DrillOutcome>))]
internal enum DrillOutcome
{
    /// <summary>Everything was seen in time.</summary>
    Passed,

    /// <summary>Something was late or missing, or could not be mended.</summary>
    Failed,

    /// <summary>It was broken off, and mended.</summary>
    Cancelled,

    /// <summary>It could not begin.</summary>
    Refused,
}

/// <summary>Something that was to be seen.</summary>
/// <param name="Name">What.</param>
/// <param name="Phase">From when its time counts.</param>
/// <param name="BoundSeconds">After how many seconds at most.</param>
/// <param name="At">When it was seen.</param>
/// <param name="AfterSeconds">After how many seconds.</param>
/// <param name="IsTold">Whether somebody is told by it, and not only Prometheus knows.</param>
internal sealed record StageReport(string Name, [property: JsonConverter(typeof(JsonStringEnumConverter<Phase>))] Phase Phase, double BoundSeconds, DateTimeOffset? At, double? AfterSeconds, bool IsTold)
{
    /// <summary>Whether it was seen, and not too late.</summary>
    public bool IsInTime => AfterSeconds is { } after && after <= BoundSeconds;

    /// <summary>The same in a sentence.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Name} {(AfterSeconds is { } after ? $"came after {after:0.0} s" : "never came")}, and was to come within {BoundSeconds:0.0} s.");
}
