using System.Diagnostics;

namespace Transcendence.Hosting.Tools;

/// <summary>Reports the progress of one tool: every new step at once, its numbers at most four times a second.</summary>
internal sealed class ToolReport(string tool, IProgress<ToolProgress>? progress)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly Lock _lock = new();
    private string? _step;
    private long _last;

    public void Report(string step, long? completed = null, long? total = null)
    {
        if (progress is null)
        {
            return;
        }

        lock (_lock)
        {
            var isEnd = completed is not null && completed == total;
            if (step == _step && !isEnd && Stopwatch.GetElapsedTime(_last) < Interval)
            {
                return;
            }

            _step = step;
            _last = Stopwatch.GetTimestamp();
        }

        progress.Report(new ToolProgress(tool, step, completed, total));
    }
}
