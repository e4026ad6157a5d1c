namespace Transcendence.AppHost.Drills;

/// <summary>Requests at a steady rate, as users send them: through the gateway.</summary>
internal sealed class Traffic(Uri url, double rate)
{
    private const int AtOnce = 200;

    private static readonly HttpClient s_client = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Whether all were sent, and answered with success.</summary>
    public bool IsWell => _sent > 0 && _failed + _lost + _refused + _leftOut == 0;

    private readonly List<double> _milliseconds = [];
    private int _sent;
    private int _failed;
    private int _refused;
    private int _lost;
    private int _leftOut;

    /// <summary>Sends one, to see whether it is worth while.</summary>
    /// <exception cref="DrillException">It does not succeed.</exception>
    public async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await s_client.GetAsync(url, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new DrillException($"{url} answers {(int)response.StatusCode} already, so nothing could be told from more of it. Take a route that succeeds, e.g. --route /api/players.");
            }
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DrillException($"{url} does not answer ({e.GetBaseException().Message.TrimEnd('.')}). Start the gateway, and try again.", e);
        }
    }

    /// <summary>Sends until it is broken off; what is on its way then is waited for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var turns = new SemaphoreSlim(AtOnce);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (turns.Wait(0, cancellationToken))
                {
                    _ = SendAsync(turns);
                }
                else
                {
                    _leftOut++; // As many wait as we are willing to let wait.
                }
            }
        }
        finally
        {
            for (var i = 0; i < AtOnce; i++)
            {
                await turns.WaitAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>What became of them.</summary>
    public string Describe()
    {
        lock (_milliseconds)
        {
            _milliseconds.Sort();
            var times = _milliseconds.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" Half of them took at most {At(0.5):0} ms, 95 % at most {At(0.95):0} ms.");
            return string.Create(
                CultureInfo.InvariantCulture, $"{_sent} requests to {url.AbsolutePath} at {rate} a second: {_failed} answered with 5xx, {_lost} not at all{(_refused == 0 ? "" : $", {_refused} refused")}.{times}{(_leftOut == 0 ? "" : $" {_leftOut} were not sent, as {AtOnce} were waiting.")}");
        }

        double At(double quantile) => _milliseconds[Math.Min(_milliseconds.Count - 1, (int)(quantile * _milliseconds.Count))];
    }

    private async Task SendAsync(SemaphoreSlim turns)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            using var response = await s_client.GetAsync(url, CancellationToken.None);
            Count(ref (int)response.StatusCode >= 500 ? ref _failed : ref _refused, !response.IsSuccessStatusCode, clock);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Count(ref _lost, isOne: true, clock);
        }
        finally
        {
            turns.Release();
        }
    }

    private void Count(ref int kind, bool isOne, Stopwatch clock)
    {
        lock (_milliseconds)
        {
            _sent++;
            kind += isOne ? 1 : 0;
            _milliseconds.Add(clock.Elapsed.TotalMilliseconds);
        }
    }
}
