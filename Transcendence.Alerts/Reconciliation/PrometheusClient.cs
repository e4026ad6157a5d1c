using System.Text.Json.Serialization;

namespace Transcendence.Alerts.Reconciliation;

/// <summary>Asks Prometheus, whose address is found by service discovery, which alerts have fired and ended.</summary>
internal sealed class PrometheusClient(HttpClient http, TimeProvider clock)
{
    /// <summary>An alert that has not fired for so long has ended. Of a later one Alertmanager tells.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_slice = TimeSpan.FromHours(1);

    /// <summary>Asks for the episodes in a time up to now, by the samples of <c>ALERTS</c>, one for each evaluation at which an alert fires.</summary>
    /// <remarks>Hour by hour: thousands of alerts that fire for a day are some hundred megabytes.</remarks>
    /// <exception cref="HttpRequestException">It cannot be reached, or refuses.</exception>
    /// <exception cref="JsonException">What answers is no Prometheus.</exception>
    public async Task<List<PastAlert>> AskAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        var fired = new Dictionary<string, (Dictionary<string, string> Labels, SortedSet<long> Times)>();
        var now = clock.GetUtcNow();
        for (var offset = TimeSpan.Zero; offset < window; offset += s_slice)
        {
            var length = window - offset < s_slice ? window - offset : s_slice;
            var query = string.Create(CultureInfo.InvariantCulture, $$"""ALERTS{alertstate="firing", alertname!="{{WatchdogWord.AlertName}}"}[{{Math.Ceiling(length.TotalSeconds)}}s]{{(offset > TimeSpan.Zero ? $" offset {offset.TotalHours}h" : "")}}""");
            (var answer, now) = await GetAsync<Answer>("api/v1/query?query=" + Uri.EscapeDataString(query), cancellationToken);
            foreach (var series in answer.Data.Result)
            {
                var labels = series.Metric.Where(label => label.Key is not ("__name__" or "alertstate")).ToDictionary();
                var alert = new PastAlert(labels, default, default);
                if (!fired.TryGetValue(alert.Fingerprint, out var known))
                {
                    fired[alert.Fingerprint] = known = (labels, []);
                }

                known.Times.UnionWith(series.Values.Select(sample => sample.Time));
            }
        }

        return [.. fired.Values.SelectMany(alert => Episodes(alert.Labels, [.. alert.Times.Select(DateTimeOffset.FromUnixTimeMilliseconds)])).Where(alert => alert.EndsAt < now - Silence)];
    }

    /// <summary>Asks since when it runs, how old its newest sample is, and how many targets but itself it reaches.</summary>
    /// <param name="recently">A target that answered in this time is reached.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task<PrometheusSign?> LookAsync(TimeSpan recently, CancellationToken cancellationToken)
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, recently.TotalSeconds):0}");
        var query = $$"""
            label_replace(time() - max(timestamp(up)), "sign", "sample", "", "")
            or
            label_replace(sum(max_over_time(up{job!="prometheus"}[{{seconds}}s])) or vector(0), "sign", "targets", "", "")
            """;
        var (sign, fault) = await Looks.TryAsync(
            async token =>
            {
                var (runtime, answeredAt) = await GetAsync<Runtime>("api/v1/status/runtimeinfo", token);
                var (signs, _) = await GetAsync<Signs>("api/v1/query?query=" + Uri.EscapeDataString(query), token);
                var values = signs.Data.Result.ToDictionary(sign => sign.Metric["sign"], sign => double.Parse(sign.Value[1].GetString()!, CultureInfo.InvariantCulture));
                return new PrometheusSign(
                    null, answeredAt - runtime.Data.StartTime, values.TryGetValue("sample", out var age) ? TimeSpan.FromSeconds(age) : null, (int)values["targets"]);
            },
            "Prometheus",
            cancellationToken);
        return sign ?? new(fault);
    }

    /// <summary>Asks for the jobs that it watches.</summary>
    public async Task<IReadOnlyList<string>> JobsAsync(CancellationToken cancellationToken)
    {
        // The job runtime is other metrics of the same services.
        var (jobs, _) = await GetAsync<Signs>("api/v1/query?query=" + Uri.EscapeDataString("""count by (job) (last_over_time(up{job!="runtime"}[1h]))"""), cancellationToken);
        return [.. jobs.Data.Result.Select(job => job.Metric.GetValueOrDefault("job", "")).Where(job => job.Length > 0).Order(StringComparer.Ordinal)];
    }

    private Task<(T Value, DateTimeOffset AnsweredAt)> GetAsync<T>(string path, CancellationToken cancellationToken) => http.AskAsync<T>(path, JsonSerializerOptions.Web, clock, cancellationToken);

    /// <summary>Parts two episodes where none of the evaluations of more than a minute, at which Prometheus may have been restarted, saw it fire.</summary>
    private static IEnumerable<PastAlert> Episodes(Dictionary<string, string> labels, DateTimeOffset[] fired)
    {
        var first = 0;
        for (var i = 1; i <= fired.Length; i++)
        {
            if (i == fired.Length || fired[i] - fired[i - 1] > 1.5 * Silence)
            {
                yield return new(labels, fired[first], fired[i - 1]);
                first = i;
            }
        }
    }

    private sealed record Runtime(Runtime.Info Data)
    {
        internal sealed record Info(DateTimeOffset StartTime);
    }

    private sealed record Signs(Signs.Vector Data)
    {
        internal sealed record Vector(Sign[] Result);

        internal sealed record Sign(Dictionary<string, string> Metric, JsonElement[] Value);
    }

    private sealed record Answer(Answer.Matrix Data)
    {
        internal sealed record Matrix(Series[] Result);

        internal sealed record Series(Dictionary<string, string> Metric, Sample[] Values);
    }

    /// <summary>A sample, <c>[seconds, "value"]</c>: of <c>ALERTS</c> only the time tells something.</summary>
    [JsonConverter(typeof(SampleConverter))]
    private readonly record struct Sample(long Time);

    private sealed class SampleConverter : JsonConverter<Sample>
    {
        public override Sample Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Read();
            var time = reader.GetDouble();
            while (reader.TokenType != JsonTokenType.EndArray)
            {
                reader.Read();
            }

            return new((long)Math.Round(time * 1000));
        }

        public override void Write(Utf8JsonWriter writer, Sample value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}

/// <summary>An alert that fired from one time to another, cut to milliseconds as samples are: the first and the last evaluation at which it did.</summary>
internal sealed record PastAlert(IReadOnlyDictionary<string, string> Labels, DateTimeOffset StartsAt, DateTimeOffset EndsAt)
{
    /// <summary>As Alertmanager computes it: FNV-1a, 64 bits, of the sorted labels (<c>prometheus/common</c>, <c>model/signature.go</c>).</summary>
    public string Fingerprint => field ??= FingerprintOf(Labels);

    private static string FingerprintOf(IReadOnlyDictionary<string, string> labels)
    {
        var hash = 14695981039346656037;
        foreach (var (name, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            foreach (var b in (byte[])[.. Encoding.UTF8.GetBytes(name), 0xFF, .. Encoding.UTF8.GetBytes(value), 0xFF])
            {
                hash = (hash ^ b) * 1099511628211;
            }
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
