namespace Transcendence.Hosting.Grafana;

/// <summary>What is wrong with provisioned dashboards: Grafana says so in its log alone, and shows the others.</summary>
internal static class Dashboards
{
    /// <summary>The first fault among the dashboards of a directory, with the file, for people; <see langword="null"/> when there is none.</summary>
    public static string? FindFault(string directory)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in (Directory.Exists(directory) ? Directory.GetFiles(directory, "*.json", SearchOption.AllDirectories) : []).Order(StringComparer.Ordinal))
        {
            try
            {
                using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
                if (TextOf(dashboard, "title") is null)
                {
                    return $"{file} is no dashboard: it has no title. Mend it, or take it away.";
                }

                if (TextOf(dashboard, "uid") is { } uid && !names.TryAdd(uid, file))
                {
                    return $"{file} has the uid '{uid}' of {names[uid]}, and only one of them is shown. Give it another one.";
                }
            }
            catch (JsonException e)
            {
                return $"{file} is no dashboard, from line {e.LineNumber + 1} on it is not JSON. Mend it, or take it away.";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"{file} cannot be read: {e.Message.TrimEnd('.')}. Mend it, or take it away.";
            }
        }

        return null;
    }

    private static string? TextOf(JsonDocument dashboard, string property) =>
        dashboard.RootElement.ValueKind == JsonValueKind.Object && dashboard.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
