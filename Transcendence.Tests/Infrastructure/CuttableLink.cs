using System.Net;
using System.Net.Sockets;

namespace Transcendence.Tests.Infrastructure;

/// <summary>A port of this machine that leads to another, until it is cut: then connections end, and new ones are refused at once.</summary>
internal sealed class CuttableLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;
    private readonly int _target;
    private bool _isCut;

    public CuttableLink(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Host and port.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Cuts it, or mends it.</summary>
    public void Cut(bool isCut = true)
    {
        lock (_open)
        {
            _isCut = isCut;
            if (isCut)
            {
                _open.ForEach(socket => socket.Dispose());
                _open.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        Cut();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        var links = new List<Task>();
        try
        {
            while (true)
            {
                links.Add(LinkAsync(await _listener.AcceptSocketAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Cut();
            await Task.WhenAll(links);
        }
    }

    private async Task LinkAsync(Socket caller)
    {
        using var called = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (caller)
        {
            lock (_open)
            {
                if (_isCut)
                {
                    return;
                }

                _open.AddRange([caller, called]);
            }

            try
            {
                await called.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(CopyAsync(caller, called), CopyAsync(called, caller));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Nobody is there.
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut, or one of them is gone.
        }
    }
}
