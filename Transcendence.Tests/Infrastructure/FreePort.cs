using System.Net;
using System.Net.Sockets;

namespace Transcendence.Tests.Infrastructure;

/// <summary>Ports that a test may listen on.</summary>
internal static class FreePort
{
    // Below the ranges from which operating systems take the ports of outgoing connections, which would otherwise
    // steal a port between its probe and its use.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>Gives a loopback port that is free now and that this test process has not given before.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            lock (Given)
            {
                if (!Given.Add(port))
                {
                    continue;
                }
            }

            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
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
