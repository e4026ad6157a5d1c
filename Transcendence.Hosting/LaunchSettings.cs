using System.Text.Json;
using System.Text.Json.Serialization;

namespace Transcendence.Hosting;

/// <summary>How a project is started during development: its <c>Properties/launchSettings.json</c>.</summary>
public sealed class LaunchSettings
{
    private static readonly JsonSerializerOptions s_options = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The profiles by their names.</summary>
    [JsonPropertyName("profiles")]
#pragma warning disable CA2227 // As in Aspire.
    public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];
#pragma warning restore CA2227

    /// <summary>Reads a project's launch settings.</summary>
    /// <exception cref="DistributedApplicationException">The file is not valid.</exception>
    internal static LaunchSettings? Read(string projectPath)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<LaunchSettings>(stream, s_options);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"'{file}' is not valid: {e.Message}", e);
        }
    }
}

/// <summary>One way to start a project.</summary>
public sealed class LaunchProfile
{
    /// <summary>The URLs on which it listens, separated by semicolons.</summary>
    [JsonPropertyName("applicationUrl")]
    public string? ApplicationUrl { get; set; }

    /// <summary>What is started; only <c>Project</c> is used here.</summary>
    [JsonPropertyName("commandName")]
    public string? CommandName { get; set; }

    /// <summary>Its environment variables.</summary>
    [JsonPropertyName("environmentVariables")]
#pragma warning disable CA2227 // As in Aspire.
    public Dictionary<string, string> EnvironmentVariables { get; set; } = [];
#pragma warning restore CA2227
}
