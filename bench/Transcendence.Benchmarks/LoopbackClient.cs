using System.Net.Sockets;

namespace Transcendence.Benchmarks;

/// <summary>Sends one request again and again, over one connection that stays open.</summary>
internal sealed class LoopbackClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[4096];

    public LoopbackClient(Uri address, string path)
    {
        _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        _socket.Connect(address.Host, address.Port);
    }

    /// <summary>Sends the request and reads the answer, which has no body.</summary>
    /// <exception cref="InvalidOperationException">The answer was not 200.</exception>
    public void Send()
    {
        _socket.Send(_request);
        var length = 0;
        do
        {
            var read = _socket.Receive(_answer.AsSpan(length));
            length = read > 0 ? length + read : throw new InvalidOperationException("The server closed the connection.");
        }
        while (!_answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8));

        if (!_answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
        {
            throw new InvalidOperationException("The answer was not 200.");
        }
    }

    public void Dispose() => _socket.Dispose();
}
