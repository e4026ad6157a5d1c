namespace Transcendence.Alerts.Watchdog;

/// <summary>Looks at Prometheus and Alertmanager, which may be gone or hang.</summary>
internal static class Looks
{
    // They are near, and are looked at again soon.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    /// <summary>Looks, briefly.</summary>
    /// <returns>What was seen, or why nothing was.</returns>
    public static async Task<(T? Seen, string? Fault)> TryAsync<T>(Func<CancellationToken, Task<T>> look, string name, CancellationToken cancellationToken) where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_patience);
        try
        {
            return (await look(deadline.Token), null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Describe(e, name));
        }
    }

    /// <summary>Says why one of them did not answer, in words without a full stop.</summary>
    public static string Describe(Exception e, string name) => e switch
    {
        OperationCanceledException => "it does not answer in time",
        JsonException or KeyNotFoundException or FormatException => $"what answers at its address is no {name}",
        _ => e.GetBaseException().Message.TrimEnd('.'),
    };
}
