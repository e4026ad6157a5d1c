using YamlDotNet.Core;

namespace Transcendence.Viewer.Provisioning;

/// <summary>A file that could not be used, or not wholly: what is wrong with it, and what to do.</summary>
internal sealed record Problem(string File, string Message);

/// <summary>A file says something that cannot be used; the message is for <see cref="Problem"/>.</summary>
internal sealed class ProvisioningException(string message) : Exception(message);

/// <summary>What was found in files, and what was wrong with some.</summary>
internal sealed record Found<T>(IReadOnlyList<T> Items, IReadOnlyList<Problem> Problems);

/// <summary>Grafana's provisioning directory as it is now.</summary>
/// <remarks>The format is that of Grafana's documentation, "Provision Grafana", <c>apiVersion: 1</c>.</remarks>
internal sealed partial class ProvisioningFiles
{
    private readonly string _directory;
    private readonly ILogger _log;

    // What was wrong when the files were last read: that is told once.
    private HashSet<Problem> _sourceProblems = [];
    private HashSet<Problem> _dashboardProblems = [];

    public ProvisioningFiles(ViewerOptions options, ILogger<ProvisioningFiles> log)
    {
        _log = log;
        _directory = options.ProvisioningDirectory;
        LogFound(Dashboards().Items.Count, DataSources().Items.Count, _directory);
    }

    /// <summary>The data sources. Of two with the same uid the first counts.</summary>
    public Found<DataSource> DataSources()
    {
        var (sources, problems) = (new List<(DataSource Source, string File)>(), new List<Problem>());
        foreach (var (file, entry) in Entries("datasources", "datasources", problems))
        {
            if (Try(file, () => DataSource.Read(entry), problems) is not { } source)
            {
                continue;
            }

            var (same, sameFile) = sources.Find(s => s.Source.Uid == source.Uid || (source.IsDefault && s.Source.IsDefault));
            if (same is null)
            {
                sources.Add((source, file));
            }
            else
            {
                problems.Add(new(file, $"The data source '{source.Name}' is not used: '{same.Name}' in {sameFile} "
                    + (same.Uid == source.Uid ? $"has the uid '{source.Uid}' too." : "is the default too, and there can be one only.")));
            }

            if (entry.Flag("basicAuth") || entry["secureJsonData"] is JsonObject { Count: > 0 })
            {
                problems.Add(new(file, $"The data source '{source.Name}' has credentials. The viewer sends none."));
            }
        }

        return Told(sources.Select(s => s.Source), problems, ref _sourceProblems);
    }

    /// <summary>The data source with a uid.</summary>
    public DataSource? FindDataSource(string uid) => DataSources().Items.FirstOrDefault(s => s.Uid == uid);

    /// <summary>The dashboards by title. Of two with the same uid the first file counts.</summary>
    public Found<Dashboard> Dashboards()
    {
        var (dashboards, problems) = (new Dictionary<string, Dashboard>(), new List<Problem>());
        foreach (var (file, provider) in Entries("dashboards", "providers", problems))
        {
            // The default type, and the only one that Grafana knows.
            var options = provider["options"] as JsonObject ?? [];
            var path = options.Text("path");
            if (!Directory.Exists(path))
            {
                problems.Add(new(
                    file, $"The provider '{provider.Text("name")}' reads dashboards from '{path}', which is no directory. Correct its `options.path`."));
                continue;
            }

            foreach (var dashboardFile in FilesIn(path, SearchOption.AllDirectories, problems, ".json"))
            {
                var inner = options.Flag("foldersFromFilesStructure") ? Path.GetRelativePath(path, Path.GetDirectoryName(dashboardFile)!) : ".";
                var folder = inner == "." ? provider.Text("folder") : Path.GetFileName(inner);
                if (Try(dashboardFile, () => Dashboard.Read(dashboardFile, folder), problems) is { } dashboard && !dashboards.TryAdd(dashboard.Uid, dashboard))
                {
                    problems.Add(new(
                        dashboardFile,
                        $"The dashboard '{dashboard.Title}' is not used: {dashboards[dashboard.Uid].File} has the uid '{dashboard.Uid}' too. Give one of them another."));
                }
            }
        }

        return Told(dashboards.Values.OrderBy(d => d.Title, StringComparer.OrdinalIgnoreCase), problems, ref _dashboardProblems);
    }

    /// <summary>The dashboard with a uid.</summary>
    public Dashboard? FindDashboard(string uid) => Dashboards().Items.FirstOrDefault(d => d.Uid == uid);

    private Found<T> Told<T>(IEnumerable<T> items, List<Problem> problems, ref HashSet<Problem> known)
    {
        var current = problems.ToHashSet();
        foreach (var problem in current.Except(Interlocked.Exchange(ref known, current)))
        {
            LogProblem(problem.File, problem.Message);
        }

        return new([.. items], problems);
    }

    private IEnumerable<(string File, JsonObject Entry)> Entries(string directory, string list, List<Problem> problems) =>
        from file in FilesIn(Path.Combine(_directory, directory), SearchOption.TopDirectoryOnly, problems, ".yml", ".yaml")
        from entry in Try(file, () => ReadYaml(file), problems)?.Objects(list) ?? []
        select (file, entry);

    private static JsonObject ReadYaml(string file) => Yaml.Parse(File.ReadAllText(file)) is var yaml && yaml.Text("apiVersion") == "1"
        ? yaml
        : throw new ProvisioningException("The file does not say `apiVersion: 1`, the only version that is known here.");

    private static List<string> FilesIn(string directory, SearchOption search, List<Problem> problems, params string[] extensions) => Try<List<string>>(
        directory,
        () =>
        [
            .. Directory.EnumerateFiles(directory, "*", search)
                .Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal),
        ],
        problems) ?? [];

    /// <summary>Reads what is in a file; <see langword="null"/> when something is wrong, which is then among the problems.</summary>
    private static T? Try<T>(string path, Func<T> read, List<Problem> problems) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or YamlException or ProvisioningException or IOException or UnauthorizedAccessException)
        {
            problems.Add(new(path, e switch
            {
                JsonException => $"It is not valid JSON: {e.Message}",
                YamlException yaml => $"It is not valid YAML, line {yaml.Start.Line}: {(e.InnerException ?? e).Message}",
                ProvisioningException => e.Message,
                _ => $"It cannot be read: {e.Message}",
            }));
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Dashboards} dashboards and {DataSources} data sources are provisioned in {Directory}.")]
    private partial void LogFound(int dashboards, int dataSources, string directory);

    [LoggerMessage(LogLevel.Error, "{File}: {Problem}")]
    private partial void LogProblem(string file, string problem);
}
