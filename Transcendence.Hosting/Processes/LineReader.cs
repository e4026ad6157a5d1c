using System.Text;

namespace Transcendence.Hosting.Processes;

/// <summary>Cuts a stream of UTF-8 into lines, in memory that does not grow with the length of a line.</summary>
internal static class LineReader
{
    /// <summary>The longest line that is kept whole, in bytes. A longer one arrives in pieces of this size.</summary>
    public const int MaxLineBytes = 64 * 1024;

    /// <summary>
    /// Reads to the end. What stands after the last line break is a line too. Bytes that are not UTF-8 arrive as U+FFFD.
    /// </summary>
    public static async Task ReadAsync(Stream stream, Action<string> onLine)
    {
        var buffer = new byte[MaxLineBytes];
        var length = 0;

        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                break;
            }

            var searchFrom = length;
            length += read;

            var start = 0;
            while (buffer.AsSpan(searchFrom, length - searchFrom).IndexOf((byte)'\n') is >= 0 and var offset)
            {
                var end = searchFrom + offset;
                onLine(Decode(buffer.AsSpan(start, end - start)));
                start = searchFrom = end + 1;
            }

            if (start == 0 && length == buffer.Length)
            {
                start = length - IncompleteTail(buffer);
                onLine(Decode(buffer.AsSpan(0, start)));
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }

        if (length > 0)
        {
            onLine(Decode(buffer.AsSpan(0, length)));
        }
    }

    private static string Decode(ReadOnlySpan<byte> line) =>
        Encoding.UTF8.GetString(line is [.., (byte)'\r'] ? line[..^1] : line);

    /// <summary>How many bytes at the end begin a character that the next read completes: 0 to 3.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length <= 3; length++)
        {
            var lead = bytes[^length];
            if ((lead & 0b1100_0000) == 0b1000_0000)
            {
                continue;
            }

            var size = lead switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return size > length ? length : 0;
        }

        return 0;
    }
}
