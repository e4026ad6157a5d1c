using System.Net;
using System.Net.Sockets;

namespace Transcendence.AppHost;

/// <summary>The ports on this machine: <c>Ports:RESOURCE</c> for a resource's first endpoint, <c>Ports:RESOURCE-ENDPOINT</c> for another one.</summary>
internal static class Ports
{
    private const string Section = "Ports";

    /// <summary>Has every endpoint listen by itself, on the port of the settings, and refuses to start where one is taken.</summary>
    /// <param name="builder">The application, with all its resources.</param>
    /// <exception cref="DistributedApplicationException">A setting names no endpoint, or is no port.</exception>
    public static void ApplyPorts(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        var endpoints = builder.Resources.OfType<IResourceWithEndpoints>()
            .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (Resource: r, Endpoint: e, Key: e.Name == "http" ? r.Name : $"{r.Name}-{e.Name}"))).ToList();
        foreach (var setting in builder.Configuration.GetSection(Section).GetChildren().Where(s => !s.Path.Equals(DashboardPorts.Setting, StringComparison.OrdinalIgnoreCase)))
        {
            var endpoint = endpoints.Find(e => e.Key.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)).Endpoint
                ?? throw new DistributedApplicationException($"{setting.Path} names no endpoint. Those that can be set are: dashboard, {string.Join(", ", endpoints.Select(e => e.Key))}.");
            endpoint.Port = Parse(setting);
        }

        foreach (var (resource, endpoint, _) in endpoints)
        {
            // Aspire's proxy would accept for a service that is stopped, and let the caller wait.
            endpoint.IsProxied = false;
            endpoint.TargetPort = resource is ContainerResource ? endpoint.TargetPort : endpoint.Port ??= endpoint.TargetPort;
        }

        builder.Eventing.Subscribe<BeforeStartEvent>((e, _) =>
        {
            var wanted = endpoints.Where(e => e.Endpoint.Port is not null).Select(e => (e.Resource.Name, Port: e.Endpoint.Port!.Value, e.Key));
            var dashboard = e.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard ? [] : DashboardPorts.Of(builder.Configuration).Select(port => (Name: "the dashboard", Port: port, Key: "dashboard"));
            var all = wanted.Concat(dashboard).ToList();
            if (all.GroupBy(e => e.Port).FirstOrDefault(g => g.Select(e => e.Key).Distinct().Count() > 1) is { } twice)
            {
                throw new DistributedApplicationException($"Port {twice.Key} is given twice: {string.Join(" and ", twice.Select(e => $"{Section}:{e.Key}"))}. Give each another one.");
            }

            var taken = all.Where(e => IsTaken(e.Port)).ToList();
            return taken.Count == 0 ? Task.CompletedTask : throw new DistributedApplicationException(string.Join(Environment.NewLine, taken.Select(e =>
                string.Create(CultureInfo.InvariantCulture, $"Port {e.Port} of {(e.Key == "dashboard" ? e.Name : $"'{e.Name}'")} is in use by another program. End that, or take another port with --{Section}:{e.Key}=PORT."))));
        });
    }

    /// <summary>Reads a port.</summary>
    /// <exception cref="DistributedApplicationException">It is none.</exception>
    public static int Parse(IConfigurationSection setting, int highest = 65535) =>
        int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 && port <= highest
            ? port
            : throw new DistributedApplicationException($"{setting.Path}={setting.Value} is no port. A port is a number from 1 to {highest}.");

    private static bool IsTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
