namespace Transcendence.Faults;

/// <summary>Busy processors, held memory, and held threads.</summary>
internal sealed class Burden : IDisposable
{
    private const int Megabyte = 1_000_000;
    private const int SpareThreads = 100;
    private const int MostThreads = 32;

    private static readonly TimeSpan s_balance = TimeSpan.FromMilliseconds(500);

    private readonly Stack<byte[]> _held = [];
    private readonly Stack<CancellationTokenSource> _busy = [];
    private readonly Timer _balance;
    private double _cores;
    private (TimeSpan Cpu, long At) _last;

    public Burden() => _balance = new(_ => Balance());

    private (int Workers, int Ports)? _fewThreads;

    /// <summary>Makes them as many as this.</summary>
    /// <param name="cores">How many processors' time is used up.</param>
    /// <param name="megabytes">How much memory, in 10⁶ bytes.</param>
    /// <param name="holdsThreads">Whether requests will hold their threads: without some to spare everything else would wait too, and more be wrong than was wished.</param>
    public void Carry(double cores, int megabytes, bool holdsThreads)
    {
        if (holdsThreads && _fewThreads is null)
        {
            ThreadPool.GetMinThreads(out var workers, out var ports);
            _fewThreads = (workers, ports);
            ThreadPool.SetMinThreads(Math.Max(workers, SpareThreads), ports);
        }
        else if (!holdsThreads && _fewThreads is var (former, formerPorts))
        {
            ThreadPool.SetMinThreads(former, formerPorts);
            _fewThreads = null;
        }

        lock (_busy)
        {
            if (cores != _cores)
            {
                _cores = cores;
                _last = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
                Spin((int)Math.Ceiling(cores));
                _balance.Change(cores > 0 ? s_balance : Timeout.InfiniteTimeSpan, s_balance);
            }
        }

        var held = _held.Count;
        while (_held.Count > megabytes)
        {
            _held.Pop();
        }

        while (_held.Count < megabytes)
        {
            var bytes = new byte[Megabyte];
            Array.Fill(bytes, (byte)1); // What is never written to takes no memory.
            _held.Push(bytes);
        }

        if (_held.Count < held)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive); // So that the system has it back now.
        }
    }

    public void Dispose() => _balance.Dispose();

    // Others want the processors too: on a machine that is busy it takes more threads to be given as much of them.
    private void Balance()
    {
        lock (_busy)
        {
            var now = (Cpu: Environment.CpuUsage.TotalTime, At: Stopwatch.GetTimestamp());
            if (_cores > 0 && (now.Cpu - _last.Cpu) / Stopwatch.GetElapsedTime(_last.At, now.At) < _cores)
            {
                Spin(Math.Min(_busy.Count + 1, MostThreads));
            }

            _last = now;
        }
    }

    private void Spin(int threads)
    {
        while (_busy.Count > threads)
        {
            _busy.Pop().Cancel();
        }

        while (_busy.Count < threads)
        {
            var end = new CancellationTokenSource();
            _busy.Push(end);
            new Thread(() => Spin(end.Token)) { IsBackground = true, Name = "drill" }.Start();
        }
    }

    private static void Spin(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Thread.SpinWait(10_000);
        }
    }
}
