using System.Text.RegularExpressions;

namespace Transcendence.AppHost.Drills.Proof;

/// <summary>A panel of a dashboard: what it is called, what it asks, and in which unit.</summary>
internal sealed partial record Panel(string Title, string? Unit, IReadOnlyList<(string Query, string Legend)> Targets)
{
    /// <summary>Reads one of Grafana's.</summary>
    /// <param name="directory">The directory with the dashboards.</param>
    /// <param name="name">The dashboard's <c>uid</c>, a slash, and the panel's <c>id</c>.</param>
    /// <returns>The panel; <see langword="null"/> when there is none, or none with queries.</returns>
    public static Panel? Read(string directory, string name)
    {
        var (uid, id) = name.Split('/') is [var dashboard, var number] ? (dashboard, number) : (name, "");
        foreach (var file in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.json") : [])
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllText(file));
                if (json.RootElement.GetProperty("uid").GetString() == uid && PanelsIn(json.RootElement).FirstOrDefault(panel => panel.GetProperty("id").GetRawText() == id) is { ValueKind: JsonValueKind.Object } panel)
                {
                    return Of(panel);
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or IOException)
            {
                // Grafana's own health says what is wrong with a dashboard.
            }
        }

        return null;
    }

    /// <summary>The name of the panel that an alert leads to.</summary>
    /// <param name="dashboardUrl">Its annotation <c>dashboard_url</c>.</param>
    public static string NameIn(string dashboardUrl) => Link().Match(dashboardUrl) is { Success: true } link ? $"{link.Groups[1].Value}/{link.Groups[2].Value}" : "";

    private static IEnumerable<JsonElement> PanelsIn(JsonElement parent) => !parent.TryGetProperty("panels", out var panels) ? []
        : panels.EnumerateArray().SelectMany(panel => PanelsIn(panel).Prepend(panel));

    private static Panel? Of(JsonElement panel)
    {
        List<(string, string)> targets = !panel.TryGetProperty("targets", out var all) ? [] :
        [
            .. all.EnumerateArray().Where(target => target.TryGetProperty("expr", out _)).Select(target => (target.GetProperty("expr").GetString()!, target.TryGetProperty("legendFormat", out var legend) ? legend.GetString() ?? "" : "")),
        ];
        return targets.Count == 0 ? null : new(
            panel.TryGetProperty("title", out var title) ? title.GetString() ?? "" : "",
            panel.TryGetProperty("fieldConfig", out var field) && field.TryGetProperty("defaults", out var defaults) && defaults.TryGetProperty("unit", out var unit) ? unit.GetString() : null,
            targets);
    }

    [GeneratedRegex(@"/d/([^/?]+).*viewPanel=(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
