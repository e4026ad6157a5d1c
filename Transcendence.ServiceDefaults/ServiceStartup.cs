using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Transcendence.ServiceDefaults;

/// <summary>Runs a service so that whoever starts it in vain is told why in one line, without a stack trace.</summary>
public static class ServiceStartup
{
    /// <summary>Runs a service to its end, or one of the program's commands in its place.</summary>
    /// <remarks>Started with <c>--health</c> alone, every program asks the service beside it for <c>/health</c>, and its exit code is the answer: so a container without a shell has a health check.</remarks>
    /// <param name="args">The command line.</param>
    /// <param name="service">The whole service, from its configuration on.</param>
    /// <param name="commands">The commands: the only argument, and what it does, by the service's configuration.</param>
    /// <returns>
    /// The exit code: 0 when the service ended as it was asked to, or the command did what it should; 1 when it could not start because of a
    /// <see cref="ServiceStartException"/>, or because it may not listen where it should. The reason is on standard error.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, Func<Task> service, params (string Option, Func<IConfiguration, Task> Run)[] commands)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(service);
        if (args is [HealthProbe.Option])
        {
            return await HealthProbe.AskAsync().ConfigureAwait(false);
        }

        try
        {
            var command = Array.Find(commands, c => args is [var only] && only == c.Option);
            await (command.Run is null ? service() : command.Run(WebApplication.CreateSlimBuilder().Configuration)).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is ServiceStartException or SocketException or IOException { InnerException: AddressInUseException })
        {
            await Console.Error.WriteLineAsync(e is ServiceStartException
                ? e.Message
                : $"The service cannot listen: {e.Message.TrimEnd('.')}. Stop what listens there, or set another address with ASPNETCORE_URLS.").ConfigureAwait(false);
            return 1;
        }
    }
}

/// <summary>The service cannot start.</summary>
/// <param name="message">For the user: what is wrong, the reason, and the remedy.</param>
/// <param name="innerException">The cause, if it was an exception.</param>
public sealed class ServiceStartException(string message, Exception? innerException = null) : Exception(message, innerException);
