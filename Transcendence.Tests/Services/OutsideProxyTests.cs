using System.Net;
using Transcendence.ServiceDefaults;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Services;

/// <summary>A proxy for the way out, as companies and schools have one, is not asked for what is inside.</summary>
public sealed class OutsideProxyTests
{
    [Theory]
    [InlineData("http://localhost:9093/", true)]
    [InlineData("http://127.0.0.1:9093/", true)]
    [InlineData("http://[::1]:9093/", true)]
    [InlineData("http://alertmanager:9093/", true)]
    [InlineData("http://alertmanager.dev.internal:9093/", true)]
    [InlineData("http://aspire.dev.internal:8000/", true)]
    [InlineData("https://pong.example/", false)]
    [InlineData("http://192.0.2.7/", false)]
    [InlineData("http://[2001:db8::1]/", false)]
    public void OnlyWhatIsOutsideIsAskedOfTheProxy(string address, bool inside)
    {
        var environment = new WebProxy("http://proxy.example:3128");
        var proxy = new OutsideProxy(environment);
        Assert.Equal(inside, proxy.IsBypassed(new Uri(address)));
        Assert.Equal(inside ? null : environment.Address, proxy.GetProxy(new Uri(address)));
    }

    [Fact]
    public async Task ServicesReachEachOtherAndTheDashboardWithAProxyInTheEnvironment()
    {
        var proxy = $"http://127.0.0.1:{FreePort.Next()}"; // Nobody listens there: what is asked of it fails.
        var environment = new Dictionary<string, string?> { ["HTTP_PROXY"] = proxy, ["HTTPS_PROXY"] = proxy, ["http_proxy"] = proxy, ["https_proxy"] = proxy };
        using var directory = new TempDirectory();
        await using var sink = await OtlpSink.StartAsync();
        await using var backend = await ServiceProcess.StartAsync(
            "Transcendence.Backend", environment.Concat(sink.Settings).Concat(BackendService.Settings(directory["backend.db"])).ToDictionary());
        await using var gateway = await ServiceProcess.StartAsync(
            "Transcendence.Gateway", new Dictionary<string, string?>(environment) { ["services__backend__http__0"] = backend.Address.ToString() }, readyPath: "/api/health");

        await gateway.Client.AddPlayerAsync();

        await Eventually.TrueAsync(() => Task.FromResult(sink.Has("traces", "/api/players"u8)), "the trace arrives");
    }
}
