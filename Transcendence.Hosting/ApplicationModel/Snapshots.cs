using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.Hosting.ApplicationModel;

/// <summary>The state of a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>The kind of resource: <c>Project</c>, <c>Container</c>, <c>Parameter</c>, ….</summary>
    public required string ResourceType { get; init; }

    /// <summary>More facts about it.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>When it was made known, in UTC.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When it was started last, in UTC.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When it stopped last, in UTC.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>One of <see cref="KnownResourceStates"/>, or a text of the resource's own.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>The exit code of its last run.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The worst of <see cref="HealthReports"/>; <see langword="null"/> while it does not run.</summary>
    public HealthStatus? HealthStatus =>
        State?.Text != KnownResourceStates.Running ? null
        : HealthReports.IsEmpty ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        : HealthReports.Min(r => r.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);

    /// <summary>The last result of each of its health checks.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; internal init; } = [];

    /// <summary>The environment variables it was started with.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>Where it can be opened.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>What is mounted.</summary>
    public ImmutableArray<VolumeSnapshot> Volumes { get; init; } = [];

    /// <summary>How it stands to other resources.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>What can be done with it.</summary>
    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    /// <summary>Whether it is left out of lists.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Its icon's name among the Fluent UI system icons.</summary>
    public string? IconName { get; init; }

    /// <summary>The icon's variant.</summary>
    public IconVariant? IconVariant { get; init; }

    /// <summary>Set once it was healthy for the first time since its start, and all who wanted to know have been told.</summary>
    internal bool IsReady { get; init; }
}

/// <summary>A state, and how to show it.</summary>
/// <param name="Text">The state.</param>
/// <param name="Style">One of <see cref="KnownResourceStateStyles"/>, or <see langword="null"/>.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>A state without a style.</summary>
    /// <param name="s">The state.</param>
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new ResourceStateSnapshot(s, null);
}

/// <summary>A fact about a resource.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>Whether the value must not be shown without being asked for.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>The result of a health check.</summary>
/// <param name="Name">The check's key.</param>
/// <param name="Status">The result; <see langword="null"/> before the first.</param>
/// <param name="Description">What the check says of it.</param>
/// <param name="ExceptionText">What went wrong in it.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    /// <summary>When the check was run, in UTC.</summary>
    public DateTime? LastRunAt { get; init; }
}

/// <summary>An environment variable of a resource.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsFromSpec">Whether the model gives it (and not the surroundings).</param>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec)
{
    /// <summary>Whether a secret parameter is in the value.</summary>
    internal bool IsSecret { get; init; }
}

/// <summary>A URL of a resource.</summary>
/// <param name="Name">The endpoint's name, if it is an endpoint's.</param>
/// <param name="Url">The URL.</param>
/// <param name="IsInternal">Whether it is of use to the application only.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    /// <summary>How to show it.</summary>
    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();
}

/// <summary>How to show a URL.</summary>
/// <param name="DisplayName">The text instead of the URL.</param>
/// <param name="SortOrder">Higher comes first.</param>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);

/// <summary>A mount of a resource.</summary>
/// <param name="Source">The path on the host or the volume's name.</param>
/// <param name="Target">The path in the container.</param>
/// <param name="MountType"><c>bind</c> or <c>volume</c>.</param>
/// <param name="IsReadOnly">Whether the container may only read.</param>
public sealed record VolumeSnapshot(string? Source, string Target, string MountType, bool IsReadOnly);

/// <summary>How a resource stands to another.</summary>
/// <param name="ResourceName">The other.</param>
/// <param name="Type">The kind of relation.</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>What can be done with a resource.</summary>
/// <param name="Name">The command.</param>
/// <param name="State">Whether it can be done now.</param>
/// <param name="DisplayName">Its label.</param>
/// <param name="DisplayDescription">What it does.</param>
/// <param name="Parameter">A value handed to it.</param>
/// <param name="ConfirmationMessage">The question to ask first.</param>
/// <param name="IconName">Its icon.</param>
/// <param name="IconVariant">The icon's variant.</param>
/// <param name="IsHighlighted">Whether it stands out.</param>
public sealed record ResourceCommandSnapshot(string Name, ResourceCommandState State, string DisplayName, string? DisplayDescription, object? Parameter, string? ConfirmationMessage, string? IconName, IconVariant? IconVariant, bool IsHighlighted);

/// <summary>The states of resources that have a meaning for the engine.</summary>
public static class KnownResourceStates
{
    /// <summary>Its process is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>It runs.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>It could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>It runs, and its runtime says that something is wrong.</summary>
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    /// <summary>It is being stopped.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>The container has ended.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>The process has ended.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>It waits for other resources.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>It waits for its start command.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>It has no process, and is there.</summary>
    public static readonly string Active = nameof(Active);

    /// <summary>The states that end a run.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>How a state is shown.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>All is well.</summary>
    public static readonly string Success = "success";

    /// <summary>Something failed.</summary>
    public static readonly string Error = "error";

    /// <summary>For information.</summary>
    public static readonly string Info = "info";

    /// <summary>Something wants attention.</summary>
    public static readonly string Warn = "warning";
}
