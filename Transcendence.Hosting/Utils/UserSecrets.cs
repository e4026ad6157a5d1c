using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Transcendence.Hosting.Utils;

/// <summary>Writes to the AppHost's user secrets, which <c>dotnet user-secrets</c> reads and changes too.</summary>
internal static class UserSecrets
{
    private static readonly Lock s_lock = new();
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string? IdOf(Assembly assembly) => assembly.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;

    /// <summary>Keeps a value under a key, unless the AppHost has no user secrets.</summary>
    /// <exception cref="DistributedApplicationException">The file cannot be written.</exception>
    public static void Set(Assembly assembly, string key, string value)
    {
        if (IdOf(assembly) is not { } id)
        {
            return;
        }

        var path = PathHelper.GetSecretsPathFromSecretsId(id);
        try
        {
            lock (s_lock)
            {
                var secrets = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))?.AsObject() ?? [] : [];
                secrets[key] = value;

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var temporary = path + "." + Guid.NewGuid().ToString("N");
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using (var writer = new StreamWriter(temporary, options))
                {
                    writer.Write(secrets.ToJsonString(s_indented));
                }

                // Renamed, so that no reader ever sees half a file.
                File.Move(temporary, path, overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new DistributedApplicationException($"The generated value of '{key}' cannot be kept in the user secrets file '{path}': {e.Message} Make the file writable, or give the value with --{key}=VALUE.", e);
        }
    }
}
