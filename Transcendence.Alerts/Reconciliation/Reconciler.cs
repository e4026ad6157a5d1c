using OpenTelemetry;
using Prometheus;

namespace Transcendence.Alerts.Reconciliation;

/// <summary>Keeps the inbox at one with Alertmanager, which is asked every quarter of a minute what fires.</summary>
/// <remarks>
/// <para>Notifications get lost: while the inbox is down, while Alertmanager is (it keeps alerts in memory, and never announces
/// the end of one that it has forgotten), or because they come late. What Alertmanager lists is the truth, within these limits:</para>
/// <list type="bullet">
/// <item><b>A new Alertmanager knows nothing</b> until Prometheus repeats itself, every 45 s as we start it (an evaluation every
/// 15 s, <c>--rules.alert.resend-delay=30s</c>). That an alert is not listed counts only when Alertmanager has been up for
/// <see cref="AlertsOptions.SettleTime"/>. It is asked again at just that moment. Its start and the present are both taken
/// from its answers, so its clock may differ from ours; the alerts are asked for before the start, so a restart in between shows.</item>
/// <item><b>A notification that arrives while we ask</b> may be newer than the answer, or older. Whatever alert it names is left
/// for the next round. Which notifications those are is told by their numbers and not by a clock, which can be set back.</item>
/// <item><b>A notification that arrives late</b>, after the answer has been stored: within
/// <see cref="AlertInbox.LateAfterEnd"/> it does not bring an alert back. What else it does wrong, the next round corrects: an
/// answer that is newer than all notifications has the last word in both directions.</item>
/// <item><b>While Alertmanager cannot be asked</b> (or answers with anything but its alerts and its start) nothing ends and
/// nothing expires: the alerts stay what they were, notifications are stored as ever, and the inbox says of itself that it is
/// not well. Only what had expired already when the inbox was started stays so until Alertmanager lists it.</item>
/// <item><b>A silenced or inhibited alert fires</b>; it is only not notified. An alert whose end lies in the past does not fire.</item>
/// <item><b>An alert of which the inbox has never heard</b> is added if Alertmanager would notify the inbox of it
/// (<see cref="AlertsOptions.Receiver"/>); its notification was lost, or is to come within <c>group_wait</c>. What the inbox
/// knows already is kept up to date whoever its receiver is now.</item>
/// <item><b>The same labels with a later start</b> are a new episode, with which the former has ended; unless the former was heard of after
/// that start: it goes on, and only Prometheus was restarted. With an earlier start they
/// are the same episode: Alertmanager has one alert of a fingerprint, and joins those that overlap. It lists starts cut to
/// milliseconds, so what falls into the same millisecond is the same.</item>
/// <item><b>What came and went meanwhile</b>, Alertmanager does not tell. When this process has begun, and after every failure,
/// Prometheus is asked for it (<see cref="PrometheusClient"/>), a minute later, by which time whatever fires has been listed. Annotations are not
/// kept there, nor who was to be told; and labels that <c>alert_relabel_configs</c> adds or changes make another alert of it.</item>
/// <item><b>One Alertmanager.</b> An alert that only another one knows would be ended here.</item>
/// <item><b>Prometheus that is down</b> is Alertmanager's business: it ends what has not been repeated for four times the resend
/// delay, two minutes as we start it, and lists it until then.</item>
/// </list>
/// </remarks>
internal sealed partial class Reconciler(
    IServiceScopeFactory scopes, AlertmanagerLink alertmanager, AlertMetrics metrics, TimeProvider clock, ILogger<Reconciler> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lookBack = TimeSpan.FromDays(1);

    private bool _hasFailed;
    private DateTimeOffset? _missedSince = alertmanager.StartedAt - s_lookBack;
    private DateTimeOffset? _heardSince;
    private DateTimeOffset _lastAskedAt = alertmanager.StartedAt;
    private bool _fillInHasFailed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!alertmanager.IsAsked)
        {
            LogOff();
            return;
        }

        while (true)
        {
            await Task.Delay(await TryReconcileAsync(stoppingToken), clock, stoppingToken);
        }
    }

    /// <summary>Asks once. Whatever goes wrong, it may go right the next time.</summary>
    /// <returns>When to ask again: sooner when it failed, or when Alertmanager is about to have settled.</returns>
    internal async Task<TimeSpan> TryReconcileAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ReconcileAsync(cancellationToken);
            metrics.LastReconciliation.SetToTimeUtc(answer.AskedAt);
            alertmanager.Fault = null;
            if (_hasFailed)
            {
                LogRecovered();
            }

            _hasFailed = false;
            if (answer.AskedAt - _lastAskedAt > PrometheusClient.Silence)
            {
                Miss(); // This process was frozen.
            }

            _lastAskedAt = answer.AskedAt;
            _heardSince ??= answer.AskedAt;
            if (_missedSince is { } from && answer.IsSettled && answer.AskedAt - _heardSince >= PrometheusClient.Silence)
            {
                await TryFillInAsync(from, cancellationToken);
            }

            return answer.IsSettled || answer.SettlesIn > s_interval ? s_interval : answer.SettlesIn < s_shortest ? s_shortest : answer.SettlesIn;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var reason = Looks.Describe(e, "Alertmanager");
            metrics.ReconciliationFailures.Inc();
            Miss();
            alertmanager.Fault = $"The alerts cannot be reconciled with Alertmanager: {reason}.";
            if (!_hasFailed)
            {
                LogFailed(reason);
            }

            _hasFailed = true;
            return s_afterFailure;
        }
    }

    private async Task<AlertmanagerAnswer> ReconcileAsync(CancellationToken cancellationToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin(); // Else these would bury the users' traces, as probes would.
        await using var scope = scopes.CreateAsyncScope();
        var inbox = scope.ServiceProvider.GetRequiredService<AlertInbox>();
        var heard = await inbox.LastHeardAsync(cancellationToken);
        var answer = await scope.ServiceProvider.GetRequiredService<AlertmanagerClient>().AskAsync(cancellationToken);
        inbox.Announce(await inbox.ReconcileAsync(answer, heard, cancellationToken));
        return answer;
    }

    // What began just before was perhaps not listed yet.
    private void Miss() => (_missedSince, _heardSince) = (_missedSince ?? _lastAskedAt - s_interval, null);

    private async Task TryFillInAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        try
        {
            using var quiet = SuppressInstrumentationScope.Begin();
            await using var scope = scopes.CreateAsyncScope();
            if (scope.ServiceProvider.GetService<PrometheusClient>() is { } prometheus)
            {
                var inbox = scope.ServiceProvider.GetRequiredService<AlertInbox>();
                inbox.Announce(await inbox.FillInAsync(await prometheus.AskAsync(clock.GetUtcNow() - from, cancellationToken), cancellationToken));
            }

            (_missedSince, _fillInHasFailed) = (null, false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_fillInHasFailed)
            {
                LogNotFilledIn(from, e.GetBaseException().Message.TrimEnd('.'));
            }

            _fillInHasFailed = true; // And is tried again in the next round.
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Which alerts have come and gone since {From:u} cannot be asked of Prometheus, or not be stored: {Reason}. It is tried again every quarter of a minute " +
        "(its address is the setting services:prometheus:http)")]
    private partial void LogNotFilledIn(DateTimeOffset from, string reason);

    [LoggerMessage(LogLevel.Information,
        "No Alertmanager is known (services:alertmanager:http), so alerts are not reconciled with it: one that is not repeated for Alerts:ExpireAfter counts as ended")]
    private partial void LogOff();

    [LoggerMessage(LogLevel.Warning,
        "The alerts cannot be reconciled with Alertmanager: {Reason}. They stay as they are, and it is asked again every few seconds " +
        "(its address is the setting services:alertmanager:http)")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "The alerts are reconciled with Alertmanager again")]
    private partial void LogRecovered();
}

/// <summary>Adds what reconciles.</summary>
internal static class ReconciliationExtensions
{
    /// <summary>Reconciles with the Alertmanager at <c>services:alertmanager:http</c>, if it is set.</summary>
    public static void AddReconciliation(this WebApplicationBuilder builder)
    {
        var isAsked = builder.Configuration.GetSection("services:alertmanager").GetChildren().Any();
        builder.Services.AddSingleton(services => new AlertmanagerLink(isAsked, services.GetRequiredService<TimeProvider>().GetUtcNow()));
        builder.Services.AddHostedService<Reconciler>();
        builder.Services.AddHttpClient<AlertmanagerClient>(
            http => (http.BaseAddress, http.Timeout) = (new Uri("http://alertmanager"), TimeSpan.FromSeconds(10))).AsksOnce();
        if (builder.Configuration.GetSection("services:prometheus").GetChildren().Any())
        {
            builder.Services.AddHttpClient<PrometheusClient>(
                http => (http.BaseAddress, http.Timeout, http.MaxResponseContentBufferSize) = (new Uri("http://prometheus"), TimeSpan.FromSeconds(30), 64 * 1024 * 1024)).AsksOnce();
        }
    }
}
