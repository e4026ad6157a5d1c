namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>What Grafana's types leave open, and a reader would stumble over.</summary>
public sealed partial class DashboardLintTests
{
    /// <summary>The panel types that Grafana and our viewer both draw.</summary>
    private static readonly string[] s_types = ["row", "timeseries", "stat", "gauge", "bargauge", "table", "text"];

    /// <summary>See Grafana's documentation, "Global variables": those that a PromQL query may use.</summary>
    private static readonly string[] s_builtIn = ["__interval", "__interval_ms", "__rate_interval", "__range", "__range_s", "__range_ms", "__from", "__to"];

    public static TheoryData<string> Names => DashboardFile.Names;

    [Fact]
    public void ThereAreTheDashboardsThatTheDocumentationNames() =>
        Assert.Equal(["ft_transcendence", "home", "monitoring", "objectives", "runtime"], DashboardFile.All.Select(dashboard => dashboard.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void ADashboardIsFoundByItsName(string name)
    {
        var json = DashboardFile.Get(name).Json;
        Assert.Equal(name, json.GetProperty("uid").GetString());
        Assert.False(string.IsNullOrWhiteSpace(json.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrWhiteSpace(json.GetProperty("description").GetString()));
        Assert.False(json.TryGetProperty("id", out _), "Grafana gives the id.");
        Assert.Equal(39, json.GetProperty("schemaVersion").GetInt32()); // Grafana 11's; later ones migrate from it.
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NoIdIsGivenTwice(string name)
    {
        var panels = DashboardFile.Get(name).Panels;
        Assert.Distinct(panels.Select(panel => panel.Id));
        Assert.Distinct(panels.Where(panel => panel.HasData).Select(panel => panel.Title));
        Assert.All(panels, panel => Assert.Distinct(panel.Queries.Select(query => query.RefId)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryVariableIsUsedAndEveryUsedOneIsThere(string name)
    {
        var dashboard = DashboardFile.Get(name);
        var defined = dashboard.Variables.Select(variable => variable.Name).ToArray();
        Assert.Distinct(defined);

        // A variable may only use those before it: Grafana resolves them in their order.
        for (var i = 0; i < defined.Length; i++)
        {
            var variable = dashboard.Variables[i];
            Assert.All(DashboardFile.VariablesIn(variable.Json.GetRawText()), name => Assert.Contains(name, defined[..i].Append("__all")));
        }

        var used = dashboard.Panels.Select(panel => panel.Json).Append(dashboard.Json.GetProperty("annotations")).Append(dashboard.Json.GetProperty("links"))
            .SelectMany(part => DashboardFile.VariablesIn(part.GetRawText())).ToHashSet();
        Assert.All(used, variable => Assert.Contains(variable, defined.Concat(s_builtIn)));
        Assert.All(defined, variable => Assert.Contains(variable, used));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheGridIs24ColumnsWideAndNoTwoPanelsOverlap(string name)
    {
        var dashboard = DashboardFile.Get(name);
        foreach (var group in dashboard.Panels.Select(panel => panel.Inner).Where(inner => inner.Count > 0).Append(dashboard.TopLevel))
        {
            var taken = new Dictionary<(int X, int Y), DashboardPanel>();
            foreach (var panel in group)
            {
                var (x, y, w, h) = panel.Grid;
                Assert.True(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, $"{panel} lies outside of the grid.");
                Assert.True(panel.Type != "row" || (w == 24 && h == 1), $"{panel} is a row: 24 wide, 1 high.");
                foreach (var cell in from column in Enumerable.Range(x, w) from line in Enumerable.Range(y, h) select (column, line))
                {
                    Assert.True(taken.TryAdd(cell, panel), $"{panel} lies on {taken[cell]}.");
                }
            }

            // Grafana moves up what has nothing above it: the file would not be what is drawn. And a hole is an accident.
            var height = taken.Keys.Max(cell => cell.Y) + 1 - taken.Keys.Min(cell => cell.Y);
            Assert.Equal(24 * height, taken.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryPanelSaysWhatItShowsInWhichUnitAndFromWhere(string name)
    {
        foreach (var panel in DashboardFile.Get(name).Panels)
        {
            Assert.Contains(panel.Type, s_types);
            Assert.False(string.IsNullOrWhiteSpace(panel.Title));
            if (!panel.HasData)
            {
                continue;
            }

            Assert.True(panel.Description is { Length: > 40 }, $"{panel} does not say how to read it.");
            Assert.True(panel.Defaults.TryGetProperty("unit", out var unit) && unit.GetString() is { Length: > 0 }, $"{panel} has no unit.");
            Assert.True(panel.Defaults.TryGetProperty("noValue", out var noValue) && noValue.GetString() is { Length: > 0 }, $"{panel} does not say what it says without data.");
            Assert.NotEmpty(panel.Queries);
            Assert.All(
                panel.Queries.Select(query => query.Json).Prepend(panel.Json),
                json => Assert.Equal("${datasource}", json.GetProperty("datasource").GetProperty("uid").GetString()));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryQueryIsEitherOfNowOrOfTheRangeAndItsSeriesHaveNames(string name)
    {
        foreach (var query in DashboardFile.Get(name).Queries)
        {
            Assert.True(query.IsInstant != query.Json.GetProperty("range").GetBoolean(), $"{query}");
            Assert.Equal(query.Panel.Type == "table", query.Json.TryGetProperty("format", out var format) && format.GetString() == "table");
            Assert.True(query.Panel.Type == "table" || query.Legend is { Length: > 0 }, $"{query} has no legend.");
            // Prometheus 2 stores le="1", Prometheus 3 le="1.0"; both le="0.5".
            Assert.DoesNotMatch("""le\s*=~|le\s*=\s*["'](?!0\.5["'])""", query.Expression);
            // It hides that there is nothing to count.
            Assert.DoesNotContain("vector(0)", query.Expression, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AnOverrideIsOfAFieldThatItsPanelHas(string name)
    {
        foreach (var panel in DashboardFile.Get(name).Panels.Where(panel => panel.HasData))
        {
            var renamed = panel.Json.TryGetProperty("transformations", out var transformations)
                ? transformations.EnumerateArray().Where(t => t.GetProperty("id").GetString() == "organize")
                    .SelectMany(t => t.GetProperty("options").GetProperty("renameByName").EnumerateObject()).Select(rename => rename.Value.GetString()!)
                : [];
            var fields = panel.Queries.Select(query => query.Legend).Concat(renamed).ToArray();
            Assert.All(panel.Overrides, item => Assert.Contains(item.Field, fields));
            if (panel.Type == "table" && panel.Json.GetProperty("options").TryGetProperty("sortBy", out var sort))
            {
                Assert.All(sort.EnumerateArray(), by => Assert.Contains(by.GetProperty("displayName").GetString(), fields));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThresholdsBeginWithoutALimitAndRise(string name)
    {
        foreach (var thresholds in DashboardFile.Get(name).Panels.Where(panel => panel.HasData)
            .SelectMany(panel => panel.Overrides.SelectMany(item => item.Properties).Append(new("thresholds", panel.Defaults.TryGetProperty("thresholds", out var own) ? own : default)))
            .Where(property => property.Key == "thresholds" && property.Value.ValueKind == JsonValueKind.Object))
        {
            Assert.Equal(JsonValueKind.Null, thresholds.Value.GetProperty("steps")[0].GetProperty("value").ValueKind);
            var steps = DashboardPanel.Steps(thresholds.Value);
            Assert.Equal(steps.Order(), steps);
        }
    }

    [Fact]
    public void EveryLinkLeadsToADashboardThatIsThere()
    {
        var uids = DashboardFile.All.Select(dashboard => dashboard.Json.GetProperty("uid").GetString()).ToArray();
        foreach (var dashboard in DashboardFile.All)
        {
            var links = dashboard.Json.GetProperty("links").EnumerateArray().ToArray();
            var outside = dashboard.Variables.Where(variable => variable.IsAddress).ToArray();
            Assert.Equal(
                [.. uids.Except([dashboard.Name]).Select(uid => $"/d/{uid}"), .. outside.Select(variable => $"${{{variable.Name}:raw}}")],
                links.Select(link => link.GetProperty("url").GetString()!));
            Assert.All(links, link => Assert.Equal(link.GetProperty("url").GetString()!.StartsWith('/'), link.GetProperty("keepTime").GetBoolean()));

            // An address stands in its variable, where it can be chosen, and nowhere else.
            Assert.Equal(
                [("prometheus", "http://localhost:9090"), ("alertmanager", "http://localhost:9093"), ("inbox", "http://localhost:8082")],
                outside.Select(variable => (variable.Name, variable.Query)));
            Assert.All(outside, variable => Assert.Equal(variable.Query, variable.Json.GetProperty("current").GetProperty("value").GetString()));
            Assert.All(Link().Matches(dashboard.Text), match => Assert.Contains(match.Groups["uid"].Value, uids));
            Assert.All(dashboard.Json.EnumerateObject().Where(part => part.Name != "templating"), part => Assert.DoesNotMatch("https?://", part.Value.GetRawText()));
        }
    }

    [GeneratedRegex(@"\]\(/?(d/)?(?<uid>[^)]*)\)")]
    private static partial Regex Link();
}
