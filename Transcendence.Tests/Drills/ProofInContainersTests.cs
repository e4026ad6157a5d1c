using Transcendence.Tests.AppHost;
using Transcendence.Tests.Containers;

namespace Transcendence.Tests.Drills;

#pragma warning disable CA1001 // Disposed of by IAsyncLifetime.
/// <summary>The drills in which it makes a difference that the tools are containers: those that change what they read, and those that end a process which they call.</summary>
public sealed class ProofInContainersTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly EngineTurn _turn = new();
    private readonly TempDirectory _monitoring = new();
    private Application? _application;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (DockerEngine.WhyMissing is not null)
        {
            return;
        }

        await _turn.TakeAsync();
        await DockerEngine.PrepareAsync();
        _application = await RehearsedApplication.StartAsync(ToolForm.Containers, _monitoring);
        await RehearsedApplication.WorkingAsync(_application);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        try
        {
            if (_application is not null)
            {
                await _application.DisposeAsync();
            }
        }
        finally
        {
            await _turn.GiveBackAsync();
            _monitoring.Dispose();
        }
    }

    [DockerFact]
    public async Task TheyAreToldInTimeAndMended()
    {
        var result = await RehearsedApplication.CommandAsync(
            _application!, "alerts", "prove", default, ("drills", "backend drill-disk, prometheus drill-cut, prometheus drill-watchdog, gateway drill-down, backend drill-down, backend drill-crash"));
        Assert.True(result.Success, result.Message);
        Assert.Equal("All 6 drills passed.", result.Message);
    }
}
