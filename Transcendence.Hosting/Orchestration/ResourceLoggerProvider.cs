using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Lets a service in the engine log to its resource's log, where a process would print: each line with its level in front.</summary>
/// <param name="log">The resource's log.</param>
internal sealed class ResourceLoggerProvider(ILogger log) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new PrefixedLogger(log);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class PrefixedLogger(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception, (s, e) => $"{Prefix(logLevel)}: {formatter(s, e)}");

        // As the console logger of .NET has them, which services print with.
        private static string Prefix(LogLevel logLevel) => logLevel switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
    }
}
