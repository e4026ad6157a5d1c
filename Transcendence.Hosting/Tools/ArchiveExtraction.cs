using System.Formats.Tar;
using System.IO.Compression;

namespace Transcendence.Hosting.Tools;

/// <summary>Extracts release archives. Entries and links that lead out of the target are refused; executable bits are kept.</summary>
internal static class ArchiveExtraction
{
    /// <summary>Extracts an archive. A single directory that holds everything, as release archives have it, is left out.</summary>
    /// <exception cref="ToolSourceException">It is neither <c>.tar.gz</c> nor <c>.zip</c>, or it is damaged, or it leads out of the target.</exception>
    public static async Task ExtractAsync(string file, string root, ToolReport report, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(file);
        await using var source = new CountedStream(File.OpenRead(file), $"extracting {name}", report, cancellationToken);
        try
        {
            if (name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
            {
                await using var tar = new GZipStream(source, CompressionMode.Decompress);
                await TarFile.ExtractToDirectoryAsync(tar, root, overwriteFiles: false, cancellationToken);
            }
            else if (name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                await ZipFile.ExtractToDirectoryAsync(source, root, cancellationToken);
            }
            else
            {
                throw new ToolSourceException($"{name} is neither .tar.gz nor .zip");
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not FileNotFoundException)
        {
            throw new ToolSourceException($"cannot be extracted: {exception.Message}");
        }

        Unwrap(root);
    }

    private static void Unwrap(string root)
    {
        if (Directory.GetFileSystemEntries(root) is not [var single] || !Directory.Exists(single) || Path.GetFileName(single) is "bin" or "usr")
        {
            return;
        }

        // Aside first: the wrapper may hold something with its own name.
        var aside = root + ".unwrapped";
        Directory.Move(single, aside);
        Directory.Delete(root);
        Directory.Move(aside, root);
    }

    /// <summary>A readable stream that reports how far it has been read.</summary>
    private sealed class CountedStream(FileStream inner, string step, ToolReport report, CancellationToken cancellationToken) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token = default) => Count(await inner.ReadAsync(buffer, token));
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken token) => ReadAsync(buffer.AsMemory(offset, count), token).AsTask();
        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            report.Report(step, inner.Position, inner.Length);
            return read;
        }
    }
}
