using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>Says how a resource is asked for the alerts that the dashboard shows.</summary>
/// <param name="getAlerts">
/// Asks it. Any exception means that the alerts are not known now; its message is shown. It is asked every few seconds by each page that is open.
/// </param>
public sealed class AlertSourceAnnotation(Func<AlertQuery, CancellationToken, Task<AlertPage>> getAlerts) : IResourceAnnotation
{
    /// <summary>Asks it.</summary>
    public Func<AlertQuery, CancellationToken, Task<AlertPage>> GetAlerts { get; } = getAlerts ?? throw new ArgumentNullException(nameof(getAlerts));
}

/// <summary>Which alerts are wanted.</summary>
/// <param name="IsFiring">Those that fire now; else those that have ended.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">How many alerts a page has, from 1 to 100.</param>
public sealed record AlertQuery(bool IsFiring, int Page, int PageSize);

/// <summary>Some alerts.</summary>
/// <param name="Items">The alerts of this page, the one that began last first.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
public sealed record AlertPage(IReadOnlyList<AlertSnapshot> Items, int TotalCount);

/// <summary>An alert, from when it began to fire until it ended.</summary>
/// <param name="Name">The rule's name.</param>
/// <param name="Severity">How bad it is, for example <c>critical</c> or <c>warning</c>.</param>
/// <param name="State">How it is now, for example <c>active</c>, <c>resolved</c> or <c>expired</c>.</param>
/// <param name="StartsAt">When it began.</param>
/// <param name="EndsAt">When it ended; <see langword="null"/> while it fires.</param>
/// <param name="Labels">What identifies it.</param>
/// <param name="Annotations">What describes it; <c>summary</c>, <c>description</c> and <c>runbook_url</c> are shown as what they are.</param>
/// <param name="GeneratorUrl">The page of the rule.</param>
public sealed record AlertSnapshot(
    string Name,
    string Severity,
    string State,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    string? GeneratorUrl);
