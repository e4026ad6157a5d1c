using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Transcendence.Viewer.Queries;

/// <summary>Checks the parameters of a query: nothing is passed on that is not known.</summary>
internal static partial class QueryParameters
{
    /// <summary>Reads the parameters of a request: of its address, and of its form.</summary>
    /// <exception cref="BadHttpRequestException">They are not allowed; the message says which, and why.</exception>
    public static async Task<List<KeyValuePair<string, string>>> ReadAsync(QueryPath path, HttpRequest request)
    {
        IEnumerable<KeyValuePair<string, StringValues>> given = request.Query;
        if (HttpMethods.IsPost(request.Method))
        {
            given = given.Concat(await RequestForm.ReadAsync(request).ConfigureAwait(false));
        }

        var parameters = given.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))).ToList();
        Check(path, parameters);
        return parameters;
    }

    private static void Check(QueryPath path, List<KeyValuePair<string, string>> parameters)
    {
        var names = parameters.Select(p => p.Key).ToList();
        string[] known = [.. path.Required, .. path.Optional];
        if (names.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new BadHttpRequestException($"'{unknown}' is no parameter of {path.Path} here. There are: {string.Join(", ", known)}.");
        }

        if (path.Required.Except(names).FirstOrDefault() is { } missing)
        {
            throw new BadHttpRequestException($"'{missing}' is missing.");
        }

        if (names.GroupBy(n => n).FirstOrDefault(n => n.Key != "match[]" && n.Count() > 1) is { } repeated)
        {
            throw new BadHttpRequestException($"'{repeated.Key}' is there more than once.");
        }

        foreach (var (name, value) in parameters)
        {
            if (Expectation(name, value) is { } expectation)
            {
                throw new BadHttpRequestException($"'{name}' is '{(value.Length > 100 ? value[..100] + "…" : value)}'. It must be {expectation}.");
            }
        }

        if (path.Required.Contains("step")
            && RangeQuery.Check(Seconds("start", RangeQuery.TryParseTime), Seconds("end", RangeQuery.TryParseTime), Seconds("step", RangeQuery.TryParseDuration)) is { } wrong)
        {
            throw new BadHttpRequestException(wrong);
        }

        double Seconds(string name, TryParse parse) => parse(parameters.Find(p => p.Key == name).Value, out var seconds) ? seconds : double.NaN;
    }

    private delegate bool TryParse(string text, out double seconds);

    /// <summary>What a value must be, in words; <see langword="null"/> when it is.</summary>
    private static string? Expectation(string name, string value) => name switch
    {
        "query" or "match[]" => value.Trim().Length > 0 ? null : "a PromQL expression",
        "start" or "end" or "time" => RangeQuery.TryParseTime(value, out _) ? null : "a time: seconds since 1970, or such as 2026-01-31T12:00:00Z",
        "step" or "lookback_delta" => RangeQuery.TryParseDuration(value, out var seconds) && seconds > 0 ? null : "a duration above zero: seconds, or such as 1m30s",
        "limit" or "limit_per_metric" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        "metric" => Name().IsMatch(value) ? null : "the name of a metric",
        "stats" => value is "true" or "all" ? null : "`true` or `all`",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No check for this parameter."),
    };

    /// <summary>Whether a label has a name that Prometheus' data model knows.</summary>
    public static bool IsLabelName(string name) => LabelName().IsMatch(name);

    [GeneratedRegex(@"^[a-zA-Z_:][a-zA-Z0-9_:]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
