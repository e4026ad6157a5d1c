using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;

namespace Transcendence.Hosting.Tools;

/// <summary>Fetches release archives. Only one whose checksum is the pinned one is used; entries and links that lead out of the target are refused.</summary>
internal static class ReleaseArchive
{
    // It honours the proxy variables. Where the publisher cannot be reached, the next place shall be tried soon.
    private static readonly HttpClient s_client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "transcendence" } },
    };

    /// <summary>Asks whether an archive is there, and waits two seconds for the answer.</summary>
    public static async Task<bool> ExistsAsync(Uri archive)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, archive);
            using var response = await s_client.SendAsync(request, patience.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Downloads an archive into a directory, and returns the file's path.</summary>
    /// <exception cref="ToolSourceException">The server does not have it, or it stands still, or its checksum is another.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public static async Task<string> DownloadAsync(ToolArchive archive, string directory, TimeSpan stallTimeout, ToolReport report, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, Path.GetFileName(archive.Uri.AbsolutePath));
        var step = $"downloading {Path.GetFileName(file)}";
        report.Report(step);
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            using var response = await s_client.GetAsync(archive.Uri, HttpCompletionOption.ResponseHeadersRead, end.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new ToolSourceException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var source = await response.Content.ReadAsStreamAsync(end.Token).ConfigureAwait(false);
            using var target = File.Create(file);
            var buffer = new byte[128 * 1024];
            silence.CancelAfter(stallTimeout);
            for (int read; (read = await source.ReadAsync(buffer, end.Token).ConfigureAwait(false)) > 0; silence.CancelAfter(stallTimeout))
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), end.Token).ConfigureAwait(false);
                report.Report(step, target.Position, response.Content.Headers.ContentLength);
            }

            var checksum = Convert.ToHexStringLower(hash.GetHashAndReset());
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

    /// <summary>Extracts an archive, with executable bits. A single directory that holds everything, as release archives have it, is left out.</summary>
    /// <exception cref="ToolSourceException">It is neither <c>.tar.gz</c> nor <c>.zip</c>, or it is damaged, or it leads out of the target.</exception>
    public static async Task ExtractAsync(string file, string root, ToolReport report, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(file);
        var step = $"extracting {name}";
        using var source = File.OpenRead(file);
        using var tar = new GZipStream(source, CompressionMode.Decompress);
        try
        {
            var extracting =
                name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) ? TarFile.ExtractToDirectoryAsync(tar, root, overwriteFiles: false, cancellationToken)
                : name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? ZipFile.ExtractToDirectoryAsync(source, root, cancellationToken)
                : throw new ToolSourceException($"{name} is neither .tar.gz nor .zip");
            do
            {
                report.Report(step, source.Position, source.Length);
            }
            while (await Task.WhenAny(extracting, Task.Delay(250, CancellationToken.None)).ConfigureAwait(false) != extracting);

            await extracting.ConfigureAwait(false);
            report.Report(step, source.Length, source.Length);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not FileNotFoundException)
        {
            throw new ToolSourceException($"cannot be extracted: {e.Message}");
        }

        if (Directory.GetFileSystemEntries(root) is [var single] && Directory.Exists(single) && Path.GetFileName(single) is not ("bin" or "usr"))
        {
            // Aside first: the wrapper may hold something with its own name.
            var aside = root + ".unwrapped";
            Directory.Move(single, aside);
            Directory.Delete(root);
            Directory.Move(aside, root);
        }
    }
}
