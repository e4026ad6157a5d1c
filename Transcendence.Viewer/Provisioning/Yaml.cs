using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Viewer.Provisioning;

/// <summary>Reads YAML into the model of JSON, with the variables in its values replaced.</summary>
internal static class Yaml
{
    /// <summary>Reads the one document of a file.</summary>
    /// <exception cref="YamlException">It is not YAML.</exception>
    /// <exception cref="ProvisioningException">It is no mapping.</exception>
    public static JsonObject Parse(string text, Func<string, string?> getVariable)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..]
            ? (JsonObject)Convert(root, getVariable)!
            : throw new ProvisioningException("The file is no mapping. It must begin with `apiVersion: 1`.");
    }

    private static JsonNode? Convert(YamlNode node, Func<string, string?> getVariable) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), Convert(c.Value, getVariable)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(c => Convert(c, getVariable))]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Resolve(scalar.Value ?? "", getVariable),
        YamlScalarNode scalar => Variables.Expand(scalar.Value ?? "", getVariable),
        _ => throw new ProvisioningException($"Line {node.Start.Line}: an alias leads nowhere."),
    };

    /// <summary>The type of a scalar without quotes, by the core schema of YAML 1.2, section 10.3.</summary>
    private static JsonValue? Resolve(string text, Func<string, string?> getVariable) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => JsonValue.Create(integer),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(Variables.Expand(text, getVariable)),
    };
}
