using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting;

/// <summary>A distributed application, ready to be run.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;

    /// <summary>Creates it.</summary>
    /// <param name="host">The host of its services.</param>
    public DistributedApplication(IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
    }

    /// <inheritdoc/>
    public IServiceProvider Services => _host.Services;

    /// <summary>The states of its resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Gives commands to its resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Begins an application without a command line.</summary>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    /// <summary>Begins an application.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    /// <summary>Begins an application.</summary>
    /// <param name="options">How it is built.</param>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts all resources; does not wait until they run.</summary>
    /// <param name="cancellationToken">Breaks the start off.</param>
    /// <returns>Done when they are being started.</returns>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <summary>Stops all resources.</summary>
    /// <param name="cancellationToken">Stops them without grace.</param>
    /// <returns>Done when all are stopped.</returns>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Starts all resources, and stops them on Ctrl+C, SIGTERM, or when asked to.</summary>
    /// <param name="cancellationToken">Asks to.</param>
    /// <returns>Done when all are stopped.</returns>
    public virtual Task RunAsync(CancellationToken cancellationToken = default) => _host.RunAsync(cancellationToken);

    /// <summary>Starts all resources, and stops them on Ctrl+C or SIGTERM.</summary>
    public void Run() => _host.Run();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        // Some services can be disposed of only asynchronously.
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
