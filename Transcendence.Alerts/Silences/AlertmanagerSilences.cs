namespace Transcendence.Alerts.Silences;

/// <summary>A silence in the answer of <c>/api/v2/silences</c>.</summary>
internal sealed record ListedSilence(
    string Id, ListedSilence.SilenceStatus Status, IReadOnlyList<Matcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string CreatedBy, string Comment)
{
    /// <summary>The state of one that is over.</summary>
    public const string Ended = "expired";

    internal sealed record SilenceStatus(string State);
}

/// <summary>A silence as <c>/api/v2/silences</c> takes it.</summary>
internal sealed record PostedSilence(IReadOnlyList<Matcher> Matchers, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string CreatedBy, string Comment);

/// <summary>Alertmanager refuses what was asked of it.</summary>
internal sealed class AlertmanagerRefusal(string reason, int status) : Exception(reason)
{
    /// <summary>The status of our own answer.</summary>
    public int Status => status;
}
