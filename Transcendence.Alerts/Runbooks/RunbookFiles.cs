namespace Transcendence.Alerts.Runbooks;

/// <summary>The runbooks: one Markdown file for each alert, in the directory <see cref="AlertsOptions.Runbooks"/>, or in the one that comes with the service.</summary>
internal sealed class RunbookFiles(AlertsOptions options)
{
    private const string Extension = ".md";

    private readonly string _directory = options.Runbooks ?? Path.Combine(AppContext.BaseDirectory, "runbooks");

    /// <summary>The names of all.</summary>
    public IReadOnlyList<string> Names => !Directory.Exists(_directory) ? [] :
        [.. Directory.EnumerateFiles(_directory, $"*{Extension}").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "README").Order(StringComparer.Ordinal)];

    /// <summary>Reads one, by its name with or without <c>.md</c>.</summary>
    /// <returns>Its text; <see langword="null"/> when there is none of this name.</returns>
    public string? Read(string name)
    {
        name = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        // Only what is in the list: a name is no way to other files.
        return Names.Contains(name, StringComparer.Ordinal) ? File.ReadAllText(Path.Combine(_directory, name + Extension)) : null;
    }
}
