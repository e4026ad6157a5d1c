using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Transcendence.Tests.Infrastructure;

/// <summary>Ports that a test may listen on.</summary>
internal static class FreePort
{
    // Below the ranges from which operating systems take the ports of outgoing connections, which would otherwise
    // steal a port between its probe and its use.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly HashSet<int> s_given = [];

    // Where Aspire takes ports by itself: it would use 10000 to 32767, and now and then one that was given here to another AppHost.
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Before any test, and for nothing but tests.")]
    internal static void LeaveAloneByAspire() => Environment.SetEnvironmentVariable("ASPIRE_PROXYLESS_ENDPOINT_PORT_RANGE", $"{First / 2}-{First - 1}");

    /// <summary>Gives a loopback port that is free now and that this test process has not given before.</summary>
    /// <param name="inARow">How many, of which the first is given.</param>
    public static int Next(int inARow = 1)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            lock (s_given)
            {
                var ports = Enumerable.Range(port, inARow).ToArray();
                if (ports.Any(s_given.Contains))
                {
                    continue;
                }

                s_given.UnionWith(ports);
            }

            try
            {
                foreach (var each in Enumerable.Range(port, inARow))
                {
                    using var probe = new TcpListener(IPAddress.Loopback, each);
                    probe.Start();
                }

                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: try another.
            }
        }

        throw new InvalidOperationException($"No free port in {First}..{Last}.");
    }
}
