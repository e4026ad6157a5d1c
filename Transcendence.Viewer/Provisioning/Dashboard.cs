namespace Transcendence.Viewer.Provisioning;

/// <summary>A provisioned dashboard.</summary>
/// <remarks>Addresses and links name it by its uid. The title of its folder is empty when it is in none. The model is what stands in the file.</remarks>
internal sealed partial record Dashboard(string Uid, string Title, IReadOnlyList<string> Tags, string FolderTitle, string File, JsonObject Model)
{
    /// <summary>Its path on the server, as Grafana has it.</summary>
    public string Url => $"/d/{Uri.EscapeDataString(Uid)}/{Slug()}";

    /// <summary>Reads a file.</summary>
    /// <exception cref="ProvisioningException">It is no dashboard.</exception>
    public static Dashboard Read(string file, string folder) => JsonNode.Parse(System.IO.File.ReadAllText(file)) switch
    {
        JsonObject model when model["spec"] is JsonObject => throw new ProvisioningException(
            "The dashboard is in Grafana's new schema (with `spec`), which is not known here. Export it as a classic dashboard."),
        JsonObject model when model.Text("title") is { Length: > 0 } title => new Dashboard(
            model.Text("uid") is { Length: > 0 } uid ? uid : Path.GetFileNameWithoutExtension(file),
            title,
            [.. (model["tags"] as JsonArray)?.OfType<JsonValue>().Select(t => t.ToString()) ?? []],
            folder,
            file,
            model),
        _ => throw new ProvisioningException("The dashboard has no `title`."),
    };

    private string Slug() => NoLetters().Replace(Title.ToLowerInvariant(), "-").Trim('-') is { Length: > 0 } slug ? slug : "dashboard";

    [GeneratedRegex("[^a-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex NoLetters();
}
