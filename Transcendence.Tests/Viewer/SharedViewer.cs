using Microsoft.AspNetCore.Http;

namespace Transcendence.Tests.Viewer;

/// <summary>
/// A viewer with one dashboard in front of a server in Prometheus' place, for the tests of a class that change nothing in it.
/// </summary>
public sealed class SharedViewer : IAsyncLifetime
{
    private RecordingPrometheus? _prometheus;
    private RunningViewer? _viewer;

    internal RunningViewer Viewer => _viewer!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _prometheus = await RecordingPrometheus.StartAsync();
        _viewer = await RunningViewer.StartAsync(
            _prometheus.Address, directory => File.WriteAllText(directory["dashboards/one.json"], """{"uid":"one","title":"One"}"""), ("Viewer__LoginHint", "ask the <operator>"));
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _viewer!.DisposeAsync();
        await _prometheus!.DisposeAsync();
    }

    /// <summary>The server in Prometheus' place, as if nobody had asked it yet.</summary>
    /// <param name="answer">How it answers from now on: with nothing when omitted.</param>
    internal RecordingPrometheus Prometheus(Func<HttpContext, Task>? answer = null)
    {
        _prometheus!.Requests.Clear();
        _prometheus.Answer = answer;
        return _prometheus;
    }
}
