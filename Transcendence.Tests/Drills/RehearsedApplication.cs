using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Drills;

#pragma warning disable CA1001 // Disposed of by IAsyncLifetime.
/// <summary>The application on times of a thirtieth, with the real rules.</summary>
public sealed class RehearsedApplication : IAsyncLifetime
#pragma warning restore CA1001
{
    /// <summary>The factor.</summary>
    public const int Speed = 30;

    /// <summary>The application.</summary>
    internal Application Application { get; private set; } = null!;

    /// <summary>Its copy of <c>monitoring/</c>.</summary>
    internal TempDirectory Monitoring { get; } = new();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Application = await StartAsync(ToolForm.Executables, Monitoring);
        await WorkingAsync(Application);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Application.DisposeAsync();
        Monitoring.Dispose();
    }

    /// <summary>Starts one on a copy of <c>monitoring/</c>; does not wait for anything.</summary>
    internal static Task<Application> StartAsync(ToolForm form, TempDirectory monitoring)
    {
        Application.CopyMonitoringAsItIs(monitoring.FullName);
        return Application.StartAsync(form, configure: null, $"--Rehearsal:Speed={Speed}", $"--Monitoring={monitoring.FullName}");
    }

    /// <summary>Waits until an application is well, and its dead man's switch says so.</summary>
    internal static async Task WorkingAsync(Application application)
    {
        await application.WaitHealthyAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                using var state = await application.GetJsonAsync("alerts", "/api/watchdog");
                return state.RootElement.GetProperty("status").GetString() == "working";
            },
            "the monitoring works",
            TimeSpan.FromMinutes(2));
    }

    /// <summary>Gives a command with arguments.</summary>
    internal static Task<ExecuteCommandResult> CommandAsync(Application application, string resource, string command, CancellationToken cancellationToken = default, params (string Name, string Value)[] arguments)
    {
#pragma warning disable ASPIREINTERACTION001 // How a command has arguments.
        return application.App.ResourceCommands.ExecuteCommandAsync(
            resource, command, new InteractionInputCollection([.. arguments.Select(argument => new InteractionInput { Name = argument.Name, InputType = InputType.Text, Value = argument.Value })]), cancellationToken);
#pragma warning restore ASPIREINTERACTION001
    }
}
