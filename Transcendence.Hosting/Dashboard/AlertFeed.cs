using System.Runtime.CompilerServices;
using System.Text.Json;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>The alerts that fire, as a page shows them.</summary>
/// <param name="Source">The resource that knows them.</param>
/// <param name="Alerts">Those that fire, at most <see cref="AlertFeed.MaxFiring"/>; null when they are not known.</param>
/// <param name="TotalCount">How many fire.</param>
/// <param name="Problem">Why they are not known.</param>
internal sealed record FiringAlerts(string Source, IReadOnlyList<AlertSnapshot>? Alerts, int TotalCount, string? Problem);

/// <summary>The resource that knows the alerts did not tell them; the message is for the reader of the page.</summary>
internal sealed class AlertsUnknownException(string message, Exception inner) : Exception(message, inner);

/// <summary>Asks the resource that has an <see cref="AlertSourceAnnotation"/>, if there is one.</summary>
internal sealed class AlertFeed(DistributedApplicationModel model)
{
    public const int MaxFiring = 100;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>The resource that is asked; null when the application has none.</summary>
    public IResource? Source => model.Resources.FirstOrDefault(r => r.Annotations.OfType<AlertSourceAnnotation>().Any());

    /// <summary>Asks.</summary>
    /// <exception cref="AlertsUnknownException">It did not answer, or not in time.</exception>
    public static async Task<AlertPage> GetAsync(IResource source, AlertQuery query, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(s_timeout);
        try
        {
            // Waited for here, because the delegate may not listen to the token.
            return await source.Annotations.OfType<AlertSourceAnnotation>().Last().GetAlerts(query, timeout.Token).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AlertsUnknownException($"'{source.Name}' did not tell its alerts within {s_timeout.TotalSeconds:0} s.", e);
        }
#pragma warning disable CA1031 // Whatever goes wrong there, the page says so.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw new AlertsUnknownException($"'{source.Name}' does not tell its alerts: {e.Message}", e);
        }
    }

    /// <summary>The alerts that fire now, and again after each change.</summary>
    public async IAsyncEnumerable<FiringAlerts> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Source is not { } source)
        {
            yield break;
        }

        string? last = null;
        using var timer = new PeriodicTimer(s_interval);
        do
        {
            var now = await FiringAsync(source, cancellationToken).ConfigureAwait(false);
            if (JsonSerializer.Serialize(now) is var text && text != last)
            {
                last = text;
                yield return now;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private static async Task<FiringAlerts> FiringAsync(IResource source, CancellationToken cancellationToken)
    {
        try
        {
            var page = await GetAsync(source, new AlertQuery(IsFiring: true, Page: 1, PageSize: MaxFiring), cancellationToken).ConfigureAwait(false);
            return new FiringAlerts(source.Name, page.Items, page.TotalCount, null);
        }
        catch (AlertsUnknownException e)
        {
            return new FiringAlerts(source.Name, null, 0, e.Message);
        }
    }
}
