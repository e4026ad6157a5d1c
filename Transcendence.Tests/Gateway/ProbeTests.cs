using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Metrics;

namespace Transcendence.Tests.Gateway;

/// <summary>The gateway's request to itself.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task ItTellsThatTheBackendIsReachedThroughTheDoorAndIsNoTraffic()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await GatewayService.StartAsync(backend.Port);

        await Eventually.TrueAsync(async () => await ProbeAsync(gateway) == 1, "the probe succeeds");

        var metrics = Exposition.Parse(await gateway.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
        Assert.Empty(metrics.Counted("http_requests_total"));
        Assert.InRange(metrics.Value("transcendence_gateway_probe_duration_seconds")!.Value, double.Epsilon, 60);
    }

    [Fact]
    public async Task WithoutABackendItFails()
    {
        await using var gateway = await GatewayService.StartAsync(FreePort.Next());

        await Eventually.TrueAsync(
            async () => Exposition.Parse(await gateway.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Value("transcendence_gateway_probe_duration_seconds") > 0, "the probe has ended");
        Assert.Equal(0, await ProbeAsync(gateway));
    }

    private static async Task<double?> ProbeAsync(GatewayService gateway) =>
        Exposition.Parse(await gateway.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Value("transcendence_gateway_probe_success");
}
