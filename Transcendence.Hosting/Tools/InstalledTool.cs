namespace Transcendence.Hosting.Tools;

/// <summary>A tool that is on this machine and answered when it was asked for its version.</summary>
/// <param name="Command">The absolute path of the binary.</param>
/// <param name="Root">The directory into which it was extracted; empty for a binary found on <c>PATH</c>.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Version">The version that it stated; <see langword="null"/> when its answer held none.</param>
/// <param name="WorkingDirectory">Where it has to run to find its files; <see langword="null"/> when any directory will do.</param>
internal sealed record InstalledTool(string Command, string Root, ToolSource Source, string? Version, string? WorkingDirectory = null);

/// <summary>Where a tool came from, in the order in which the places are tried.</summary>
internal enum ToolSource
{
    Path,
    Cache,
    Archive,
    Debian,
}

/// <summary>What the installer is doing: the step in words, and where it counts the bytes done and in all.</summary>
internal sealed record ToolProgress(string Step, long? Completed = null, long? Total = null);

/// <summary>Reports progress: every new step at once, its numbers at most four times a second.</summary>
internal sealed class ToolReport(Action<ToolProgress>? progress)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private string? _step;
    private long _last;

    public void Report(string step, long? completed = null, long? total = null)
    {
        if (step != _step || (completed is not null && completed == total) || Stopwatch.GetElapsedTime(_last) >= s_interval)
        {
            (_step, _last) = (step, Stopwatch.GetTimestamp());
            progress?.Invoke(new ToolProgress(step, completed, total));
        }
    }
}

/// <summary>One place does not give the tool; the message is the reason that the user reads.</summary>
internal sealed class ToolSourceException(string reason) : Exception(reason);

/// <summary>One place, in words, where the tool was looked for in vain.</summary>
internal sealed record ToolAttempt(ToolSource Source, string Place, string Reason);

/// <summary>A tool could be had from nowhere. The message names the tool, every attempt with its reason, and the remedy.</summary>
internal sealed class ToolNotAvailableException(NativeTool tool, IReadOnlyList<ToolAttempt> attempts, string remedy) : Exception(string.Join(
    Environment.NewLine, [$"{tool.Name} is not available. Tried:", .. attempts.Select(attempt => $"  - {attempt.Place}: {attempt.Reason}"), remedy]))
{
    public IReadOnlyList<ToolAttempt> Attempts { get; } = attempts;
}
