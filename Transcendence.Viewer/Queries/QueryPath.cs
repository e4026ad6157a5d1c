namespace Transcendence.Viewer.Queries;

/// <summary>A path of Prometheus' HTTP API that only reads.</summary>
/// <param name="Path">The path behind <c>api/v1/</c>; <c>{name}</c> stands for a label.</param>
/// <param name="AcceptsPost">Whether Prometheus takes the parameters as a form, too.</param>
/// <param name="Required">The parameters that must be there.</param>
/// <param name="Optional">The other parameters that may be there.</param>
/// <remarks>As Prometheus' documentation, "HTTP API", has them. <c>timeout</c> is missing: it is ours to say.</remarks>
internal sealed record QueryPath(string Path, bool AcceptsPost, string[] Required, string[] Optional)
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
}
