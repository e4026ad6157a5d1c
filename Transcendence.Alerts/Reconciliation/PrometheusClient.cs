namespace Transcendence.Alerts.Reconciliation;

/// <summary>Asks Prometheus, whose address is found by service discovery, which alerts have fired and ended.</summary>
internal sealed class PrometheusClient(HttpClient http, TimeProvider clock)
{
    /// <summary>An alert that has not fired for so long has ended. Of a later one Alertmanager tells.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    /// <summary>Asks for the episodes in a time up to now, by the samples of <c>ALERTS</c>, one for each evaluation at which an alert fires.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or refuses.</exception>
    /// <exception cref="JsonException">What answers is no Prometheus.</exception>
    public async Task<List<PastAlert>> AskAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        var query = $$"""ALERTS{alertstate="firing"}[{{Math.Ceiling(window.TotalSeconds).ToString(CultureInfo.InvariantCulture)}}s]""";
        using var response = await http.GetAsync(new Uri("api/v1/query?query=" + Uri.EscapeDataString(query), UriKind.Relative), cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken) ?? throw new JsonException("The answer is null.");

        // Its times are compared with its own clock, which may differ from ours.
        var endedBefore = (response.Headers.Date ?? clock.GetUtcNow()) - Silence;
        return [.. answer.Data.Result.SelectMany(series => Episodes(series.Metric, [.. series.Values.Select(At)])).Where(alert => alert.EndsAt < endedBefore)];
    }

    /// <summary>An evaluation at which it did not fire parts two episodes.</summary>
    private static IEnumerable<PastAlert> Episodes(Dictionary<string, string> metric, DateTimeOffset[] fired)
    {
        var labels = metric.Where(label => label.Key is not ("__name__" or "alertstate")).ToDictionary();
        var interval = fired.Zip(fired.Skip(1), (before, after) => after - before).DefaultIfEmpty().Min();
        var first = 0;
        for (var i = 1; i <= fired.Length; i++)
        {
            if (i == fired.Length || fired[i] - fired[i - 1] > 1.5 * interval)
            {
                yield return new(labels, fired[first], fired[i - 1]);
                first = i;
            }
        }
    }

    private static DateTimeOffset At(JsonElement[] sample) => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(sample[0].GetDouble() * 1000));

    private sealed record Answer(Answer.Matrix Data)
    {
        internal sealed record Matrix(Series[] Result);

        internal sealed record Series(Dictionary<string, string> Metric, JsonElement[][] Values);
    }
}

/// <summary>An alert that fired from one time to another, cut to milliseconds as samples are: the first and the last evaluation at which it did.</summary>
internal sealed record PastAlert(IReadOnlyDictionary<string, string> Labels, DateTimeOffset StartsAt, DateTimeOffset EndsAt)
{
    /// <summary>As Alertmanager computes it: FNV-1a, 64 bits, of the sorted labels (<c>prometheus/common</c>, <c>model/signature.go</c>).</summary>
    public string Fingerprint
    {
        get
        {
            var hash = 14695981039346656037;
            foreach (var (name, value) in Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            {
                foreach (var b in (byte[])[.. Encoding.UTF8.GetBytes(name), 0xFF, .. Encoding.UTF8.GetBytes(value), 0xFF])
                {
                    hash = (hash ^ b) * 1099511628211;
                }
            }

            return hash.ToString("x16", CultureInfo.InvariantCulture);
        }
    }
}
