using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.Dashboard;

/// <summary>
/// Tells the level of each line of one resource's log, line after line: as .NET's console writes it (<c>fail: Category[0]</c>),
/// or as logfmt, which Prometheus, Alertmanager and Grafana write to standard error whatever it is (<c>level=info</c>).
/// </summary>
internal sealed partial class LogLevels
{
    private LogLevel _output = LogLevel.Information;
    private LogLevel _error = LogLevel.Error;

    /// <summary>The level of the next line.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isError">Whether it came over standard error, which counts when the line itself tells no level.</param>
    public LogLevel Next(string text, bool isError)
    {
        // The lines of both streams are mixed, so each has its own entry that goes on.
        ref var entry = ref isError ? ref _error : ref _output;
        return entry = Told(text) ?? (IsContinuation(text) ? entry : isError ? LogLevel.Error : LogLevel.Information);
    }

    private static LogLevel? Told(string text)
    {
        var line = text.Contains('\e', StringComparison.Ordinal) ? ControlSequence().Replace(text, "") : text;
        if (DotNet().Match(line) is { Success: true } dotNet)
        {
            return Named(dotNet.Groups["level"].ValueSpan);
        }

        return Logfmt().Match(line) is { Success: true } logfmt ? Named(logfmt.Groups["level"].ValueSpan) : null;
    }

    private static bool IsContinuation(string text) => text.Length == 0 || char.IsWhiteSpace(text[0]);

    private static LogLevel? Named(ReadOnlySpan<char> name)
    {
        Span<char> lower = stackalloc char[11]; // information
        if (name.ToLowerInvariant(lower) is var length and >= 0)
        {
            return lower[..length] switch
            {
                "trce" or "trace" => LogLevel.Trace,
                "dbug" or "debug" => LogLevel.Debug,
                "info" or "information" => LogLevel.Information,
                "warn" or "warning" => LogLevel.Warning,
                "fail" or "error" or "err" or "eror" => LogLevel.Error,
                "crit" or "critical" or "fatal" or "panic" => LogLevel.Critical,
                _ => null,
            };
        }

        return null;
    }

    [GeneratedRegex(@"\e\[[0-9;]*[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex ControlSequence();

    [GeneratedRegex("^(?<level>trce|dbug|info|warn|fail|crit): ", RegexOptions.CultureInvariant)]
    private static partial Regex DotNet();

    // A line of logfmt begins with a key; "level=" in the midst of a sentence means nothing.
    [GeneratedRegex("^(?:[a-z_]+=.* )?(?:level|lvl)=\"?(?<level>[A-Za-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Logfmt();
}
