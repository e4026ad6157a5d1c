using System.IO.Compression;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Prometheus;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Metrics;

/// <summary>A scrape of a service that has very many series, and what its scraper may do.</summary>
public class ScrapeTests
{
    private const int Children = 10_000; // 14 MB, more than all buffers on the way hold.
    private const int Scrapers = 20; // More than there are threads, on a machine of the usual size.
    private const string EndOfHeaders = "\r\n\r\n";
    private static readonly byte[] s_request = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n"u8.ToArray(); // 1.0: whose answer comes in one piece.

    [Fact]
    public async Task ScrapersThatReadNothingHoldNoThreadAndNoMemoryAndDelayNoRequest()
    {
        await using var app = await StartAsync();
        await app.ScrapeAsync(); // What a scrape needs once for ever.
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        var scrapers = await Task.WhenAll(Enumerable.Range(0, Scrapers).Select(_ => BeginAsync(app)));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(200, await app.SendAsync("/ping").WaitAsync(TimeSpan.FromSeconds(2)));
        }

        // Held whole, the answers would be 280 MB; what is left is for the tests that run beside this one.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, Scrapers * 4_000_000);
        await Eventually.TrueAsync(() => Task.FromResult(BusyThreads() < Scrapers / 2), "scrapers that wait hold no thread");

        // Once they read, they get it all.
        Assert.Equal(Children, (await ReadToEndAsync(scrapers[0])).Named("test_seconds_count").Count());
        Array.ForEach(scrapers, scraper => scraper.Dispose());
    }

    [Fact]
    public async Task ScrapersThatHangUpLeaveNothingBehind()
    {
        await using var app = await StartAsync();
        var before = await app.ScrapeAsync();

        for (var i = 0; i < Scrapers; i++)
        {
            using var scraper = await BeginAsync(app);
            await scraper.ReceiveAsync(new byte[1_000]);
            scraper.LingerState = new LingerOption(enable: true, seconds: 0); // Hangs up in the middle, and not politely.
        }

        Assert.Equal(Contract(before), Contract(await app.ScrapeAsync()));
    }

    [Fact]
    public async Task ScrapersAtOnceGetTheSame()
    {
        await using var app = await StartAsync();

        var scrapes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.ScrapeAsync()));

        Assert.Equal(Children, scrapes[0].Named("test_seconds_count").Count());
        Assert.All(scrapes, scrape => Assert.Equal(Contract(scrapes[0]), Contract(scrape)));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")]
    public async Task AScraperThatTakesGzipGetsTheSameInFewBytes(string accept)
    {
        await using var app = await StartAsync();

        var plain = await GetAsync("identity");
        var compressed = await GetAsync("gzip");

        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        Assert.Equal(plain.Content.Headers.ContentType, compressed.Content.Headers.ContentType);
        using var stream = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        Assert.Equal(Contract(Exposition.Parse(await plain.Content.ReadAsStringAsync())), Contract(Exposition.Parse(await reader.ReadToEndAsync())));
        Assert.InRange((await compressed.Content.ReadAsByteArrayAsync()).Length, 1, (await plain.Content.ReadAsByteArrayAsync()).Length / 10);

        async Task<HttpResponseMessage> GetAsync(string encoding)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            request.Headers.Accept.ParseAdd(accept);
            request.Headers.AcceptEncoding.ParseAdd(encoding);
            return await app.Client.SendAsync(request);
        }
    }

    private static Task<MeasuredApp> StartAsync() => MeasuredApp.StartAsync(app =>
    {
        app.MapGet("/ping", () => "ok");
        var histogram = app.Services.GetRequiredService<IMetricFactory>().CreateHistogram("test_seconds", "Durations.", ["route"]);
        for (var i = 0; i < Children; i++)
        {
            histogram.WithLabels($"/a/route/that/has/a/name/of/usual/length/{i}").Observe(i);
        }
    });

    private static int BusyThreads()
    {
        ThreadPool.GetMaxThreads(out var all, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return all - free;
    }

    // Asks, and reads nothing.
    private static async Task<Socket> BeginAsync(MeasuredApp app)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(app.Address.Host, app.Address.Port);
        await socket.SendAsync(s_request);
        return socket;
    }

    private static async Task<Exposition> ReadToEndAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        return Exposition.Parse(answer[(answer.IndexOf(EndOfHeaders, StringComparison.Ordinal) + EndOfHeaders.Length)..]);
    }

    // Without what changes by itself.
    private static IEnumerable<string> Contract(Exposition scrape) => scrape.Samples
        .Where(sample => !sample.Name.StartsWith("process_", StringComparison.Ordinal))
        .Select(sample => $"{sample.Name} {string.Join(",", sample.Labels)} {sample.Value}");
}
