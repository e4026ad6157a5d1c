using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Transcendence.Viewer.Provisioning;

/// <summary>Grafana's provisioning directory as it is now.</summary>
/// <remarks>The format is that of Grafana's documentation, "Provision Grafana", <c>apiVersion: 1</c>.</remarks>
internal sealed partial class ProvisioningFiles
{
    private readonly string _directory;
    private readonly FileReader<JsonObject> _yaml;
    private readonly FileReader<JsonObject> _dashboards = new(Dashboard.Parse);
    private readonly ILogger _log;

    // What was wrong when the files were last read: that is told once.
    private HashSet<Problem> _sourceProblems = [];
    private HashSet<Problem> _dashboardProblems = [];

    public ProvisioningFiles(ViewerOptions options)
    {
        _log = options.Loggers.CreateLogger<ProvisioningFiles>();
        _directory = options.ProvisioningDirectory;
        _yaml = new FileReader<JsonObject>(text => ReadYaml(text, options.GetVariable));
        var (dashboards, sources) = (Dashboards().Items.Count, DataSources().Items.Count);
        LogFound(_log, dashboards, sources, _directory);
    }

    /// <summary>The data sources. Of two with the same uid the first counts.</summary>
    public Found<DataSource> DataSources()
    {
        var (sources, problems) = (new List<(DataSource Source, string File)>(), new List<Problem>());
        foreach (var (file, entry) in Entries("datasources", "datasources", problems))
        {
            try
            {
                var source = DataSource.Read(entry);
                var same = sources.Find(s => s.Source.Uid == source.Uid || (source.IsDefault && s.Source.IsDefault));
                if (same.Source is null)
                {
                    sources.Add((source, file));
                }
                else
                {
                    problems.Add(new Problem(file, same.Source.Uid == source.Uid
                        ? $"The data source '{source.Name}' is not used: '{same.Source.Name}' in {same.File} has the uid '{source.Uid}' too."
                        : $"The data source '{source.Name}' is not used: '{same.Source.Name}' in {same.File} is the default too, and there can be one only."));
                }

                if (entry.Flag("basicAuth") || entry["secureJsonData"] is JsonObject { Count: > 0 })
                {
                    problems.Add(new Problem(file, $"The data source '{source.Name}' has credentials. The viewer sends none."));
                }
            }
            catch (ProvisioningException e)
            {
                problems.Add(new Problem(file, e.Message));
            }
        }

        Report(problems, ref _sourceProblems);
        return new([.. sources.Select(s => s.Source)], problems);
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
            var path = (provider["options"] as JsonObject)?.Text("path") ?? "";
            if (path.Length == 0 || !Directory.Exists(path))
            {
                problems.Add(new Problem(file, $"The provider '{provider.Text("name")}' reads dashboards from '{path}', which is no directory. Correct its `options.path`."));
                continue;
            }

            foreach (var dashboard in Read(path, provider, problems))
            {
                if (!dashboards.TryAdd(dashboard.Uid, dashboard))
                {
                    problems.Add(new Problem(dashboard.File, $"The dashboard '{dashboard.Title}' is not used: {dashboards[dashboard.Uid].File} has the uid '{dashboard.Uid}' too. Give one of them another."));
                }
            }
        }

        Report(problems, ref _dashboardProblems);
        return new([.. dashboards.Values.OrderBy(d => d.Title, StringComparer.OrdinalIgnoreCase)], problems);
    }

    /// <summary>The dashboard with a uid.</summary>
    public Dashboard? FindDashboard(string uid) => Dashboards().Items.FirstOrDefault(d => d.Uid == uid);

    private static JsonObject ReadYaml(string text, Func<string, string?> getVariable)
    {
        var yaml = Yaml.Parse(text, getVariable);
        return yaml.Text("apiVersion") == "1" ? yaml : throw new ProvisioningException("The file does not say `apiVersion: 1`, the only version that is known here.");
    }

    private void Report(List<Problem> problems, ref HashSet<Problem> known)
    {
        var current = problems.ToHashSet();
        foreach (var problem in current.Except(Interlocked.Exchange(ref known, current)))
        {
            LogProblem(_log, problem.File, problem.Message);
        }
    }

    private IEnumerable<Dashboard> Read(string directory, JsonObject provider, List<Problem> problems)
    {
        foreach (var file in FilesIn(directory, SearchOption.AllDirectories, ".json"))
        {
            var model = _dashboards.Read(file, out var problem);
            if (problem is not null)
            {
                problems.Add(problem);
            }

            if (model is not null)
            {
                var inner = provider["options"] is JsonObject options && options.Flag("foldersFromFilesStructure") ? Path.GetRelativePath(directory, Path.GetDirectoryName(file)!) : ".";
                yield return new Dashboard(
                    model.Text("uid") is { Length: > 0 } uid ? uid : Path.GetFileNameWithoutExtension(file),
                    model.Text("title"),
                    [.. (model["tags"] as JsonArray)?.OfType<JsonValue>().Select(t => t.ToString()) ?? []],
                    inner == "." ? provider.Text("folder") : Path.GetFileName(inner),
                    file,
                    model);
            }
        }
    }

    private IEnumerable<(string File, JsonObject Entry)> Entries(string directory, string list, List<Problem> problems)
    {
        foreach (var file in FilesIn(Path.Combine(_directory, directory), SearchOption.TopDirectoryOnly, ".yml", ".yaml"))
        {
            var yaml = _yaml.Read(file, out var problem);
            if (problem is not null)
            {
                problems.Add(problem);
            }

            foreach (var entry in yaml?.Objects(list) ?? [])
            {
                yield return (file, entry);
            }
        }
    }

    private static IEnumerable<string> FilesIn(string directory, SearchOption search, params string[] extensions) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*", search).Where(f => extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
        : [];

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dashboards} dashboards and {DataSources} data sources are provisioned in {Directory}.")]
    private static partial void LogFound(ILogger logger, int dashboards, int dataSources, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File}: {Problem}")]
    private static partial void LogProblem(ILogger logger, string file, string problem);
}
