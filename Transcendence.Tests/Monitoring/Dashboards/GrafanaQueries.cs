namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>A series of an answer of Prometheus.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Values">Its samples: one of a query of now.</param>
internal sealed record Series(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double> Values);

/// <summary>Asks Prometheus what Grafana asks it for a dashboard, with each variable at its first choice.</summary>
/// <param name="prometheus">Prometheus.</param>
/// <param name="dashboard">The dashboard.</param>
/// <param name="scrapeInterval">The scrape interval of the data source.</param>
internal sealed partial class GrafanaQueries(HttpClient prometheus, DashboardFile dashboard, TimeSpan scrapeInterval)
{
    private static readonly TimeSpan s_range = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, string> _values = dashboard.Variables.ToDictionary(
        variable => variable.Name,
        variable => variable.Json.GetProperty("current").GetProperty("value") is { ValueKind: JsonValueKind.Array } many
            ? Combine(variable, [.. many.EnumerateArray().Select(value => value.GetString()!)])
            : Combine(variable, [variable.Json.GetProperty("current").GetProperty("value").GetString()!]));

    // At 15 minutes and some hundred points, the scrape interval is the longer one.
    private TimeSpan Interval => TimeSpan.FromTicks(Math.Max(scrapeInterval.Ticks, s_range.Ticks / 900));

    /// <summary>Chooses values of a variable; <c>$__all</c> is All.</summary>
    public void Choose(string variable, params string[] chosen) => _values[variable] = Combine(dashboard.Variables.Single(v => v.Name == variable), chosen);

    /// <summary>What a variable can be set to: its query is <c>label_values(SELECTOR, LABEL)</c>.</summary>
    public async Task<string[]> ValuesAsync(string variable)
    {
        var query = LabelValues().Match(dashboard.Variables.Single(v => v.Name == variable).Query);
        Assert.True(query.Success);
        var data = await AskAsync($"label/{query.Groups["label"].Value}/values?match[]={Uri.EscapeDataString(Interpolate(query.Groups["selector"].Value))}", null);
        return [.. data.EnumerateArray().Select(value => value.GetString()!)];
    }

    /// <summary>The answer to a panel's query.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refused it.</exception>
    public Task<IReadOnlyList<Series>> QueryAsync(DashboardQuery query) =>
        query.IsInstant ? QueryNowAsync(query.Expression, DateTimeOffset.UtcNow) : QueryRangeAsync(query.Expression);

    /// <summary>The answer of a moment to an expression with variables.</summary>
    public async Task<IReadOnlyList<Series>> QueryNowAsync(string expression, DateTimeOffset time) =>
        Read(await AskAsync("query", new() { ["query"] = Interpolate(expression), ["time"] = Seconds(time) }), "value");

    /// <summary>The traces of the exemplars that Prometheus has for a query.</summary>
    public async Task<IReadOnlyList<string>> TracesAsync(DashboardQuery query)
    {
        var now = DateTimeOffset.UtcNow;
        var data = await AskAsync("query_exemplars", new() { ["query"] = Interpolate(query.Expression), ["start"] = Seconds(now - s_range), ["end"] = Seconds(now) });
        return
        [
            .. data.EnumerateArray().SelectMany(series => series.GetProperty("exemplars").EnumerateArray())
                .Select(exemplar => exemplar.GetProperty("labels").GetProperty("trace_id").GetString()!),
        ];
    }

    private async Task<IReadOnlyList<Series>> QueryRangeAsync(string expression)
    {
        // Grafana aligns a range to the step, so that a refresh gives the same points again.
        var end = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / (long)Interval.TotalMilliseconds * (long)Interval.TotalMilliseconds);
        return Read(
            await AskAsync("query_range", new() { ["query"] = Interpolate(expression), ["start"] = Seconds(end - s_range), ["end"] = Seconds(end), ["step"] = Seconds(Interval) }),
            "values");
    }

    /// <summary>Puts the values of variables into a text.</summary>
    private string Interpolate(string text) => DashboardFile.Reference().Replace(text, match => match.Groups["name"].Value switch
    {
        "__interval" => Duration(Interval),
        // "$__rate_interval" in the documentation of Grafana's data source prometheus.
        "__rate_interval" => Duration(TimeSpan.FromTicks(Math.Max((Interval + scrapeInterval).Ticks, 4 * scrapeInterval.Ticks))),
        "__range" => Duration(s_range),
        var name => _values.TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"${name} in '{text}' is not known."),
    });

    /// <summary>One value stands as it is; of a variable with many values each is a regular expression inside of a string of PromQL.</summary>
    private static string Combine(DashboardVariable variable, string[] chosen)
    {
        if (!variable.IsMultiple)
        {
            return Assert.Single(chosen).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        }

        if (chosen is ["$__all"])
        {
            return variable.AllValue ?? throw new NotSupportedException($"{variable.Name} has no value for All.");
        }

        var patterns = chosen.Select(value => Special().Replace(value, @"\\$0")).ToArray();
        return patterns is [var one] ? one : $"({string.Join('|', patterns)})";
    }

    private async Task<JsonElement> AskAsync(string path, Dictionary<string, string>? form)
    {
        using var content = form is null ? null : new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, new Uri("/api/v1/" + path, UriKind.Relative)) { Content = content };
        using var response = await prometheus.SendAsync(request);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return answer.GetProperty("status").GetString() == "success"
            ? answer.GetProperty("data")
            : throw new InvalidOperationException($"{answer.GetProperty("error").GetString()}: {form?["query"] ?? path}");
    }

    private static IReadOnlyList<Series> Read(JsonElement data, string samples) =>
    [
        .. data.GetProperty("result").EnumerateArray().Select(series => new Series(
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            samples == "value" ? [Value(series.GetProperty(samples))] : [.. series.GetProperty(samples).EnumerateArray().Select(Value)])),
    ];

    private static double Value(JsonElement sample) => sample[1].GetString() switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var number => double.Parse(number!, CultureInfo.InvariantCulture),
    };

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static string Duration(TimeSpan time) => Seconds(time) + "s";

    [GeneratedRegex(@"^label_values\((?<selector>.+), *(?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"[\\^$.*+?()\[\]{}|/]")]
    private static partial Regex Special();
}
