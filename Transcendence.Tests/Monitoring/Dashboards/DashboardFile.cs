namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>A file of <c>monitoring/grafana/dashboards</c>: Grafana's classic dashboard model.</summary>
internal sealed partial class DashboardFile
{
    private DashboardFile(string name)
    {
        Name = name;
        Text = File.ReadAllText(MonitoringFiles.PathOf("grafana", "dashboards", name + ".json"));
        Json = JsonElement.Parse(Text);
        TopLevel = [.. Json.GetProperty("panels").EnumerateArray().Select(panel => new DashboardPanel(panel))];
        Panels = [.. TopLevel.SelectMany(panel => panel.Inner.Prepend(panel))];
        Variables = [.. Json.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => new DashboardVariable(variable))];
    }

    /// <summary>All dashboards.</summary>
    public static IReadOnlyList<DashboardFile> All { get; } =
        [.. Directory.GetFiles(MonitoringFiles.PathOf("grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(file => new DashboardFile(Path.GetFileNameWithoutExtension(file)))];

    /// <summary>The names of all dashboards, for theories.</summary>
    public static TheoryData<string> Names { get; } = [.. All.Select(dashboard => dashboard.Name)];

    /// <summary>The file's name without <c>.json</c>.</summary>
    public string Name { get; }

    public string Text { get; }

    public JsonElement Json { get; }

    /// <summary>The panels that lie on the dashboard itself, rows among them.</summary>
    public IReadOnlyList<DashboardPanel> TopLevel { get; }

    /// <summary>All panels: with those inside a collapsed row.</summary>
    public IReadOnlyList<DashboardPanel> Panels { get; }

    public IReadOnlyList<DashboardVariable> Variables { get; }

    /// <summary>Every query of every panel.</summary>
    public IEnumerable<DashboardQuery> Queries => Panels.SelectMany(panel => panel.Queries);

    /// <summary>The queries that mark times in all graphs.</summary>
    public IEnumerable<string> Annotations => Json.GetProperty("annotations").GetProperty("list").EnumerateArray().Select(annotation => annotation.GetProperty("expr").GetString()!);

    public static DashboardFile Get(string name) => All.Single(dashboard => dashboard.Name == name);

    /// <summary>The names of the variables in a text: <c>$name</c>, <c>${name}</c> and <c>${name:format}</c>. A number is a group of <c>label_replace</c>.</summary>
    public static IEnumerable<string> VariablesIn(string text) => Reference().Matches(text).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"\$(\{(?<name>[A-Za-z_]\w*)(:\w+)?\}|(?<name>[A-Za-z_]\w*))")]
    public static partial Regex Reference();
}

/// <summary>A panel, or a row.</summary>
internal sealed class DashboardPanel(JsonElement json)
{
    public JsonElement Json => json;

    public int Id => json.GetProperty("id").GetInt32();

    public string Type => json.GetProperty("type").GetString()!;

    public string Title => json.GetProperty("title").GetString()!;

    public string? Description => json.TryGetProperty("description", out var value) ? value.GetString() : null;

    /// <summary>Whether it shows data: a row and a text have none.</summary>
    public bool HasData => Type is not ("row" or "text");

    public (int X, int Y, int W, int H) Grid
    {
        get
        {
            var grid = json.GetProperty("gridPos");
            return (grid.GetProperty("x").GetInt32(), grid.GetProperty("y").GetInt32(), grid.GetProperty("w").GetInt32(), grid.GetProperty("h").GetInt32());
        }
    }

    public IReadOnlyList<DashboardPanel> Inner =>
        json.TryGetProperty("panels", out var inner) ? [.. inner.EnumerateArray().Select(panel => new DashboardPanel(panel))] : [];

    /// <summary>The addresses of its links.</summary>
    public IEnumerable<string> Links =>
        json.TryGetProperty("links", out var links) ? links.EnumerateArray().Select(link => link.GetProperty("url").GetString()!) : [];

    public IReadOnlyList<DashboardQuery> Queries =>
        json.TryGetProperty("targets", out var targets) ? [.. targets.EnumerateArray().Select(target => new DashboardQuery(this, target))] : [];

    public JsonElement Defaults => json.GetProperty("fieldConfig").GetProperty("defaults");

    /// <summary>The overrides: the field's name, and the options that it has instead of the panel's.</summary>
    public IEnumerable<(string Field, IReadOnlyDictionary<string, JsonElement> Properties)> Overrides =>
        json.GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray().Select(item => (
            item.GetProperty("matcher").GetProperty("options").GetString()!,
            (IReadOnlyDictionary<string, JsonElement>)item.GetProperty("properties").EnumerateArray().ToDictionary(p => p.GetProperty("id").GetString()!, p => p.GetProperty("value"))));

    /// <summary>The values of thresholds but for the first, which has none.</summary>
    public static double[] Steps(JsonElement thresholds) =>
        [.. thresholds.GetProperty("steps").EnumerateArray().Skip(1).Select(step => step.GetProperty("value").GetDouble())];

    public override string ToString() => $"{Id} {Title}";
}

/// <summary>A query of a panel.</summary>
internal sealed class DashboardQuery(DashboardPanel panel, JsonElement json)
{
    public JsonElement Json => json;

    public DashboardPanel Panel => panel;

    public string RefId => json.GetProperty("refId").GetString()!;

    public string Expression => json.GetProperty("expr").GetString()!;

    public bool IsInstant => json.GetProperty("instant").GetBoolean();

    public bool HasExemplars => json.TryGetProperty("exemplar", out var value) && value.GetBoolean();

    public string? Legend => json.TryGetProperty("legendFormat", out var value) ? value.GetString() : null;

    public override string ToString() => $"{panel} {RefId}";
}

/// <summary>A variable of a dashboard.</summary>
internal sealed class DashboardVariable(JsonElement json)
{
    public JsonElement Json => json;

    public string Name => json.GetProperty("name").GetString()!;

    public string Type => json.GetProperty("type").GetString()!;

    public bool IsMultiple => json.TryGetProperty("multi", out var multi) && multi.GetBoolean();

    public string? AllValue => json.TryGetProperty("allValue", out var value) ? value.GetString() : null;

    /// <summary>Whether it is an address for links, which the reader does not see.</summary>
    public bool IsAddress => Type == "textbox" && json.GetProperty("hide").GetInt32() == 2;

    /// <summary>The query as text: that of a query variable, the type of a data source variable.</summary>
    public string Query => json.GetProperty("query") is { ValueKind: JsonValueKind.Object } query ? query.GetProperty("query").GetString()! : json.GetProperty("query").GetString()!;
}
