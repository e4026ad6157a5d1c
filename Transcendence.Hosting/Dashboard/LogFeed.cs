using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>A line of a resource's log.</summary>
/// <param name="Resource">Whose it is.</param>
/// <param name="Number">Counted from 1 since the start of the application, by resource.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Level">How much it matters: see <see cref="LogLevels"/>.</param>
/// <param name="Text">The line.</param>
/// <param name="IsError">Whether it came over standard error.</param>
internal sealed record LogLineView(string Resource, int Number, DateTimeOffset? Time, LogLevel Level, string Text, bool IsError);

/// <summary>Lines in the order of their times, and where to go on after them.</summary>
internal sealed record LogBatch(IReadOnlyList<LogLineView> Lines, LogPosition Position);

/// <summary>Reads and follows the logs of one resource or of several in one.</summary>
internal sealed class LogFeed(ResourceLoggerService loggers)
{
    private const int BatchSize = 1000;

    // What is gathered is put in order, so it is to hold what all logs get in a moment.
    private const int MaxGathered = 10_000;

    // A browser is not to be woken for each line; nobody sees the difference.
    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(50);

    /// <summary>The lines that are kept, in the order of their times.</summary>
    public IEnumerable<LogLineView> Read(IEnumerable<string> names) => Merge(names.Select(name => new Source(name, loggers)));

    /// <summary>The lines that are kept, then each new one as it comes.</summary>
    /// <param name="names">The resources.</param>
    /// <param name="after">What is known already.</param>
    /// <param name="tail">How many of the lines that are kept are wanted, from their end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<LogBatch> FollowAsync(
        IReadOnlyCollection<string> names, LogPosition after, int tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sources = names.Select(name => new Source(name, loggers)).ToList();

        // A number that is not reached yet is of another run of the application.
        var known = sources.ToDictionary(source => source.Name, source => after[source.Name] <= source.End ? after[source.Name] : 0);
        var position = known.Aggregate(LogPosition.Start, (all, one) => all.With(one.Key, one.Value));
        var kept = Merge(sources).Where(line => line.Number > known[line.Resource]).ToList();
        var unwanted = Math.Max(0, kept.Count - tail);
        position = After(position, kept.Take(unwanted));
        foreach (var lines in kept.Skip(unwanted).Chunk(BatchSize))
        {
            yield return new LogBatch(lines, position = After(position, lines));
        }

        var channel = Channel.CreateBounded<LogLineView>(MaxGathered);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watches = sources.Select(source => source.WatchAsync(channel.Writer, end.Token)).ToList();
        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.Delay(s_gathering, cancellationToken).ConfigureAwait(false);
                var lines = new List<LogLineView>();
                while (lines.Count < MaxGathered && channel.Reader.TryRead(out var line))
                {
                    lines.Add(line);
                }

                foreach (var batch in lines.OrderBy(line => line.Time).Chunk(BatchSize))
                {
                    yield return new LogBatch(batch, position = After(position, batch));
                }
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static LogPosition After(LogPosition position, IEnumerable<LogLineView> lines) =>
        lines.Aggregate(position, (all, line) => line.Number > all[line.Resource] ? all.With(line.Resource, line.Number) : all);

    /// <summary>The lines of several logs in the order of their times; those of each stay in their order, whatever the clock did.</summary>
    private static IEnumerable<LogLineView> Merge(IEnumerable<Source> sources)
    {
        var heads = new PriorityQueue<IEnumerator<LogLineView>, (DateTimeOffset?, int)>();
        foreach (var (index, source) in sources.Index())
        {
            Enqueue(source.Read().GetEnumerator(), index);
        }

        while (heads.TryDequeue(out var head, out var key))
        {
            yield return head.Current;
            Enqueue(head, key.Item2);
        }

        void Enqueue(IEnumerator<LogLineView> lines, int index)
        {
            if (lines.MoveNext())
            {
                heads.Enqueue(lines, (lines.Current.Time, index));
            }
        }
    }

    /// <summary>One log, of which each line is read once.</summary>
    private sealed class Source(string name, ResourceLoggerService loggers)
    {
        private readonly LogLevels _levels = new();
        private readonly IReadOnlyList<LogLine> _kept = loggers.GetLines(name);
        private int _last;

        public string Name => name;

        /// <summary>The number of the last line that was kept when this was made.</summary>
        public int End => _kept.Count == 0 ? 0 : _kept[^1].LineNumber;

        /// <summary>The lines that were kept when this was made.</summary>
        public IEnumerable<LogLineView> Read() => _kept.Select(View);

        /// <summary>Writes all that came after.</summary>
        public async Task WatchAsync(ChannelWriter<LogLineView> writer, CancellationToken cancellationToken)
        {
            await foreach (var batch in loggers.WatchAsync(name).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (var line in batch.Where(line => line.LineNumber > _last))
                {
                    await writer.WriteAsync(View(line), cancellationToken).ConfigureAwait(false);
                }
            }
        }

        private LogLineView View(LogLine line)
        {
            _last = line.LineNumber;
            var (time, text) = Split(line.Content);
            return new LogLineView(name, line.LineNumber, time, _levels.Next(text, line.IsErrorMessage), text, line.IsErrorMessage);
        }

        private static (DateTimeOffset? Time, string Text) Split(string content)
        {
            var space = content.IndexOf(' ', StringComparison.Ordinal);
            return space > 0 && DateTimeOffset.TryParse(content.AsSpan(0, space), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? (time, content[(space + 1)..])
                : (null, content);
        }
    }
}
