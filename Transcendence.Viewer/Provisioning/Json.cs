using System.Text.Json.Nodes;

namespace Transcendence.Viewer.Provisioning;

/// <summary>Reads fields of provisioned files. One of another type is as if it were not there, as for Grafana.</summary>
internal static class Json
{
    /// <summary>A text; numbers and truth values count, because YAML makes them of texts without quotes.</summary>
    public static string Text(this JsonObject node, string name) => node[name] is JsonValue value ? value.ToString() : "";

    /// <summary>Whether a field is true.</summary>
    public static bool Flag(this JsonObject node, string name) => bool.TryParse(node.Text(name), out var flag) && flag;

    /// <summary>The mappings in a list.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject node, string name) => (node[name] as JsonArray)?.OfType<JsonObject>() ?? [];
}
