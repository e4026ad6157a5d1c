namespace Transcendence.AppHost.Drills;

/// <summary>One run of a drill: what it was told, what it has to mend, and what it has noticed.</summary>
internal sealed partial class DrillRun(Drill drill, IReadOnlyDictionary<string, string> arguments, Observer observer, IServiceProvider services, ILogger log) : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _ends = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _meanwhile = [];
    private readonly List<string> _notes = [];

    public Drill Drill => drill;

    public IReadOnlyDictionary<string, string> Arguments => arguments;

    public Observer Observer => observer;

    public IServiceProvider Services => services;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>A number among the arguments.</summary>
    public double Number(string name) => double.Parse(arguments[name], CultureInfo.InvariantCulture);

    /// <summary>Says what mends what was broken; the last is mended first. It is done whatever happens.</summary>
    public void OnEnd(Func<Task> mend) => _ends.Push(mend);

    /// <summary>Does something until the fault ends.</summary>
    public void Meanwhile(Func<CancellationToken, Task> work)
    {
        // Not all of it before the first wait.
        var task = Task.Run(() => work(_end.Token));
        _meanwhile.Add(task);
    }

    /// <summary>Notes something for the report.</summary>
    public void Note(string text)
    {
        _notes.Add(text);
        Say(text);
    }

    /// <summary>Tells whoever looks on.</summary>
    public void Say(string text) => LogSaid(log, text);

    /// <summary>Mends everything.</summary>
    /// <returns>Whether all of it could be mended; what could not is noted.</returns>
    public async Task<bool> EndAsync()
    {
        await _end.CancelAsync();
        var isMended = true;
        foreach (var work in _meanwhile)
        {
            isMended &= await TryAsync(() => work);
        }

        _meanwhile.Clear();
        while (_ends.TryPop(out var mend))
        {
            isMended &= await TryAsync(mend);
        }

        return isMended;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _end.Dispose();
    }

    private async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e) when (e is DrillException or DistributedApplicationException or HttpRequestException or InvalidOperationException or OperationCanceledException)
        {
            Note($"Not mended: {e.Message} Start the application again, and it is.");
            return false;
        }
    }

    [LoggerMessage(9, LogLevel.Information, "{Text}")]
    private static partial void LogSaid(ILogger logger, string text);
}
