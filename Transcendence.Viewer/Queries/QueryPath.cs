namespace Transcendence.Viewer.Queries;

/// <summary>A path of Prometheus' HTTP API that only reads. Nothing is passed on that is not known here.</summary>
/// <remarks>
/// Paths and parameters are as Prometheus' documentation, "HTTP API", has them; <c>{name}</c> stands for a label, and POST is of a form
/// with the parameters. <c>timeout</c> is missing: it is ours to say.
/// </remarks>
internal sealed partial record QueryPath(string Path, bool AcceptsPost, string[] Required, string[] Optional)
{
    public static IReadOnlyList<QueryPath> All { get; } =
    [
        new("query", true, ["query"], ["time", "limit", "lookback_delta", "stats"]),
        new("query_range", true, ["query", "start", "end", "step"], ["limit", "lookback_delta", "stats"]),
        new("query_exemplars", true, ["query", "start", "end"], []),
        new("series", true, ["match[]"], ["start", "end", "limit"]),
        new("labels", true, [], ["match[]", "start", "end", "limit"]),
        new("label/{name}/values", false, [], ["match[]", "start", "end", "limit"]),
        new("metadata", false, [], ["metric", "limit", "limit_per_metric"]),
    ];

    /// <summary>Reads the parameters of a request: of its address, and of its form.</summary>
    /// <exception cref="BadHttpRequestException">They are not allowed; the message says which, and why.</exception>
    public async Task<List<KeyValuePair<string, string>>> ReadAsync(HttpRequest request)
    {
        if (request.RouteValues["name"] is string label && !LabelName().IsMatch(label))
        {
            throw new BadHttpRequestException($"'{label}' is no name of a label.");
        }

        var form = HttpMethods.IsPost(request.Method) ? await RequestForm.ReadAsync(request) : FormCollection.Empty;
        var parameters = request.Query.Concat(form).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))).ToList();
        return Fault(parameters) is { } fault ? throw new BadHttpRequestException(fault) : parameters;
    }

    private string? Fault(List<KeyValuePair<string, string>> parameters)
    {
        var names = parameters.ConvertAll(p => p.Key);
        string[] known = [.. Required, .. Optional];
        return names.Except(known).FirstOrDefault() is { } unknown ? $"'{unknown}' is no parameter of {Path} here. There are: {string.Join(", ", known)}."
            : Required.Except(names).FirstOrDefault() is { } missing ? $"'{missing}' is missing."
            : names.CountBy(n => n).FirstOrDefault(n => n is { Key: not "match[]", Value: > 1 }).Key is { } repeated ? $"'{repeated}' is there more than once."
            : parameters.Select(p => Fault(p.Key, p.Value)).FirstOrDefault(fault => fault is not null)
                ?? (Required.Contains("step") ? RangeQuery.Fault(Value("start"), Value("end"), Value("step")) : null);

        string Value(string name) => parameters.Find(p => p.Key == name).Value;
    }

    private static string? Fault(string name, string value) => Expectation(name, value) is { } expectation
        ? $"'{name}' is '{(value.Length > 100 ? value[..100] + "…" : value)}'. It must be {expectation}."
        : null;

    /// <summary>What a value must be, in words; <see langword="null"/> when it is.</summary>
    private static string? Expectation(string name, string value) => name switch
    {
        "query" or "match[]" => value.Trim().Length > 0 ? null : "a PromQL expression",
        "start" or "end" or "time" => RangeQuery.ParseTime(value) is not null ? null : "a time: seconds since 1970, or such as 2026-01-31T12:00:00Z",
        "step" or "lookback_delta" => RangeQuery.ParseDuration(value) > 0 ? null : "a duration above zero: seconds, or such as 1m30s",
        "limit" or "limit_per_metric" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        "metric" => MetricName().IsMatch(value) ? null : "the name of a metric",
        "stats" => value is "true" or "all" ? null : "`true` or `all`",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No check for this parameter."),
    };

    // As Prometheus' data model has them.
    [GeneratedRegex(@"^[a-zA-Z_:][a-zA-Z0-9_:]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
