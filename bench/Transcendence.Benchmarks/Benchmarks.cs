namespace Transcendence.Benchmarks;

/// <summary>The comparisons of servers.</summary>
internal static class Benchmarks
{
    private const int Rounds = 9;

    // The runtime compiles each process a little differently: so many of each, one after the other, and fewer rounds with each.
    private const int Processes = 5;
    private const int RoundsOfProcess = 5;
    private const int Requests = 40_000;
    private const string OpenMetrics = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    /// <summary>The repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."));

    /// <summary>CPU per request: bare Kestrel, with our service defaults, and Fastify with prom-client.</summary>
    public static async Task<int> RequestsAsync()
    {
        Comparison.Begin();
        await CompareRequestsAsync(() => Peer.ServeAsync("ours"), () => Peer.ServeAsync("bare"), FastifyAsync);
        return Comparison.End();
    }

    /// <summary>CPU per request: a bare YARP and our gateway, before the same backend, which shares the client's processor.</summary>
    public static async Task<int> GatewayAsync()
    {
        using var backend = await Peer.ServeAsync("bare", processor: 1);
        Comparison.Begin();
        await CompareRequestsAsync(
            () => Peer.StartAsync(
                "gateway", 0, Path.Combine(Root, "Transcendence.Gateway", "bin", "Release", "net10.0", "Transcendence.Gateway"),
                port => [$"--urls=http://127.0.0.1:{port}", $"--services:backend:http:0={backend.Address}"]),
            () => Peer.ServeAsync("yarp", backend: backend.Address.ToString()));
        return Comparison.End();
    }

    /// <summary>Bytes allocated per request: bare Kestrel, and with our service defaults.</summary>
    public static async Task<int> AllocationAsync()
    {
        using var bare = await Peer.ServeAsync("bare");
        using var ours = await Peer.ServeAsync("ours");
        Comparison.Begin();
        await Task.WhenAll(WarmByRequestsAsync(bare), WarmByRequestsAsync(ours));
        await Comparison.RunAsync("request", "B", Rounds, Side(ours), Side(bare));
        return Comparison.End();

        // Many, because a connection and the question itself allocate too.
        static (string, Func<Task<double>>) Side(Peer peer) => (peer.Name, async () =>
        {
            const int Many = 5 * Requests;
            var before = await AllocatedAsync(peer);
            peer.Load(Many);
            return (await AllocatedAsync(peer) - before) / Many;
        });

        static async Task<double> AllocatedAsync(Peer peer) =>
            double.Parse(await peer.Client.GetStringAsync(new Uri("/allocated", UriKind.Relative)), CultureInfo.InvariantCulture);
    }

    /// <summary>CPU of a scrape at so many children of the histogram and the counter of requests: prom-client's and ours.</summary>
    public static async Task<int> ScrapeAsync(params int[] children)
    {
        using var fastify = await FastifyAsync();
        using var ours = await Peer.ServeAsync("ours");
        Comparison.Begin();
        foreach (var count in children)
        {
            var sides = new List<(string, Func<Task<double>>)>();
            foreach (var peer in (Peer[])[ours, fastify])
            {
                await AddChildrenAsync(peer, count);
                sides.Add((peer.Name, await ScraperAsync(peer, "text/plain", "identity")));
            }

            await Comparison.RunAsync($"{count} children", "ms", Rounds, [.. sides]);
        }

        return Comparison.End();
    }

    /// <summary>Bytes and CPU of a scrape: as Prometheus asks for it, the same without compression, and as text without either.</summary>
    public static async Task<int> FormatsAsync()
    {
        using var ours = await Peer.ServeAsync("ours");
        (string Name, string Accept, string Encoding)[] formats = [("as Prometheus asks", OpenMetrics, "gzip"), ("OpenMetrics", OpenMetrics, "identity"), ("text", "text/plain", "identity")];
        Comparison.Begin();
        foreach (var count in (int[])[0, 100, 1_000, 5_000])
        {
            await AddChildrenAsync(ours, count);
            var sides = new List<(string, Func<Task<double>>)>();
            foreach (var (name, accept, encoding) in formats)
            {
                sides.Add(($"{name}, {await ReadAsync(ours, accept, encoding)} B", await ScraperAsync(ours, accept, encoding)));
            }

            await Comparison.RunAsync($"{count} children", "ms", Rounds, [.. sides]);
        }

        return Comparison.End();
    }

    /// <summary>Adds so many children to both metrics of requests.</summary>
    public static async Task AddChildrenAsync(Peer peer, int count) =>
        (await peer.Client.GetAsync(new Uri($"/children/{count}", UriKind.Relative))).EnsureSuccessStatusCode();

    private static Task<Peer> FastifyAsync() =>
        Peer.StartAsync("Fastify", 0, "node", port => [Path.Combine(Root, "bench", "fastify", "server.js"), $"{port}"]);

    private static async Task CompareRequestsAsync(params Func<Task<Peer>>[] starts)
    {
        var comparison = new Comparison("request", "µs");
        for (var process = 0; process < Processes; process++)
        {
            var peers = new List<Peer>();
            try
            {
                foreach (var start in starts)
                {
                    peers.Add(await start());
                    await WarmByRequestsAsync(peers[^1]);
                }

                await comparison.MeasureAsync(RoundsOfProcess, [.. peers.Select(peer => (peer.Name, (Func<Task<double>>)(() =>
                {
                    var before = peer.CpuSeconds;
                    peer.Load(Requests);
                    return Task.FromResult((peer.CpuSeconds - before) / Requests * 1e6);
                })))]);
            }
            finally
            {
                peers.ForEach(peer => peer.Dispose());
            }
        }

        comparison.Print();
    }

    private static Task WarmByRequestsAsync(Peer peer) => Peer.WarmAsync(() =>
    {
        peer.Load(Requests);
        return Task.CompletedTask;
    });

    // As many scrapes as take half a second, but ten at least and a thousand at most: the kernel counts CPU in hundredths of a second.
    private static async Task<Func<Task<double>>> ScraperAsync(Peer peer, string accept, string encoding)
    {
        await Peer.WarmAsync(() => RepeatAsync(40));
        var startedAt = Stopwatch.GetTimestamp();
        await RepeatAsync(10);
        var scrapes = Math.Clamp((int)(TimeSpan.FromSeconds(5) / Stopwatch.GetElapsedTime(startedAt)), 10, 1_000);
        return async () => await peer.CpuSecondsOfAsync(() => RepeatAsync(scrapes)) / scrapes * 1e3;

        async Task RepeatAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await ReadAsync(peer, accept, encoding);
            }
        }
    }

    private static async Task<int> ReadAsync(Peer peer, string accept, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        using var response = await peer.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }
}
