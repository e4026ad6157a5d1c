using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Native;

namespace Transcendence.Hosting.Orchestration;

/// <summary>Gives every endpoint its port, once for the whole run, and says why a port cannot be had.</summary>
internal sealed class EndpointAllocator(DistributedApplicationModel model, IConfiguration configuration)
{
    // Below the ports from which the operating systems serve outgoing connections, which could take one away again.
    private const int FirstFreePort = 20_000;
    private const int LastFreePort = 32_000;

    private readonly HashSet<int> _used = [];

    /// <summary>Allocates all endpoints of the model.</summary>
    public void AllocateAll()
    {
        // The setting by which Aspire's test host avoids that two applications meet on a port.
        var randomize = configuration.GetValue("DcpPublisher:RandomizePorts", false);
        var endpoints = model.Resources.OfType<IResourceWithEndpoints>()
            .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>())
            .Where(e => e.AllocatedEndpoint is null)
            .ToList();

        foreach (var endpoint in endpoints)
        {
            if ((randomize && endpoint.IsProxied ? null : endpoint.Port ?? (endpoint.IsProxied ? null : endpoint.TargetPort)) is { } port)
            {
                _used.Add(port);
                Allocate(endpoint, port);
            }
        }

        foreach (var endpoint in endpoints.Where(e => e.AllocatedEndpoint is null))
        {
            Allocate(endpoint, FreePort(endpoint.TargetHost));
        }
    }

    /// <summary>Makes sure that a resource will be able to listen.</summary>
    /// <exception cref="DistributedApplicationException">A port is taken.</exception>
    public void EnsureFree(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var port = endpoint.AllocatedEndpoint!.Port;
            if (IsFree(endpoint.TargetHost, port))
            {
                continue;
            }

            var owner = model.Resources.FirstOrDefault(r => !ReferenceEquals(r, resource)
                && r.Annotations.OfType<EndpointAnnotation>().Any(e => e.AllocatedEndpoint?.Port == port));
            var setting = resource.Annotations.OfType<PortSettingAnnotation>().FirstOrDefault(s => s.EndpointName == endpoint.Name)?.Setting;
            throw new DistributedApplicationException(
                $"Port {port} of '{resource.Name}' is in use by {(owner is null ? "another process" : $"the resource '{owner.Name}'")}. "
                + (setting is null ? "End that process, or give the endpoint another port." : $"End that process, or take another port with --{setting}=PORT.")
                + $" Then start '{resource.Name}' again.");
        }
    }

    private static void Allocate(EndpointAnnotation endpoint, int port)
    {
        var address = endpoint.TargetHost is "*" or "+" or "0.0.0.0" or "::" or "[::]" ? "localhost" : endpoint.TargetHost;
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, address, port);

        // What would be a container runs as a process here, so it sees what the host sees.
        endpoint.AllocationOn(KnownNetworkIdentifiers.DefaultAspireContainerNetwork).TrySetResult(endpoint.AllocatedEndpoint);
    }

    private int FreePort(string host)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(FirstFreePort, LastFreePort);
            if (_used.Add(port) && IsFree(host, port))
            {
                return port;
            }
        }

        throw new DistributedApplicationException($"No port between {FirstFreePort} and {LastFreePort} is free on '{host}'.");
    }

    private static bool IsFree(string host, int port)
    {
        try
        {
            foreach (var address in AddressesOf(host))
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                if (OperatingSystem.IsWindows())
                {
                    socket.ExclusiveAddressUse = true;
                }

                if (address.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    socket.DualMode = false;
                }

                socket.Bind(new IPEndPoint(address, port));
                socket.Listen(1);
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(string host)
    {
        if (host == "localhost")
        {
            yield return IPAddress.Loopback;
            if (Socket.OSSupportsIPv6 && NetworkInterface.GetAllNetworkInterfaces().Any(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(IPAddress.IPv6Loopback))))
            {
                yield return IPAddress.IPv6Loopback;
            }
        }
        else
        {
            yield return IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : IPAddress.Any;
        }
    }
}
