using System.Net.Sockets;

namespace Transcendence.Tests.Gateway;

/// <summary>Requests whose target goes over the wire as it is written; HttpClient would tidy it up.</summary>
internal static class RawHttp
{
    /// <summary>Sends <c>GET target</c> and gives the status and all of the answer's text.</summary>
    public static async Task<(int Status, string Text)> GetAsync(int port, string target, string host = "localhost")
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", port);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = await reader.ReadToEndAsync(deadline.Token);
        return (int.Parse(text.AsSpan(9, 3), provider: null), text);
    }
}
