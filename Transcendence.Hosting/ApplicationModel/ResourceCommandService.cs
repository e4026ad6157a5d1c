using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.ApplicationModel;

/// <summary>Gives commands to resources.</summary>
public partial class ResourceCommandService
{
    private readonly DistributedApplicationModel _model;
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService loggers, IServiceProvider services)
    {
        _model = model;
        _notifications = notifications;
        _loggers = loggers;
        _services = services;
    }

    /// <summary>Gives a command to a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="commandName">The command.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How it ended; a failure too, when there is no such command or it cannot be given now.</returns>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return ExecuteCommandAsync(resource.Name, commandName, cancellationToken);
    }

    /// <summary>Gives a command to a resource.</summary>
    /// <param name="resourceId">The resource's name.</param>
    /// <param name="commandName">The command.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How it ended; a failure too, when there is no such resource or command, or it cannot be given now.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        if (_model.Resources.FirstOrDefault(r => string.Equals(r.Name, resourceId, StringComparison.OrdinalIgnoreCase)) is not { } resource)
        {
            return CommandResults.Failure($"There is no resource '{resourceId}'. The resources are: {string.Join(", ", _model.Resources.Select(r => r.Name))}.");
        }

        var commands = resource.Annotations.OfType<ResourceCommandAnnotation>().ToList();
        if (commands.LastOrDefault(c => string.Equals(c.Name, commandName, StringComparison.Ordinal)) is not { } command)
        {
            var known = commands.Count == 0 ? "It has none." : $"Its commands are: {string.Join(", ", commands.Select(c => c.Name))}.";
            return CommandResults.Failure($"Resource '{resource.Name}' has no command '{commandName}'. {known}");
        }

        if (_notifications.TryGetCurrentState(resource.Name, out var current)
            && command.UpdateState(new UpdateCommandStateContext { ResourceSnapshot = current.Snapshot, ServiceProvider = _services }) != ResourceCommandState.Enabled)
        {
            return CommandResults.Failure($"Command '{commandName}' cannot be given to resource '{resource.Name}' now: its state is '{current.Snapshot.State?.Text}'.");
        }

        var log = _loggers.GetLogger(resource);
        LogExecuting(log, commandName);
        try
        {
            return await command.ExecuteCommand(new ExecuteCommandContext { ResourceName = resource.Name, ServiceProvider = _services, CancellationToken = cancellationToken }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
#pragma warning disable CA1031 // A command is the user's code: its failure is its result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(log, commandName, exception.Message);
            return CommandResults.Failure(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Executing command '{Command}'.")]
    private static partial void LogExecuting(ILogger logger, string command);

    [LoggerMessage(Level = LogLevel.Error, Message = "Command '{Command}' failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string command, string reason);
}
