namespace Transcendence.Processes;

/// <summary>A process to tell of.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="StartedAt">When it started, if that is known: another process that got the same id later is told apart by it.</param>
/// <param name="IsHost">Whether it is a <c>dotnet run</c> or <c>dotnet watch</c> around the process that is meant.</param>
internal sealed record TrackedProcess(int Pid, DateTimeOffset? StartedAt = null, bool IsHost = false);

/// <summary>
/// The file, named by <c>Processes:File</c>, in which whoever starts processes says which there are, by the names of their resources:
/// <code>{ "backend": { "pid": 123, "startedAt": "2026-11-26T12:00:00Z", "isHost": false } }</code>
/// </summary>
/// <remarks>
/// It is read at each scrape, so it is to be replaced in one step: written under another name, then renamed. A file that is not there says
/// that there are no processes; of one that cannot be read the last good content stays.
/// </remarks>
internal sealed partial class ProcessFile(IConfiguration configuration, ILogger<ProcessFile> logger)
{
    private const string Setting = "Processes:File";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    private readonly string _path = configuration[Setting] is { Length: > 0 } path
        ? Path.GetFullPath(path)
        : throw new ServiceStartException($"The setting {Setting} is not set. Give the path of the file that says which processes there are.");
    private Dictionary<string, TrackedProcess> _processes = [];
    private string? _fault;

    /// <summary>What each of the processes uses now, by name; those that are gone are left out.</summary>
    public List<(string Name, ProcessUsage Usage)> ReadUsage()
    {
        var table = new ProcessTable();
        return [.. from process in Read() orderby process.Key let usage = table.UsageOf(process.Value) where usage is not null select (process.Key, usage)];
    }

    private Dictionary<string, TrackedProcess> Read()
    {
        var (level, fault) = (LogLevel.Warning, default(string));
        try
        {
            _processes = JsonSerializer.Deserialize<Dictionary<string, TrackedProcess>>(File.ReadAllBytes(_path), s_json) is { } processes
                && !processes.ContainsValue(null!)
                ? processes
                : throw new JsonException("null stands where an object is expected.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            (_processes, level) = ([], LogLevel.Information);
            fault = $"There is no file '{_path}' yet, so there are no processes to tell of. Whoever starts them writes it.";
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            fault = $"The file '{_path}' cannot be read: {e.Message} What it said before stays.";
        }

        // A scrape every few seconds must not fill the log with one and the same.
        if (Interlocked.Exchange(ref _fault, fault) != fault && fault is not null)
        {
            LogFault(level, fault);
        }

        return _processes;
    }

    [LoggerMessage("{Fault}")]
    private partial void LogFault(LogLevel level, string fault);
}
