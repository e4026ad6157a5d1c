using System.ComponentModel.DataAnnotations;

namespace Transcendence.Alerts.Silences;

/// <summary>Alerts of which Alertmanager tells nobody for a while.</summary>
/// <param name="Id">Alertmanager's name for it.</param>
/// <param name="State"><c>active</c>, or <c>pending</c> when it is still to begin.</param>
/// <param name="Matchers">Which alerts: those that all of these match.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends by itself.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="AlertIds">The inbox's numbers of the alerts that fire and are silenced by it.</param>
public sealed record SilenceSummary(
    string Id, string State, IReadOnlyList<Matcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string CreatedBy, string Reason, IReadOnlyList<long> AlertIds);

/// <summary>What an alert's label is to be.</summary>
/// <param name="Name">The label.</param>
/// <param name="Value">Its value, or a regular expression of the whole value.</param>
/// <param name="IsRegex">Whether it is one.</param>
/// <param name="IsEqual">False: what the label is not to be.</param>
public sealed record Matcher(string Name, string Value, bool IsRegex = false, bool IsEqual = true);

/// <summary>A silence that is wanted: by exactly one of <paramref name="AlertId"/>, <paramref name="Service"/> and <paramref name="Matchers"/>.</summary>
/// <param name="Reason">Why: who misses an alert is to read it.</param>
/// <param name="Minutes">For how long, 1 minute to 30 days. Or say endsAt.</param>
/// <param name="EndsAt">Until when. Or say minutes.</param>
/// <param name="AlertId">One alert that fires, by the inbox's number.</param>
/// <param name="Service">For a deliberate stop: whatever is raised about a service, by its label <c>service</c>; or <c>*</c>, about any.</param>
/// <param name="Matchers">Any alerts, by their labels.</param>
public sealed record NewSilence(
    [property: Required(ErrorMessage = ApiContract.Required), StringLength(1000, ErrorMessage = "This value has at most {1} characters.")] string? Reason,
    [property: Range(1, NewSilence.MaxMinutes, ErrorMessage = ApiContract.OutOfRange)] int? Minutes = null,
    DateTimeOffset? EndsAt = null,
    long? AlertId = null,
    [property: StringLength(200, ErrorMessage = "This value has at most {1} characters.")] string? Service = null,
    IReadOnlyList<Matcher>? Matchers = null)
{
    /// <summary>30 days.</summary>
    public const int MaxMinutes = 30 * 24 * 60;
}

/// <summary>A silence that was made.</summary>
/// <param name="Id">Alertmanager's name for it.</param>
/// <param name="EndsAt">When it ends by itself.</param>
public sealed record MadeSilence(string Id, DateTimeOffset EndsAt);
