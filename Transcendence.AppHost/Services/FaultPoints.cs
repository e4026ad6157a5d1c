using System.Security.Cryptography;
using Transcendence.Faults;

namespace Transcendence.AppHost;

/// <summary>Where drills break a service from within.</summary>
internal static class FaultPointExtensions
{
    /// <summary>Has a fault point loaded into the service, in run mode only: the service knows nothing of it, and what is published does not have it.</summary>
    public static IResourceBuilder<ProjectResource> WithFaultPoint(this IResourceBuilder<ProjectResource> service)
    {
        if (!service.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return service;
        }

        var (assembly, secret) = (typeof(FaultsStartup).Assembly, RandomNumberGenerator.GetHexString(32, lowercase: true));
        return service
            .WithOneMore("DOTNET_STARTUP_HOOKS", Path.PathSeparator, assembly.Location)
            .WithOneMore("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", ';', assembly.GetName().Name!)
            .WithEnvironment(FaultsStartup.Variable, secret)
            .WithAnnotation(new FaultPointAnnotation(secret));
    }

    // `dotnet watch`, for one, has some of its own.
    private static IResourceBuilder<ProjectResource> WithOneMore(this IResourceBuilder<ProjectResource> service, string list, char separator, string value) =>
        service.WithEnvironment(list, Environment.GetEnvironmentVariable(list) is { Length: > 0 } others ? $"{others}{separator}{value}" : value);
}

/// <summary>The secret of a service's fault point, another one at each start of the application.</summary>
internal sealed record FaultPointAnnotation(string Secret) : IResourceAnnotation;
