using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.ApplicationModel;

/// <summary>A line of a resource's log.</summary>
/// <param name="LineNumber">Its number, from 1, counted from the start of the application.</param>
/// <param name="Content">The time in UTC (ISO 8601), a space, and the text.</param>
/// <param name="IsErrorMessage">Whether it came over standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The logs of the resources: what their processes print, and what the engine says of them.</summary>
/// <remarks>The last 10,000 lines of each are kept.</remarks>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, Log> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A logger that writes to a resource's log.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>The logger.</returns>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetLogger(resource.Name);
    }

    /// <summary>A logger that writes to a resource's log.</summary>
    /// <param name="resourceName">The resource's name.</param>
    /// <returns>The logger.</returns>
    public ILogger GetLogger(string resourceName) => new ResourceLogger(GetLog(resourceName));

    /// <summary>The lines that are kept, then each new one as it comes.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>Batches of lines; ends only when the caller does.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource.Name);
    }

    /// <summary>The lines that are kept, then each new one as it comes.</summary>
    /// <param name="resourceName">The resource's name.</param>
    /// <returns>Batches of lines; ends only when the caller does.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => GetLog(resourceName).WatchAsync();

    /// <summary>The lines that are kept.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>One batch.</returns>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetAllAsync(resource.Name);
    }

    /// <summary>The lines that are kept.</summary>
    /// <param name="resourceName">The resource's name.</param>
    /// <returns>One batch.</returns>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return GetLog(resourceName).Lines();
    }

    /// <summary>Adds a line to a resource's log.</summary>
    internal void Append(string resourceName, string text, bool isError) => GetLog(resourceName).Append(text, isError);

    /// <summary>The lines that are kept.</summary>
    internal IReadOnlyList<LogLine> GetLines(string resourceName) => GetLog(resourceName).Lines();

    private Log GetLog(string resourceName) => _logs.GetOrAdd(resourceName, _ => new Log());

    private sealed class Log
    {
        private const int Capacity = 10_000;

        private readonly Lock _lock = new();
        private readonly Queue<LogLine> _lines = new();
        private readonly List<Channel<LogLine>> _watchers = [];
        private int _count;

        public void Append(string text, bool isError)
        {
            lock (_lock)
            {
                var line = new LogLine(++_count, string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffffZ} {text}"), isError);
                _lines.Enqueue(line);
                if (_lines.Count > Capacity)
                {
                    _lines.Dequeue();
                }

                foreach (var watcher in _watchers)
                {
                    watcher.Writer.TryWrite(line);
                }
            }
        }

        public IReadOnlyList<LogLine> Lines()
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            // A watcher that cannot keep up loses the oldest lines, as the log itself does.
            var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
            IReadOnlyList<LogLine> backlog;
            lock (_lock)
            {
                backlog = [.. _lines];
                _watchers.Add(channel);
            }

            try
            {
                if (backlog.Count > 0)
                {
                    yield return backlog;
                }

                while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var batch = new List<LogLine>();
                    while (batch.Count < 1000 && channel.Reader.TryRead(out var line))
                    {
                        batch.Add(line);
                    }

                    yield return batch;
                }
            }
            finally
            {
                lock (_lock)
                {
                    _watchers.Remove(channel);
                }
            }
        }
    }

    private sealed class ResourceLogger(Log log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception) + (exception is null ? "" : Environment.NewLine + exception);
            var prefix = Prefix(logLevel);
            foreach (var line in text.Split('\n'))
            {
                log.Append(prefix + line.TrimEnd('\r'), logLevel >= LogLevel.Error);
                prefix = new string(' ', prefix.Length);
            }
        }

        // As .NET's console logger has them, with which services print: among the lines of a process the level would be lost.
        private static string Prefix(LogLevel logLevel) => logLevel switch
        {
            LogLevel.Trace => "trce: ",
            LogLevel.Debug => "dbug: ",
            LogLevel.Warning => "warn: ",
            LogLevel.Error => "fail: ",
            LogLevel.Critical => "crit: ",
            _ => "", // Most lines, and what a line is taken for that says nothing.
        };
    }
}
