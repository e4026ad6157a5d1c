using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.Processes;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Stops the application when the <c>dotnet run</c> that started it has died.</summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private ParentWatcher? _watcher;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watcher = ParentWatcher.TryStart(lifetime.StopApplication);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _watcher?.Dispose();
}
