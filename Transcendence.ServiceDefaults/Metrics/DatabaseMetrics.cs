namespace Transcendence.ServiceDefaults;

/// <summary>
/// How long the database takes: <c>db_query_duration_seconds</c> by <c>operation</c>. Slow requests with slow queries and an
/// idle CPU point at the database.
/// </summary>
public static class DatabaseMetrics
{
    private const string Other = "other";
    private static readonly string[] s_operations = ["select", "insert", "update", "delete", "commit", Other];

    private static readonly Histogram s_duration = Prometheus.Metrics.CreateHistogram(
        "db_query_duration_seconds",
        "Duration of database queries in seconds.",
        ["operation"],
        Latency.Striped);

    // Held, because looking a child up by its label costs several times as much as recording.
    private static readonly StripedHistogram[] s_durations = [.. s_operations.Select(operation => new StripedHistogram(s_duration.WithLabels(operation)))];

    static DatabaseMetrics() => Prometheus.Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
    {
        lock (s_durations)
        {
            Array.ForEach(s_durations, durations => durations.Collect());
        }
    });

    /// <summary>Records that a query has been executed.</summary>
    /// <param name="operation">
    /// The SQL command or only its verb. Its first word in any case gives the label <c>select</c>, <c>insert</c>,
    /// <c>update</c>, <c>delete</c> or <c>commit</c>; everything else is <c>other</c>. Leading <c>--</c> comments are passed over.
    /// </param>
    /// <param name="duration">How long it took, from sending the command to its first result.</param>
    public static void ObserveQuery(string operation, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(operation);
        s_durations[IndexOf(operation)].Observe(duration, Activity.Current);
    }

    private static int IndexOf(ReadOnlySpan<char> sql)
    {
        sql = sql.TrimStart();
        while (sql.StartsWith("--", StringComparison.Ordinal))
        {
            var end = sql.IndexOf('\n');
            sql = end < 0 ? [] : sql[end..].TrimStart();
        }

        for (var i = 0; i < s_operations.Length; i++)
        {
            var verb = s_operations[i];
            if (sql.StartsWith(verb, StringComparison.OrdinalIgnoreCase) && (sql.Length == verb.Length || !char.IsAsciiLetter(sql[verb.Length])))
            {
                return i;
            }
        }

        return s_operations.Length - 1;
    }
}
