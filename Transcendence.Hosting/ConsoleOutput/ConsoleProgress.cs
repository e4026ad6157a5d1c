using System.Globalization;
using Transcendence.Hosting.Native;

namespace Transcendence.Hosting.ConsoleOutput;

/// <summary>Shows progress: in one line that changes on a terminal, in few lines in a file.</summary>
internal sealed class ConsoleProgress(TextWriter output, bool isInteractive)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (string Step, DateTime At)> _last = [];
    private int _lineLength;

    /// <summary>Shows a step.</summary>
    public void Report(string resource, ToolProgress progress)
    {
        var text = $"{resource}: {progress.Step}{Amount(progress)}";
        if (isInteractive)
        {
            Clear();
            text = text.Length > 110 ? text[..110] : text;
            output.Write(text);
            output.Flush();
            _lineLength = text.Length;
            return;
        }

        var now = DateTime.UtcNow;
        if (!_last.TryGetValue(resource, out var last) || last.Step != progress.Step || now - last.At >= s_interval)
        {
            _last[resource] = (progress.Step, now);
            output.WriteLine(text);
        }
    }

    /// <summary>Makes room for another line.</summary>
    public void Clear()
    {
        if (_lineLength > 0)
        {
            output.Write('\r' + new string(' ', _lineLength) + '\r');
            _lineLength = 0;
        }
    }

    private static string Amount(ToolProgress progress) => progress switch
    {
        { Completed: { } done, Total: { } total and > 0 } => string.Create(CultureInfo.InvariantCulture, $" {done / 1e6:0.0} of {total / 1e6:0.0} MB"),
        { Completed: { } done } => string.Create(CultureInfo.InvariantCulture, $" {done / 1e6:0.0} MB"),
        _ => "",
    };
}
