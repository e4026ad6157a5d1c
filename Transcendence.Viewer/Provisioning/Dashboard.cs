using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Transcendence.Viewer.Provisioning;

/// <summary>A provisioned dashboard.</summary>
/// <param name="Uid">By what addresses and links name it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="FolderTitle">The folder that it is in; empty for none.</param>
/// <param name="File">The path of its file.</param>
/// <param name="Model">What stands in the file.</param>
internal sealed partial record Dashboard(string Uid, string Title, IReadOnlyList<string> Tags, string FolderTitle, string File, JsonObject Model)
{
    /// <summary>Its path on the server, as Grafana has it.</summary>
    public string Url => $"/d/{Uri.EscapeDataString(Uid)}/{Slug()}";

    /// <summary>Reads a file.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON.</exception>
    /// <exception cref="ProvisioningException">It is no dashboard.</exception>
    public static JsonObject Parse(string text) => JsonNode.Parse(text) switch
    {
        JsonObject dashboard when dashboard["spec"] is JsonObject => throw new ProvisioningException("The dashboard is in Grafana's new schema (with `spec`), which is not known here. Export it as a classic dashboard."),
        JsonObject dashboard when dashboard.Text("title").Length > 0 => dashboard,
        _ => throw new ProvisioningException("The dashboard has no `title`."),
    };

    private string Slug() => NoLetters().Replace(Title.ToLowerInvariant(), "-").Trim('-') is { Length: > 0 } slug ? slug : "dashboard";

    [GeneratedRegex("[^a-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex NoLetters();
}
