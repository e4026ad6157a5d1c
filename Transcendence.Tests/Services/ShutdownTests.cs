using System.Net;
using System.Net.Sockets;
using Transcendence.Tests.Backend;
using Transcendence.Tests.Gateway;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Services;

/// <summary>A service that is told to end does so, well before the six seconds after which Aspire kills it.</summary>
public sealed class ShutdownTests : IDisposable
{
    // Two seconds for requests in flight and one for the last telemetry, on a machine that does other things as well.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private readonly TempDirectory _directory = new();
    private readonly TcpListener _blackHole = new(IPAddress.Loopback, 0);

    public ShutdownTests() => _blackHole.Start(); // It takes connections, and never says a word.

    public void Dispose()
    {
        _blackHole.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("grpc", true)]
    [InlineData("http/protobuf", true)]
    [InlineData("grpc", false)]
    public async Task TelemetryThatNobodyTakesDoesNotHoldAServiceUp(string protocol, bool blackHole)
    {
        var port = blackHole ? ((IPEndPoint)_blackHole.LocalEndpoint).Port : FreePort.Next();
        var settings = BackendService.Settings(_directory["backend.db"]);
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}";
        settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        settings["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1000"; // As the AppHost sets it.
        await using var service = await ServiceProcess.StartAsync("Transcendence.Backend", settings);
        await service.Client.AddPlayerAsync(); // There is a trace, a log and a metric to send.

        await EndsAsync(service);
    }

    [Fact]
    public async Task ARequestInFlightDoesNotHoldAServiceUp()
    {
        await using var backend = await WitnessBackend.StartAsync();
        await using var gateway = await ServiceProcess.StartAsync(
            "Transcendence.Gateway",
            new Dictionary<string, string?> { ["services__backend__http__0"] = $"http://127.0.0.1:{backend.Port}" },
            readyPath: "/api/health");
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, gateway.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/hang HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        await Eventually.TrueAsync(() => Task.FromResult(backend.Targets.Contains("/api/hang")), "the request is at the backend");

        await EndsAsync(gateway);
    }

    private static async Task EndsAsync(ServiceProcess service)
    {
        var clock = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-TERM", $"{service.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        Assert.Equal(0, await service.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, s_limit);
    }
}
