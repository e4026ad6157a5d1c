namespace Transcendence.Faults;

/// <summary>Busy processors, held memory, and held threads.</summary>
internal sealed class Burden
{
    private const int Megabyte = 1_000_000;
    private const int SpareThreads = 100;

    private readonly Stack<byte[]> _held = [];
    private readonly Stack<CancellationTokenSource> _busy = [];

    private (int Workers, int Ports)? _fewThreads;

    /// <summary>Makes them as many as this.</summary>
    /// <param name="cores">How many processors.</param>
    /// <param name="megabytes">How much memory, in 10⁶ bytes.</param>
    /// <param name="holdsThreads">Whether requests will hold their threads: without some to spare everything else would wait too, and more be wrong than was wished.</param>
    public void Carry(int cores, int megabytes, bool holdsThreads)
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

        while (_busy.Count > cores)
        {
            _busy.Pop().Cancel();
        }

        while (_busy.Count < cores)
        {
            var end = new CancellationTokenSource();
            _busy.Push(end);
            new Thread(() => Spin(end.Token)) { IsBackground = true, Name = "drill" }.Start();
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

    private static void Spin(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Thread.SpinWait(10_000);
        }
    }
}
