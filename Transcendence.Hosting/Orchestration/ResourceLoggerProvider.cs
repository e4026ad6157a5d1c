using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Lets a service in the engine log to its resource's log, where a process would print.</summary>
/// <param name="log">The resource's log.</param>
internal sealed class ResourceLoggerProvider(ILogger log) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => log;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
