namespace Transcendence.Hosting.Tools;

/// <summary>A tool could be had from nowhere. The message names the tool, every attempt with its reason, and the remedy.</summary>
public sealed class ToolNotAvailableException : Exception
{
    internal ToolNotAvailableException(NativeTool tool, IReadOnlyList<ToolAttempt> attempts, string remedy)
        : base(Describe(tool, attempts, remedy))
    {
        Tool = tool.Name;
        Attempts = attempts;
        Remedy = remedy;
    }

    /// <summary>The name of the tool.</summary>
    public string Tool { get; }

    /// <summary>What was tried, in order, and why each attempt failed.</summary>
    public IReadOnlyList<ToolAttempt> Attempts { get; }

    /// <summary>What the user can do, in one sentence.</summary>
    public string Remedy { get; }

    private static string Describe(NativeTool tool, IReadOnlyList<ToolAttempt> attempts, string remedy) =>
        string.Join(Environment.NewLine,
        [
            $"{tool.Name} is not available. Tried:",
            .. attempts.Select(attempt => $"  - {attempt.Place}: {attempt.Reason}"),
            remedy,
        ]);
}

/// <summary>One place where the tool was looked for in vain.</summary>
/// <param name="Source">The kind of place.</param>
/// <param name="Place">The place in words: a path, an address, package names.</param>
/// <param name="Reason">Why the tool could not be had from there.</param>
public sealed record ToolAttempt(ToolSource Source, string Place, string Reason);
