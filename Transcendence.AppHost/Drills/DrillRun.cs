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

    /// <summary>Whether something went wrong that makes what is seen worth nothing.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>A number among the arguments.</summary>
    public double Number(string name) => double.Parse(arguments[name], CultureInfo.InvariantCulture);

    /// <summary>Says what mends what was broken; the last is mended first. It is done whatever happens.</summary>
    public void OnEnd(Func<Task> mend) => _ends.Push(mend);

    /// <summary>Does something until the fault ends.</summary>
    public void Meanwhile(Func<CancellationToken, Task> work)
    {
        _meanwhile.Add(Task.Run(async () =>
        {
            try
            {
                await work(_end.Token);
            }
            catch (Exception e) when (!_end.IsCancellationRequested)
            {
                Fail(e.Message);
            }
        }));
    }

    /// <summary>Notes something for the report.</summary>
    public void Note(string text)
    {
        _notes.Add(text);
        Say(text);
    }

    /// <summary>Notes why the drill fails, whatever was seen.</summary>
    public void Fail(string reason)
    {
        HasFailed = true;
        Note(reason);
    }

    /// <summary>Tells whoever looks on.</summary>
    public void Say(string text) => LogSaid(log, text);

    /// <summary>Mends everything.</summary>
    /// <returns>Whether all of it could be mended; what could not is noted.</returns>
    public async Task<bool> EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_meanwhile).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // Each says for itself what went wrong.
        _meanwhile.Clear();
        var isMended = true;
        while (_ends.TryPop(out var mend))
        {
            try
            {
                await mend();
            }
            catch (Exception e)
            {
                Note($"Not mended: {e.Message}");
                isMended = false;
            }
        }

        return isMended;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _end.Dispose();
    }

    [LoggerMessage(9, LogLevel.Information, "{Text}")]
    private static partial void LogSaid(ILogger logger, string text);
}
