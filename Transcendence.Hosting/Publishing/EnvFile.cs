using Aspire.Hosting.Docker;
using Microsoft.Extensions.Configuration.Json;

namespace Transcendence.Hosting.Publishing;

/// <summary>The values that a Compose file takes from <c>.env</c>: secrets are generated once, and what is there is never changed.</summary>
internal static class EnvFile
{
    private const string Name = ".env";

    /// <summary>The file without secrets, to compare with.</summary>
    public static string Example(IEnumerable<CapturedEnvironmentVariable> variables) =>
        "# What docker-compose.yaml takes from .env. Lines that are comments show what holds without them.\n" + string.Concat(Ordered(variables).Select(v => Entry(v, "")));

    /// <summary>What the file lacks: the names, and the file with them.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be read, or not hold a value.</exception>
    public static async Task<(IReadOnlyList<string> Names, string Text)> FindMissingAsync(
        string directory, IEnumerable<CapturedEnvironmentVariable> variables, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, Name);
        var text = new StringBuilder();
        var names = new List<string>();
        try
        {
            var old = File.Exists(file) ? File.ReadAllText(file) : "";
            text.Append(old).Append(old.Length == 0 ? "# Secrets of this server: keep them, and to yourself. What else can be set is in .env.example.\n" : old.EndsWith('\n') ? "" : "\n");
            foreach (var variable in Ordered(variables).Where(v => v.DefaultValue is null && !Regex.IsMatch(old, $@"^\s*(export\s+)?{Regex.Escape(v.Name)}\s*=", RegexOptions.Multiline | RegexOptions.CultureInvariant)))
            {
                text.Append(Entry(variable, await ValueOfAsync(variable, configuration, cancellationToken).ConfigureAwait(false)));
                names.Add(variable.Name);
            }

            return (names, text.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"'{file}' cannot be read: {e.Message.TrimEnd('.')}. Make it readable, or publish to another directory with -o.", e);
        }
    }

    /// <summary>Writes the file, whole or not at all. Only its owner reads it.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be written.</exception>
    public static void Write(string directory, string text)
    {
        var file = Path.Combine(directory, Name);
        var staged = file + ".new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(staged, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(staged, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(staged);
            throw new DistributedApplicationException($"'{file}' cannot be written: {e.Message.TrimEnd('.')}. Make it writable, and publish again.", e);
        }
    }

    private static IEnumerable<CapturedEnvironmentVariable> Ordered(IEnumerable<CapturedEnvironmentVariable> variables) =>
        variables.OrderBy(v => v.DefaultValue is not null).ThenBy(v => v.Name, StringComparer.Ordinal);

    private static string Entry(CapturedEnvironmentVariable variable, string? value) =>
        $"\n# {variable.Description}\n{(variable.DefaultValue is null ? $"{variable.Name}={value}" : $"# {variable.Name}={variable.DefaultValue}")}\n";

    private static async Task<string> ValueOfAsync(CapturedEnvironmentVariable variable, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var text = variable.Source is not ParameterResource parameter ? ""
            : parameter.Default is GenerateParameterDefault generated ? Given(configuration, parameter) ?? generated.GetDefaultValue()
            : await ReadAsync(parameter, cancellationToken).ConfigureAwait(false);
        // Compose 1.29 and version 2 read these in ways of their own.
        return text.AsSpan().ContainsAny(['\'', '\\', '\n', '\r']) || text.Contains("${", StringComparison.Ordinal)
            ? throw new DistributedApplicationException($"The value of {variable.Name} has a quotation mark, a backslash, a ${{ or a line break, which .env cannot hold. Give the parameter another one.")
            : text.All(c => char.IsAsciiLetterOrDigit(c) || "-_.:/@+".Contains(c, StringComparison.Ordinal)) ? text : $"'{text}'";
    }

    // What was generated for this machine, and kept in the user secrets, is not the server's.
    private static string? Given(IConfiguration configuration, ParameterResource parameter) => ((IConfigurationRoot)configuration).Providers.Reverse()
        .Where(p => p is not JsonConfigurationProvider { Source.Path: "secrets.json" })
        .Select(p => p.TryGet($"Parameters:{parameter.Name}", out var value) ? value : null).FirstOrDefault(value => value is not null);

    // One that has no value is left to who runs the server: the Compose file says what is missing.
    private static async Task<string> ReadAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        try
        {
            return await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? "";
        }
        catch (MissingParameterValueException)
        {
            return "";
        }
    }
}
