using System.Text.Json.Nodes;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>The dashboards against Grafana's own types.</summary>
public sealed class DashboardTypeTests
{
    public static TheoryData<string> Names => DashboardFile.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ADashboardHasWhatGrafanasTypesAllowAndNothingElse(string name) =>
        Assert.Empty(await TypeScriptCompiler.CheckAsync(DashboardFile.Get(name).Text));

    /// <summary>Where (the panel's type, or none for the dashboard; then properties and indices), what is put there, and a word of the compiler's answer.</summary>
    [Theory]
    [InlineData("", "refrsh", "'5s'", "refrsh")]
    [InlineData("", "graphTooltip", "7", "DashboardCursorSync")]
    [InlineData("", "links/0/keeptime", "true", "keeptime")]
    [InlineData("", "templating/list/1/type", "'querry'", "querry")]
    [InlineData("", "templating/list/1/hide", "9", "VariableHide")]
    [InlineData("stat", "type", "'stats'", "stats")]
    [InlineData("stat", "links/0/targetBlanc", "true", "targetBlanc")]
    [InlineData("stat", "gridPos/width", "1", "GridPos")]
    [InlineData("stat", "options/colourMode", "'value'", "colourMode")]
    [InlineData("stat", "options/colorMode", "'vallue'", "background_solid")]
    [InlineData("stat", "options/reduceOptions/calc", "[]", "calc")]
    [InlineData("stat", "fieldConfig/defaults/custom", "{ 'lineWidth': 1 }", "lineWidth")]
    [InlineData("stat", "fieldConfig/defaults/thresholds/mode", "'abs'", "percentage")]
    [InlineData("stat", "fieldConfig/defaults/mappings/0/type", "'values'", "special")]
    [InlineData("stat", "targets/0/exemplars", "true", "PrometheusQuery")]
    [InlineData("stat", "targets/0/expr", "null", "string")]
    [InlineData("timeseries", "options/legend", "{}", "calcs")]
    [InlineData("timeseries", "fieldConfig/defaults/custom/lineWith", "1", "lineWith")]
    [InlineData("timeseries", "fieldConfig/defaults/custom/drawStyle", "'lines'", "points")]
    [InlineData("table", "fieldConfig/overrides/0/properties/0/id", "'custom.minWith'", "custom.minWith")]
    [InlineData("table", "fieldConfig/overrides/0/properties/0/value", "'wide'", "string")]
    [InlineData("table", "transformations/0/id", "'mergee'", "organize")]
    [InlineData("text", "options/mode", "'md'", "markdown")]
    [InlineData("row", "colapsed", "true", "colapsed")]
    public async Task AMistakeIsFound(string panel, string path, string value, string answer)
    {
        var dashboard = JsonNode.Parse(DashboardFile.Get("ft_transcendence").Text)!;
        var node = panel.Length == 0 ? dashboard : dashboard["panels"]!.AsArray().First(p => (string)p!["type"]! == panel)!;
        var steps = path.Split('/');
        node = steps[..^1].Aggregate(node, (at, step) => at is JsonArray array ? array[int.Parse(step, null)]! : at[step]!);
        node[steps[^1]] = JsonNode.Parse(value.Replace('\'', '"'));

        var faults = await TypeScriptCompiler.CheckAsync(dashboard.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        Assert.Contains(faults, fault => fault.StartsWith("line ", StringComparison.Ordinal) && fault.Contains(answer, StringComparison.Ordinal));
    }
}
