using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Transcendence.Pages;
using Transcendence.Viewer.Login;
using Transcendence.Viewer.Provisioning;
using Transcendence.Viewer.Queries;

namespace Transcendence.Viewer;

/// <summary>Draws Grafana's provisioned dashboards from the data of a Prometheus, where no Grafana can be had.</summary>
/// <remarks>Disposing of it stops it, and ends all sessions.</remarks>
public sealed class ViewerServer : IAsyncDisposable
{
    private const int MaxRequestBytes = 64 * 1024;

    // For requests that are still answered: a query that is cut off is no loss.
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly IDisposable[] _owned;

    private ViewerServer(WebApplication app, params IDisposable[] owned)
    {
        _app = app;
        _owned = owned;
    }

    /// <summary>Where it listens, e.g. <c>http://localhost:3000</c>; known once it has started.</summary>
    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts a viewer.</summary>
    /// <param name="options">What it shows, to whom, and where.</param>
    /// <param name="cancellationToken">Breaks the start off.</param>
    /// <returns>The viewer; it listens.</returns>
    /// <exception cref="ArgumentException">There is no user or password.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ViewerServer> StartAsync(ViewerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.AdminUser);
        ArgumentException.ThrowIfNullOrEmpty(options.AdminPassword);
        var server = Build(options);
        try
        {
            await server._app.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (var timeout = new CancellationTokenSource(s_stopTimeout))
        {
            await _app.StopAsync(timeout.Token).ConfigureAwait(false);
        }

        await _app.DisposeAsync().ConfigureAwait(false);
        Array.ForEach(_owned, o => o.Dispose());
    }

    private static ViewerServer Build(ViewerOptions options)
    {
        var pages = Assembly.GetExecutingAssembly();
        var builder = PageServer.CreateBuilder(options.Loggers);
        builder.WebHost.UseUrls(options.ListenUrl).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxRequestBytes);

        var metrics = new ViewerMetrics();
        var files = new ProvisioningFiles(options);
        var password = new AdminPassword(options, metrics);
        var login = new LoginApi(options, password, pages);
        var proxy = new PrometheusProxy(options, files, metrics);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.Use(metrics.MeasureAsync);
        app.UseStatusCodePages();
        app.UsePageSecurity(new PageSecurityOptions
        {
            Name = "The viewer",
            AllowedHostsSetting = options.AllowedHostsSetting,
            AllowedHosts = options.AllowedHosts,
        });
        app.UsePageAssets(pages);
        app.UseRouting();
        app.Use(login.RequireAsync);

        login.Map(app);
        new ViewerApi(options, files).Map(app);
        new ViewerPages(files, pages).Map(app);
        proxy.Map(app);
        app.MapGet("/metrics", metrics.ExportAsync).WithMetadata(new AllowAnonymousAttribute());
        app.MapGet("/api/health", () => new { Status = "ok", Product = "Transcendence.Viewer" }).WithMetadata(new AllowAnonymousAttribute());
        return new ViewerServer(app, password, proxy);
    }
}
