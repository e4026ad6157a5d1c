using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Transcendence.Pages;

namespace Transcendence.Hosting.Dashboard;

/// <summary>Serves the dashboard and the API behind it on a loopback port, in a web application of its own inside the engine.</summary>
internal sealed class DashboardServer(
    IConfiguration configuration,
    DashboardPages pages,
    ResourceApi resources,
    LogsApi logs,
    AlertsApi alerts,
    EventsApi events,
    BrowserToken token,
    ILoggerFactory loggerFactory) : IHostedService, IAsyncDisposable
{
    /// <summary>The setting with the port; 0 means any that is free.</summary>
    public const string PortKey = "Dashboard:Port";

    private const int DefaultPort = 18888;
    private const int MaxRequestBytes = 64 * 1024;

    // Long enough for the streams to end, which they do at once when the application stops.
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(2);

    private WebApplication? _app;

    /// <summary>Where it listens, e.g. <c>http://localhost:18888</c>; null when it does not.</summary>
    public string? Url { get; private set; }

    /// <summary>The link that opens it, with the token; null when it does not run.</summary>
    public string? LoginUrl => Url is null ? null : $"{Url}{Login.Path}?t={Uri.EscapeDataString(token.Value)}";

    /// <summary>Why it does not run, and what to do; null when all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Starts it. That it cannot is no reason not to run the application: see <see cref="Problem"/>.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var setting = configuration[PortKey];
        var port = DefaultPort;
        if (!string.IsNullOrEmpty(setting)
            && (!int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > IPEndPoint.MaxPort))
        {
            Problem = $"The dashboard does not run: '{PortKey}' is '{setting}'. Set it to a port from 1 to 65535, or to 0 for any that is free.";
            return;
        }

        var app = Build(port);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            Problem = $"The dashboard does not run: {exception.Message.TrimEnd('.')}. End the program that uses port {port}, or set '{PortKey}' to another port.";
            await app.DisposeAsync().ConfigureAwait(false);
            return;
        }

        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Url = $"http://localhost:{new Uri(address).Port}";
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(s_stopTimeout);
            await _app.StopAsync(timeout.Token).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private WebApplication Build(int port)
    {
        var builder = PageServer.CreateBuilder(loggerFactory);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            if (port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
            else
            {
                kestrel.ListenLocalhost(port); // IPv4 and, where there is one, IPv6.
            }
        });

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        new DashboardSecurity(configuration, token).Use(app);
        app.UseRouting();
        pages.Map(app);
        resources.Map(app);
        logs.Map(app);
        alerts.Map(app);
        events.Map(app);
        return app;
    }
}
