using System.Text.RegularExpressions;

namespace Transcendence.AppHost.Drills.Proof;

/// <summary>Draws the panels that show a drill, over its time.</summary>
internal sealed partial class Pictures(Observer observer, Rehearsal rehearsal, Timings timings, string dashboards)
{
    private const int Steps = 150;

    /// <summary>Draws them.</summary>
    public async Task<IReadOnlyList<string>> DrawAsync(Drill drill, DrillReport report, CancellationToken cancellationToken)
    {
        if (report.BrokenAt is not { } broken)
        {
            return [];
        }

        var margin = (report.EndedAt - broken) / 8;
        var (from, to) = (broken - margin, report.EndedAt + margin);
        to = to < DateTimeOffset.UtcNow ? to : DateTimeOffset.UtcNow;
        var (begin, end) = drill.Signal is QuietSignal ? ("begin", "end") : ("broken", "mended");
        Mark[] marks = [new(begin, broken), .. report.MendedAt is { } mended ? [new Mark(end, mended)] : (Mark[])[], .. report.Stages.Where(stage => stage.At is not null).Select(stage => new Mark(stage.Name.Split(' ')[^1], stage.At!.Value))];
        var pictures = new List<string>();
        foreach (var panel in PanelsOf(drill))
        {
            var lines = new List<Line>();
            foreach (var (query, legend) in panel.Targets)
            {
                lines.AddRange(await AskAsync(Interpolate(query, drill.Resource), legend, from, to, cancellationToken));
            }

            pictures.Add(Chart.Draw(panel.Title, panel.Unit, lines, marks, from, to));
        }

        return pictures;
    }

    private IReadOnlyList<Panel> PanelsOf(Drill drill)
    {
        var names = drill.Panels;
        if (names.Count == 0 && drill.Signal is AlertSignal signal)
        {
            var rule = timings.RuleOf(signal.Alert, signal.Service);
            names = [Panel.NameIn(rule.DashboardUrl)];
            if (Panel.Read(dashboards, names[0]) is null)
            {
                // What the rule looks at, without what it is compared with.
                return [new($"What {signal.Alert} looks at", Unit: null, [(Comparison().Replace(rule.Query, ""), "")])];
            }
        }

        return [.. names.Select(name => Panel.Read(dashboards, name)).OfType<Panel>()];
    }

    private async Task<IEnumerable<Line>> AskAsync(string query, string legend, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var step = Math.Max(0.25, (to - from).TotalSeconds / Steps);
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={from.ToUnixTimeMilliseconds() / 1000.0}&end={to.ToUnixTimeMilliseconds() / 1000.0}&step={step}");
        return await observer.AskAsync(observer.Prometheus.PrimaryEndpoint, path, cancellationToken) is not { } answer ? []
            : answer.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => new Line(
                Name(legend, series.GetProperty("metric"), query),
                [.. series.GetProperty("values").EnumerateArray().Select(value => (DateTimeOffset.FromUnixTimeMilliseconds((long)(value[0].GetDouble() * 1000)), ParseSample(value[1].GetString()!)))])).ToList();
    }

    // What Grafana puts in: the variables of our dashboards, and the interval that a rate needs.
    private string Interpolate(string query, string job) => Variables().Replace(rehearsal.Scale("panel.yml", query), match => match.Groups[1].Value switch
    {
        "job" or "service" => job,
        "__rate_interval" => PromDuration.Format(TimeSpan.FromMinutes(1) / rehearsal.Speed),
        "__interval" => PromDuration.Format(TimeSpan.FromSeconds(15) / rehearsal.Speed),
        "__range" => PromDuration.Format(TimeSpan.FromHours(1) / rehearsal.Speed),
        _ => ".*",
    });

    private static string Name(string legend, JsonElement labels, string query)
    {
        var name = LegendLabel().Replace(legend is "__auto" ? "" : legend, match => labels.TryGetProperty(match.Groups[1].Value, out var value) ? value.GetString()! : "");
        return name.Length > 0 ? name : labels.EnumerateObject().Select(label => $"{label.Name} {label.Value.GetString()}").ToList() is { Count: > 0 } all ? string.Join(", ", all) : query.ReplaceLineEndings(" ");
    }

    private static double ParseSample(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"\$\{?(\w+)(?::\w+)?\}?", RegexOptions.CultureInvariant)]
    private static partial Regex Variables();

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex LegendLabel();

    [GeneratedRegex(@"\s*[<>]=?\s*[\d.e]+\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Comparison();
}
