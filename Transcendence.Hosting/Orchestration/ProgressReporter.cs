using Transcendence.Hosting.Native;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Hands on what long work says of its progress, to whoever shows it.</summary>
internal sealed class ProgressReporter
{
    /// <summary>Raised with the resource for which the work is done.</summary>
    public event Action<string, ToolProgress>? Reported;

    /// <summary>Takes the progress of work for a resource.</summary>
    public IProgress<ToolProgress> For(string resourceName) => new Progress(this, resourceName);

    // Not Progress<T>, which would post each report to the thread pool, in no certain order.
    private sealed class Progress(ProgressReporter owner, string resourceName) : IProgress<ToolProgress>
    {
        public void Report(ToolProgress value) => owner.Reported?.Invoke(resourceName, value);
    }
}
