using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using Prometheus;

namespace Transcendence.Gateway;

/// <summary>Asks the backend through the gateway's own door, as a user would, now and then: without traffic nobody else would see that the door is shut.</summary>
/// <remarks>It is no user: neither service counts the request, and nothing of it is traced.</remarks>
internal sealed class GatewayProbe(IServer server, IConfiguration configuration, IMetricFactory metrics, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>The route of <c>appsettings.json</c> that leads to the backend's <c>/alive</c>.</summary>
    public const string Route = "probe";

    private const string Path = "/api/alive";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(15);

    // Before the first request, and where there is none, it is not known: 0 would be an alert.
    private static readonly GaugeConfiguration s_unknown = new() { SuppressInitialValue = true };

    private readonly Gauge _success = metrics.CreateGauge(
        "transcendence_gateway_probe_success", "Whether the gateway's last request to itself came back from the backend with a success, 1 or 0.", s_unknown);

    private readonly Gauge _duration = metrics.CreateGauge("transcendence_gateway_probe_duration_seconds", "Duration of the gateway's last request to itself in seconds.", s_unknown);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = s_interval / 2 }) { Timeout = TimeSpan.FromSeconds(10) };
        using var timer = new PeriodicTimer(s_interval);
        var started = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (OwnAddress() is not { } address)
        {
            return; // No public door, nothing to come through.
        }

        do
        {
            var startedAt = Stopwatch.GetTimestamp();
            _success.Set(await SucceedsAsync(client, address, stoppingToken) ? 1 : 0);
            _duration.Set(Stopwatch.GetElapsedTime(startedAt).TotalSeconds);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static async Task<bool> SucceedsAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var untraced = SuppressInstrumentationScope.Begin();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, Path));
            request.Headers.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00"); // Not recorded, by those who get it either.
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // The public one: what came in by the management port is not let through.
    private Uri? OwnAddress()
    {
        var management = configuration.GetValue<int?>(Doors.ManagementPortSetting);
        return server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(BindingAddress.Parse).FirstOrDefault(a => a.Port != management) is { } address
            ? new Uri($"{address.Scheme}://localhost:{address.Port}")
            : null;
    }
}
