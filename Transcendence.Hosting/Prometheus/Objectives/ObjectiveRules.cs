namespace Transcendence.Hosting.Prometheus.Objectives;

/// <summary>Writes the rules of objectives: what was bad over each window, what is left of the budget, and alerts on the speed at which it is spent.</summary>
/// <remarks>
/// <para>Names are Sloth's where it has them (<c>slo:sli_error:ratio_rate1h</c>, <c>slo:error_budget:ratio</c>, …), so that its dashboards read them.</para>
/// <para>A longer window is the mean of bad events by the mean of all events, both of five minutes: the mean of their ratios would count a quiet minute as much as a busy one.
/// Bad events are 0 rather than absent, and without events there is no ratio.</para>
/// <para>Every alert wants <see cref="LeastBadEvents"/> bad events in its long window, which Sloth's format has no word for: of three requests one that fails is no rate, and a guard on
/// all requests would silence the trickle that the long windows are there for.</para>
/// </remarks>
internal static class ObjectiveRules
{
    /// <summary>So many bad events an alert wants; half an event less, as rates are estimated.</summary>
    public const int LeastBadEvents = 5;

    /// <summary>The days that a budget is for.</summary>
    public const int PeriodDays = 30;

    private const int Interval = 30, SlowInterval = 120;

    private static readonly string[] s_windows = ["30m", "1h", "2h", "6h"];
    private static readonly string[] s_slowWindows = ["1d", "3d"];

    /// <summary>The text of the file of rules.</summary>
    /// <param name="objectives">The objectives.</param>
    /// <param name="heldDays">The days that Prometheus keeps: a budget covers no more of its period than these.</param>
    /// <param name="source">The file that they are from, as its first line names it.</param>
    public static string Write(IEnumerable<Objective> objectives, int heldDays, string source)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Made of {source} by `aspire do objectives`: change that file, not this one.\ngroups:\n");
        foreach (var objective in objectives)
        {
            var writer = new Writer(text, objective);
            writer.Group($"{objective.Id}-objective", Interval);
            writer.Record("slo:sli_total:rate5m", Window(objective.TotalQuery, "5m"));
            writer.Record("slo:sli_error:rate5m", $"({Window(objective.ErrorQuery, "5m")}) or 0 * ({Window(objective.TotalQuery, "5m")})");
            writer.Record("slo:sli_error:ratio_rate5m", $"{writer.Series("slo:sli_error:rate5m")} / ({writer.Series("slo:sli_total:rate5m")} > 0)");
            foreach (var window in s_windows)
            {
                writer.Ratio(window);
            }

            writer.Record("slo:objective:ratio", Invariant($"vector({objective.Percent / 100})"));
            writer.Record("slo:error_budget:ratio", Invariant($"vector({objective.Budget})"));
            writer.Record("slo:time_period:days", Invariant($"vector({PeriodDays})"));
            writer.Record("slo:current_burn_rate:ratio", Invariant($"{writer.Series("slo:sli_error:ratio_rate5m")} / {objective.Budget}"));
            foreach (var burn in BurnAlert.All.Where(burn => s_windows.Contains(burn.Long)))
            {
                writer.Alert(burn);
            }

            writer.Group($"{objective.Id}-objective-days", SlowInterval);
            foreach (var window in s_slowWindows)
            {
                writer.Ratio(window);
            }

            var held = $"{Math.Min(heldDays, PeriodDays)}d";
            writer.Ratio(held);
            writer.Record("slo:period_held:days", Invariant($"count_over_time({writer.Series("slo:sli_total:rate5m")}[{held}]) * {Interval} / 86400"));
            writer.Record("slo:period_burn_rate:ratio", Invariant($"{writer.Series($"slo:sli_error:ratio_rate{held}")} / {objective.Budget}"));
            writer.Record("slo:period_error_budget_remaining:ratio", $"1 - {writer.Series("slo:period_burn_rate:ratio")}");
            foreach (var burn in BurnAlert.All.Where(burn => s_slowWindows.Contains(burn.Long)))
            {
                writer.Alert(burn);
            }
        }

        return text.ToString();
    }

    private static string Window(string query, string window) => query.Replace("{{.window}}", window, StringComparison.Ordinal).Trim();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private sealed class Writer(StringBuilder text, Objective objective)
    {
        public string Series(string name) => $"{name}{{sloth_id=\"{objective.Id}\"}}";

        public void Group(string name, int interval) => text.Append(CultureInfo.InvariantCulture, $"  - name: {name}\n    interval: {interval}s\n    rules:\n");

        public void Ratio(string window) => Record(
            $"slo:sli_error:ratio_rate{window}",
            $"avg_over_time({Series("slo:sli_error:rate5m")}[{window}]) / (avg_over_time({Series("slo:sli_total:rate5m")}[{window}]) > 0)");

        public void Record(string name, string expression)
        {
            text.Append(CultureInfo.InvariantCulture, $"      - record: {name}\n");
            Block("expr", expression, 8);
            Map("labels", [.. objective.Labels, new("sloth_service", objective.Service), new("sloth_slo", objective.Name), new("sloth_id", objective.Id)]);
        }

        public void Alert(BurnAlert burn)
        {
            if ((burn.IsPage ? objective.Page : objective.Ticket) is not { } words)
            {
                return;
            }

            var (shortRatio, longRatio) = (Series($"slo:sli_error:ratio_rate{burn.Short}"), Series($"slo:sli_error:ratio_rate{burn.Long}"));
            text.Append(CultureInfo.InvariantCulture, $"      - alert: {objective.AlertName}{burn.Long}\n");
            Block("expr", Invariant($"""
                {longRatio} > {burn.Factor} * {objective.Budget}
                and
                {shortRatio} > {burn.Factor} * {objective.Budget}
                and
                sum_over_time({Series("slo:sli_error:rate5m")}[{burn.Long}]) * {Interval} >= {LeastBadEvents - 0.5m}
                """), 8);
            text.Append(CultureInfo.InvariantCulture, $"        for: {burn.For}\n");
            Map("labels", words.Labels);
            var hours = PeriodDays * 24 / burn.Factor;
            var left = hours < 72 ? Invariant($"{hours:0} hours") : Invariant($"{hours / 24:0} days");
            text.Append("        annotations:\n");
            foreach (var (name, value) in new Dictionary<string, string>
            {
                ["summary"] = Invariant($"{objective.Service}: the {PeriodDays} days' error budget of {objective.Name} is gone in {left} at this speed"),
                ["description"] = Invariant($"{objective.Description.TrimEnd('.')}. Bad were {{{{ $value | humanizePercentage }}}} in the last {burn.Long}, {burn.Factor} times what {objective.Percent} % leave or more, and it goes on."),
            }.Concat(words.Annotations).GroupBy(a => a.Key).ToDictionary(a => a.Key, a => a.Last().Value))
            {
                Block(name, value, 10);
            }
        }

        private void Block(string name, string value, int indent)
        {
            var space = new string(' ', indent);
            text.Append(CultureInfo.InvariantCulture, $"{space}{name}: |-\n");
            foreach (var line in value.ReplaceLineEndings("\n").Trim('\n').Split('\n'))
            {
                text.Append(line.Length == 0 ? "" : $"{space}  {line}").Append('\n');
            }
        }

        private void Map(string name, IEnumerable<KeyValuePair<string, string>> pairs) =>
            text.Append(CultureInfo.InvariantCulture, $"        {name}: {{ {string.Join(", ", pairs.Select(pair => $"{pair.Key}: '{pair.Value.Replace("'", "''", StringComparison.Ordinal)}'"))} }}\n");
    }
}
