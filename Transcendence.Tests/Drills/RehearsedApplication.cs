using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Drills;

/// <summary>The application on times of a thirtieth, with the real rules.</summary>
public sealed class RehearsedApplication : IAsyncLifetime
{
    /// <summary>The factor.</summary>
    public const int Speed = 30;

    /// <summary>The application.</summary>
    internal Application Application { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Application = await StartAsync(ToolForm.Executables);
        await WorkingAsync(Application);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Application.DisposeAsync();

    /// <summary>Starts one; does not wait for anything.</summary>
    internal static Task<Application> StartAsync(ToolForm form) =>
        Application.StartAsync(form, configure: null, $"--Rehearsal:Speed={Speed}", $"--Monitoring={Path.Combine(ServiceProcess.RepositoryRoot, "monitoring")}");

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
