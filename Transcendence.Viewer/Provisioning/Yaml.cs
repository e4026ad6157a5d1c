using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Viewer.Provisioning;

/// <summary>Reads YAML into the model of JSON, with the variables in its values replaced.</summary>
internal static partial class Yaml
{
    /// <summary>Reads the one document of a file.</summary>
    /// <exception cref="ProvisioningException">It is no mapping.</exception>
    public static JsonObject Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..]
            ? (JsonObject)Convert(root)!
            : throw new ProvisioningException("The file is no mapping. It must begin with `apiVersion: 1`.");
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), Convert(c.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Resolve(scalar.Value ?? ""),
        YamlScalarNode scalar => Expand(scalar.Value ?? ""),
        _ => throw new ProvisioningException($"Line {node.Start.Line}: an alias leads nowhere."),
    };

    /// <summary>The type of a scalar without quotes, by the core schema of YAML 1.2, section 10.3.</summary>
    private static JsonValue? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => JsonValue.Create(integer),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(Expand(text)),
    };

    /// <summary>
    /// Replaces variables as Grafana's documentation has it, "Provision Grafana": <c>${NAME}</c> first, then <c>$NAME</c>, so that a
    /// dollar sign in the value of the latter stays; <c>$$</c> is a dollar sign; what is not set is empty.
    /// </summary>
    private static string Expand(string text)
    {
        return string.Join('$', text.Split("$$").Select(part => Plain().Replace(InBraces().Replace(part, Value), Value)));

        static string Value(Match match) => Environment.GetEnvironmentVariable(match.Groups[1].Value) ?? "";
    }

    [GeneratedRegex(@"\$\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex InBraces();

    [GeneratedRegex(@"\$(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}

/// <summary>Reads fields of provisioned files. One of another type is as if it were not there, as for Grafana.</summary>
internal static class JsonFields
{
    /// <summary>A text; numbers and truth values count, because YAML makes them of texts without quotes.</summary>
    public static string Text(this JsonObject node, string name) => node[name] is JsonValue value ? value.ToString() : "";

    /// <summary>Whether a field is true.</summary>
    public static bool Flag(this JsonObject node, string name) => bool.TryParse(node.Text(name), out var flag) && flag;

    /// <summary>The mappings in a list.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject node, string name) => (node[name] as JsonArray)?.OfType<JsonObject>() ?? [];
}
