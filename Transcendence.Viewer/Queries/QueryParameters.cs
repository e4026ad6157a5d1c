using System.Globalization;
using System.Text.RegularExpressions;

namespace Transcendence.Viewer.Queries;

/// <summary>Checks the parameters of a query: nothing is passed on that is not known.</summary>
internal static partial class QueryParameters
{
    /// <summary>Reads the parameters of a request: of its address, and of its form.</summary>
    /// <exception cref="BadHttpRequestException">They are not allowed; the message says which, and why.</exception>
    public static async Task<List<KeyValuePair<string, string>>> ReadAsync(QueryPath path, HttpRequest request)
    {
        var form = HttpMethods.IsPost(request.Method) ? await RequestForm.ReadAsync(request) : FormCollection.Empty;
        var parameters = request.Query.Concat(form).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))).ToList();
        return Fault(path, parameters) is { } fault ? throw new BadHttpRequestException(fault) : parameters;
    }

    private static string? Fault(QueryPath path, List<KeyValuePair<string, string>> parameters)
    {
        var names = parameters.Select(p => p.Key).ToList();
        string[] known = [.. path.Required, .. path.Optional];
        if (names.Except(known).FirstOrDefault() is { } unknown)
        {
            return $"'{unknown}' is no parameter of {path.Path} here. There are: {string.Join(", ", known)}.";
        }

        if (path.Required.Except(names).FirstOrDefault() is { } missing)
        {
            return $"'{missing}' is missing.";
        }

        if (names.GroupBy(n => n).FirstOrDefault(n => n.Key != "match[]" && n.Count() > 1) is { } repeated)
        {
            return $"'{repeated.Key}' is there more than once.";
        }

        foreach (var (name, value) in parameters)
        {
            if (Expectation(name, value) is { } expectation)
            {
                return $"'{name}' is '{(value.Length > 100 ? value[..100] + "…" : value)}'. It must be {expectation}.";
            }
        }

        return path.Required.Contains("step") ? RangeQuery.Fault(Value("start"), Value("end"), Value("step")) : null;

        string Value(string name) => parameters.Find(p => p.Key == name).Value;
    }

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

    /// <summary>Whether a label has a name that Prometheus' data model knows.</summary>
    public static bool IsLabelName(string name) => LabelName().IsMatch(name);

    [GeneratedRegex(@"^[a-zA-Z_:][a-zA-Z0-9_:]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
