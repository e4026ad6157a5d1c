using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.Processes;

namespace Transcendence.Hosting.Orchestration;

/// <summary>
/// For an application that has its process to itself: it stops when the <c>dotnet run</c> that started it has died, and
/// whatever it starts, such as a download under way, ends with it.
/// </summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime, ProcessSupervisor supervisor) : IHostedService, IDisposable
{
    private ParentWatcher? _watcher;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        supervisor.TakeAllChildren();
        _watcher = ParentWatcher.TryStart(lifetime.StopApplication);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _watcher?.Dispose();
}
