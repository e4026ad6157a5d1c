using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>
/// A resource as the control API shows it. Times are in UTC; the state is one of <see cref="KnownResourceStates"/> or a
/// text of its own, its style one of <see cref="KnownResourceStateStyles"/>; the health is null while it does not run.
/// </summary>
internal sealed record ResourceView(
    string Name,
    string DisplayName,
    string Type,
    string? State,
    string? StateStyle,
    HealthStatus? Health,
    IReadOnlyList<HealthReportView> HealthReports,
    DateTime? CreationTime,
    DateTime? StartTime,
    DateTime? StopTime,
    int? ExitCode,
    bool IsHidden,
    string? IconName,
    IconVariant? IconVariant,
    IReadOnlyList<UrlView> Urls,
    IReadOnlyList<ValueView> Properties,
    IReadOnlyList<ValueView> Environment,
    IReadOnlyList<RelationshipSnapshot> Relationships,
    IReadOnlyList<VolumeSnapshot> Volumes,
    IReadOnlyList<CommandView> Commands)
{
    /// <summary>Shows a resource.</summary>
    /// <param name="resource">Its state.</param>
    /// <param name="reveal">Whether secret values are shown too.</param>
    public static ResourceView Of(ResourceEvent resource, bool reveal = false)
    {
        var snapshot = resource.Snapshot;
        return new ResourceView(
            resource.Resource.Name,
            resource.Resource.Name,
            snapshot.ResourceType,
            snapshot.State?.Text,
            snapshot.State?.Style,
            snapshot.HealthStatus,
            [.. snapshot.HealthReports.Select(r => new HealthReportView(r.Name, r.Status, r.Description, r.ExceptionText, r.LastRunAt))],
            snapshot.CreationTimeStamp,
            snapshot.StartTimeStamp,
            snapshot.StopTimeStamp,
            snapshot.ExitCode,
            snapshot.IsHidden,
            snapshot.IconName,
            snapshot.IconVariant,
            [.. snapshot.Urls
                .OrderByDescending(u => u.DisplayProperties.SortOrder)
                .Select(u => new UrlView(u.Name, u.Url, u.DisplayProperties.DisplayName, u.IsInternal))],
            [.. snapshot.Properties.Select(p => ValueView.Of(p.Name, Convert.ToString(p.Value, CultureInfo.InvariantCulture), p.IsSensitive, reveal))],
            [.. snapshot.EnvironmentVariables.Select(v => ValueView.Of(v.Name, v.Value, v.IsSecret, reveal))],
            snapshot.Relationships,
            snapshot.Volumes,
            [.. snapshot.Commands
                .Where(c => c.State != ResourceCommandState.Hidden)
                .Select(c => new CommandView(
                    c.Name, c.DisplayName, c.DisplayDescription, c.State, c.ConfirmationMessage, c.IconName, c.IconVariant, c.IsHighlighted))]);
    }
}

/// <summary>The last result of a health check; the status is null before the first.</summary>
internal sealed record HealthReportView(string Name, HealthStatus? Status, string? Description, string? Exception, DateTime? LastRunTime);

/// <summary>Where a resource can be opened.</summary>
/// <param name="Name">The endpoint's name, if it is an endpoint's.</param>
/// <param name="Url">The address.</param>
/// <param name="DisplayName">The text instead of the address; may be empty.</param>
/// <param name="IsInternal">Whether it is of use to the application only.</param>
internal sealed record UrlView(string? Name, string Url, string DisplayName, bool IsInternal);

/// <summary>A named value. That of a secret is null unless it was asked for.</summary>
internal sealed record ValueView(string Name, string? Value, bool IsSecret)
{
    public static ValueView Of(string name, string? value, bool isSecret, bool reveal) =>
        new(name, isSecret && !reveal ? null : value, isSecret);
}

/// <summary>What can be done with a resource.</summary>
internal sealed record CommandView(
    string Name,
    string DisplayName,
    string? Description,
    ResourceCommandState State,
    string? ConfirmationMessage,
    string? IconName,
    IconVariant? IconVariant,
    bool IsHighlighted);
