namespace Transcendence.AppHost.Drills;

/// <summary>Something that is broken on purpose, and what is to tell of it.</summary>
/// <param name="Resource">The resource that has it as a command.</param>
/// <param name="Name">The command's name.</param>
/// <param name="Title">The command's name for people.</param>
/// <param name="Breaks">What is broken, in a sentence.</param>
/// <param name="Signal">What is to tell of it.</param>
/// <param name="BreakAsync">Breaks it, and says how it is mended: <see cref="DrillRun.OnEnd"/>.</param>
internal sealed record Drill(string Resource, string Name, string Title, string Breaks, Signal Signal, Func<DrillRun, CancellationToken, Task> BreakAsync)
{
    /// <summary>What can be said at its call, with defaults.</summary>
    public IReadOnlyList<DrillArgument> Arguments { get; init; } = [];

    /// <summary>From when on it can begin, and why not before.</summary>
    public Func<DrillRun, Task<(DateTimeOffset At, string Reason)?>> FindBeginAsync { get; init; } = _ => Task.FromResult<(DateTimeOffset, string)?>(null);

    /// <summary>The panels that show it, as <c>dashboard/panel</c>; those of the alert's <c>dashboard_url</c> when none are named.</summary>
    public IReadOnlyList<string> Panels { get; init; } = [];

    /// <summary>For how long it goes on at least.</summary>
    public Func<DrillRun, TimeSpan> Lasts { get; init; } = _ => TimeSpan.Zero;

    /// <summary>What somebody who reads the report should know.</summary>
    public string? Remark { get; init; }

    /// <summary>Its name among all.</summary>
    public string FullName => $"{Resource} {Name}";
}

/// <summary>An argument of a drill.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Label">The same for people, with the unit.</param>
/// <param name="Default">Its value when nothing is said.</param>
/// <param name="Least">The least number that it can be; <see langword="null"/> for a text.</param>
/// <param name="Most">The greatest.</param>
internal sealed record DrillArgument(string Name, string Label, string Default, double? Least = null, double? Most = null)
{
    /// <summary>As Aspire asks for it.</summary>
#pragma warning disable ASPIREINTERACTION001 // How a command has arguments.
    public InteractionInput AsInput() => new() { Name = Name, Label = Label, InputType = Least is null ? InputType.Text : InputType.Number, Value = Default, Placeholder = Default };
#pragma warning restore ASPIREINTERACTION001

    /// <summary>What is wrong with a value.</summary>
    public string? FindFault(string value) =>
        Least is not { } least || Most is not { } most ? (value.StartsWith('/') ? null : $"{Name} is '{value}' and is to be a path, e.g. {Default}.")
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Name} is '{value}' and is to be a number from {least} to {most}, e.g. {Default}.");
}
