namespace Transcendence.Hosting.Processes;

/// <summary>What to start, and with what around it.</summary>
internal sealed record ProcessSpec
{
    /// <summary>The program: a path, or a name that is looked for in <c>PATH</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Its arguments, each handed over as it is: no quoting, no shell.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder it starts in. It must exist.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>
    /// Variables on top of those that <see cref="ChildEnvironment"/> passes on; <see langword="null"/> removes one.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
