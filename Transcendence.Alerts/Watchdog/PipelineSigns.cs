namespace Transcendence.Alerts.Watchdog;

/// <summary>What is seen of the monitoring at one moment, from which what is broken follows.</summary>
/// <param name="Word">How old the time in the last word is, or the word itself if it is older; null when none has come.</param>
/// <param name="Prometheus">What Prometheus answers; null when it is not asked.</param>
/// <param name="Alertmanager">What Alertmanager answers; null when it is not asked.</param>
internal sealed record PipelineSigns(TimeSpan? Word, PrometheusSign? Prometheus, AlertmanagerSign? Alertmanager)
{
    /// <summary>Says what is broken.</summary>
    /// <param name="overdueAfter">A time that is older than this is too old.</param>
    /// <param name="settleTime">So much more is granted for so long after a start of Prometheus or Alertmanager, which repeat themselves only then.</param>
    /// <param name="canBeOverdue">Whether a word could have come by now.</param>
    /// <param name="isOverdue">Whether it was overdue before: then it is until a word comes, whatever was started meanwhile.</param>
    public (PipelineStatus Status, PipelineCause Cause) Judge(TimeSpan overdueAfter, TimeSpan settleTime, bool canBeOverdue, bool isOverdue)
    {
        var patience = isOverdue ? overdueAfter : Prometheus?.UpFor < settleTime || Alertmanager?.UpFor < settleTime ? overdueAfter + settleTime : overdueAfter;
        if (Word <= patience)
        {
            return this switch
            {
                { Prometheus: { Targets: 0, UpFor: var upFor } } when canBeOverdue && upFor > overdueAfter => (PipelineStatus.Overdue, PipelineCause.NoTargets),
                { Prometheus.Fault: not null } => (PipelineStatus.Impaired, PipelineCause.InboxToPrometheus),
                { Alertmanager.Fault: not null } => (PipelineStatus.Impaired, PipelineCause.InboxToAlertmanager),
                _ => (PipelineStatus.Working, PipelineCause.None),
            };
        }

        if (!canBeOverdue)
        {
            return (PipelineStatus.Starting, PipelineCause.None);
        }

        return this switch
        {
            { Word: null, Prometheus: null, Alertmanager: null } => (PipelineStatus.Unwatched, PipelineCause.None),
            { Prometheus.Fault: not null, Alertmanager.Fault: not null } => (PipelineStatus.Overdue, PipelineCause.BothDown),
            { Prometheus.Fault: not null } => (PipelineStatus.Overdue, PipelineCause.PrometheusDown),
            { Prometheus: { } prometheus } when !(prometheus.Sample <= overdueAfter) => (PipelineStatus.Overdue, PipelineCause.NothingRecorded),
            { Alertmanager.Fault: not null } => (PipelineStatus.Overdue, PipelineCause.AlertmanagerDown),
            { Alertmanager.Word: var word } when word <= overdueAfter => (PipelineStatus.Overdue, PipelineCause.AlertmanagerToInbox),
            { Prometheus: not null, Alertmanager: not null } => (PipelineStatus.Overdue, PipelineCause.PrometheusToAlertmanager),
            _ => (PipelineStatus.Overdue, PipelineCause.None),
        };
    }

    /// <summary>Says it to people.</summary>
    public string Describe(PipelineStatus status, PipelineCause cause)
    {
        var last = Word is { } age ? string.Create(CultureInfo.InvariantCulture, $"The last word of the monitoring tells of {age.TotalSeconds:0} s ago") : "No word of the monitoring has come";
        return (status, cause) switch
        {
            (PipelineStatus.Unwatched, _) => "No Prometheus and no Alertmanager is known here, so no word of them is expected.",
            (PipelineStatus.Starting, _) => "The first word of the monitoring is still to come.",
            (PipelineStatus.Working, _) => "Samples are recorded, judged and told.",
            (_, PipelineCause.NoTargets) => "Prometheus reaches no target but itself: nothing is watched. Its page Targets has the errors.",
            (_, PipelineCause.InboxToPrometheus) => $"Alerts arrive, but Prometheus does not answer the inbox: {Prometheus!.Fault}.",
            (_, PipelineCause.InboxToAlertmanager) => $"Alerts arrive, but Alertmanager does not answer the inbox: {Alertmanager!.Fault}.",
            (_, PipelineCause.BothDown) => $"{last}, and neither Prometheus nor Alertmanager answers ({Prometheus!.Fault}; {Alertmanager!.Fault}): they are down, or the inbox is cut off from them.",
            (_, PipelineCause.PrometheusDown) => $"{last}, and Prometheus does not answer: {Prometheus!.Fault}. Nothing is recorded, and no alert can fire.",
            (_, PipelineCause.NothingRecorded) => $"{last}, and Prometheus answers but records nothing: it has no target, or its data directory is full or read-only. Its log has the reason.",
            (_, PipelineCause.AlertmanagerDown) => $"{last}. Prometheus records, but Alertmanager does not answer: {Alertmanager!.Fault}. Nobody is told of alerts.",
            (_, PipelineCause.PrometheusToAlertmanager) => $"{last}. Prometheus records and Alertmanager answers, but alerts do not come from the one to the other, or the rule {WatchdogWord.AlertName} is missing. Prometheus' log has the reason.",
            (_, PipelineCause.AlertmanagerToInbox) => $"{last}. Alertmanager has a newer one and does not bring it here: {WatchdogWord.AlertName} is silenced or has no route to its receiver, the address of the inbox is wrong there, or the network between them is cut. Alertmanager's log has the reason.",
            _ => $"{last}. Where Prometheus or Alertmanager are was not told here, so it is not known which of them is broken.",
        };
    }
}

/// <summary>What Prometheus says of itself.</summary>
/// <param name="Fault">Why it does not answer; null when it does.</param>
/// <param name="UpFor">For how long it has run.</param>
/// <param name="Sample">How old its newest sample is, by its own clock; null when it has none of the last minutes.</param>
/// <param name="Targets">How many targets but itself it reaches.</param>
internal sealed record PrometheusSign(string? Fault, TimeSpan? UpFor = null, TimeSpan? Sample = null, int? Targets = null);

/// <summary>What Alertmanager says of the alert <c>Watchdog</c>.</summary>
/// <param name="Fault">Why it does not answer; null when it does.</param>
/// <param name="UpFor">For how long it has run.</param>
/// <param name="Word">How old the time in it is; null when it does not know of it.</param>
internal sealed record AlertmanagerSign(string? Fault, TimeSpan? UpFor = null, TimeSpan? Word = null);
