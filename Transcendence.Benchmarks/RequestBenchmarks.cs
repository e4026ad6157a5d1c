namespace Transcendence.Benchmarks;

/// <summary>One request through the whole pipeline of an application: unmeasured, as every service measures it, and as prometheus-net does.</summary>
public class RequestBenchmarks
{
    private Func<Task> _send = null!;
    private WebApplication _app = null!;

    /// <summary>Through the sockets of this machine, or the application alone.</summary>
    [Params(false, true)]
    public bool Kestrel { get; set; }

    /// <summary>Starts an application that measures nothing.</summary>
    [GlobalSetup(Target = nameof(Unmeasured))]
    public Task StartUnmeasured() => StartAsync(_ => { }, _ => { });

    /// <summary>Starts an application with the service defaults.</summary>
    [GlobalSetup(Target = nameof(ServiceDefaults))]
    public Task StartServiceDefaults() => StartAsync(builder => builder.AddServiceDefaults(), app => app.MapDefaultEndpoints());

    /// <summary>Starts an application with prometheus-net's own middleware; its meter adapter and event counters are off.</summary>
    [GlobalSetup(Target = nameof(UseHttpMetrics))]
    public Task StartUseHttpMetrics() => StartAsync(_ => Metrics.SuppressDefaultMetrics(), app => app.UseHttpMetrics());

    /// <summary>Stops the application.</summary>
    [GlobalCleanup]
    public async Task StopAsync() => await _app.DisposeAsync();

    /// <summary>No metrics.</summary>
    [Benchmark(Baseline = true)]
    public Task Unmeasured() => _send();

    /// <summary>The metrics contract.</summary>
    [Benchmark]
    public Task ServiceDefaults() => _send();

    /// <summary>The library's way.</summary>
    [Benchmark]
    public Task UseHttpMetrics() => _send();

    private async Task StartAsync(Action<WebApplicationBuilder> build, Action<WebApplication> configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => new LoopbackClient(new Uri(_app.Urls.Single())));
        if (!Kestrel)
        {
            builder.Services.AddSingleton<IServer, DirectServer>();
        }

        build(builder);
        _app = builder.Build();
        configure(_app);
        _app.MapGet("/api/players/{id}", (HttpContext _) => Task.CompletedTask);
        await _app.StartAsync();
        _send = Kestrel
            ? _app.Services.GetRequiredService<LoopbackClient>().SendAsync
            : ((DirectServer)_app.Services.GetRequiredService<IServer>()).SendAsync;
    }
}
