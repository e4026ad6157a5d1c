using System.Net;
using System.Security.Cryptography;

namespace Transcendence.Hosting.Tools;

/// <summary>Downloads release archives. Only a file whose checksum is the pinned one is handed on.</summary>
internal sealed class ReleaseDownload : IDisposable
{
    /// <summary>Where the publisher cannot be reached, the next place shall be tried soon.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);
    private readonly HttpClient _client;

    public ReleaseDownload(HttpMessageHandler? handler)
    {
        _client = new HttpClient(handler ?? new SocketsHttpHandler { ConnectTimeout = ConnectTimeout }, disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("transcendence");
    }

    /// <summary>How long a download may stand still.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Downloads an archive into a directory.</summary>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ToolSourceException">The server does not have it, or it stands still, or its checksum is another.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<string> FetchAsync(ToolArchive archive, string directory, ToolReport report, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(archive.Uri.AbsolutePath);
        var step = $"downloading {name}";
        report.Report(step);
        using var silence = new CancellationTokenSource(AnswerTimeout);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            using var response = await _client.GetAsync(archive.Uri, HttpCompletionOption.ResponseHeadersRead, end.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new ToolSourceException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            var file = Path.Combine(directory, name);
            var checksum = await CopyAsync(response, file, step, report, silence, end.Token);
            return checksum.Equals(archive.Sha256, StringComparison.OrdinalIgnoreCase)
                ? file
                : throw new ToolSourceException($"its SHA-256 is {checksum}, and {archive.Sha256} is expected: it was not used");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The connect timeout of the handler ends here too.
            throw new ToolSourceException("the server cannot be reached, or does not answer in time");
        }
    }

    /// <summary>Asks whether an archive is there, and waits two seconds for the answer.</summary>
    public async Task<bool> ExistsAsync(Uri archive, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, archive);
            using var response = await _client.SendAsync(request, patience.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<string> CopyAsync(HttpResponseMessage response, string file, string step, ToolReport report, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        var buffer = new byte[128 * 1024];
        long completed = 0;
        silence.CancelAfter(StallTimeout);
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0; silence.CancelAfter(StallTimeout))
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            completed += read;
            report.Report(step, completed, response.Content.Headers.ContentLength);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
