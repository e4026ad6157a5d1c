using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Transcendence.AppHost;

/// <summary>The settings that hold for every resource: ports, address, log levels.</summary>
internal static class ApplicationSettings
{
    /// <summary>Applies <c>Ports:RESOURCE</c>, <c>BindAddress</c> and <c>LogLevel:RESOURCE</c> to the model.</summary>
    /// <param name="builder">The application, with all its resources.</param>
    /// <exception cref="DistributedApplicationException">A setting names no resource, or its value is not valid.</exception>
    public static void ApplySettings(this IDistributedApplicationBuilder builder)
    {
        var resources = builder.Resources.OfType<IResourceWithEndpoints>().ToList();
        foreach (var resource in resources)
        {
            resource.KeepContainerPorts(builder.ExecutionContext);
        }

        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        Engine.ConnectContainersToHost(builder.Configuration);
        foreach (var resource in resources)
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToList())
            {
                endpoint.TargetHost = BindAddress(builder.Configuration, endpoint.TargetHost);
                Engine.NamePortSetting(resource, endpoint, PortKey(resource, endpoint));
            }
        }

        foreach (var setting in builder.Configuration.GetSection("Ports").GetChildren())
        {
            FindEndpoint(resources, setting.Key).Port = ParsePort(setting);
        }

        ApplyLogLevels(builder);
    }

    /// <summary>The least severe level that a resource logs, if one is set: its own, or the one for all.</summary>
    /// <exception cref="DistributedApplicationException">The value is no log level.</exception>
    public static LogLevel? LogLevelOf(IConfiguration configuration, string resourceName)
    {
        var section = configuration.GetSection("LogLevel");
        var setting = section.GetSection(resourceName) is { Value: not null } own ? own : section.GetSection("Default");
        return setting.Value is null ? null
            : Enum.TryParse<LogLevel>(setting.Value, ignoreCase: true, out var level) && Enum.IsDefined(level) ? level
            : throw new DistributedApplicationException($"--{setting.Path}={setting.Value} is no log level. The levels are: {string.Join(", ", Enum.GetNames<LogLevel>())}.");
    }

    private static string PortKey(IResource resource, EndpointAnnotation endpoint) => endpoint.Name == "http" ? $"Ports:{resource.Name}" : $"Ports:{resource.Name}-{endpoint.Name}";

    private static EndpointAnnotation FindEndpoint(List<IResourceWithEndpoints> resources, string key)
    {
        var all = resources.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (Key: PortKey(r, e)["Ports:".Length..], Endpoint: e))).ToList();
        return all.Find(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase)).Endpoint
            ?? throw new DistributedApplicationException($"--Ports:{key} names no endpoint. Those that can be set are: {string.Join(", ", all.Select(e => e.Key))}.");
    }

    private static int ParsePort(IConfigurationSection setting) =>
        int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new DistributedApplicationException($"--{setting.Path}={setting.Value} is no port. A port is a number from 1 to 65535.");

    private static string BindAddress(ConfigurationManager configuration, string fallback)
    {
        var address = configuration["BindAddress"];
        return string.IsNullOrEmpty(address) ? fallback
            : address is "localhost" or "*" || IPAddress.TryParse(address, out _) ? (address is "*" ? "0.0.0.0" : address)
            : throw new DistributedApplicationException($"--BindAddress={address} is no address. Give an IP address of this machine, `localhost`, or `*` for all.");
    }

    private static void ApplyLogLevels(IDistributedApplicationBuilder builder)
    {
        foreach (var setting in builder.Configuration.GetSection("LogLevel").GetChildren())
        {
            if (!string.Equals(setting.Key, "Default", StringComparison.OrdinalIgnoreCase) && !builder.Resources.Any(r => string.Equals(r.Name, setting.Key, StringComparison.OrdinalIgnoreCase)))
            {
                throw new DistributedApplicationException($"--{setting.Path} names no resource. Those that can be set are: Default, {string.Join(", ", builder.Resources.OfType<IResourceWithEndpoints>().Select(r => r.Name))}.");
            }
        }

        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            if (LogLevelOf(builder.Configuration, project.Name) is { } level)
            {
                builder.CreateResourceBuilder(project).WithEnvironment("Logging__LogLevel__Default", level.ToString());
            }
        }
    }
}
