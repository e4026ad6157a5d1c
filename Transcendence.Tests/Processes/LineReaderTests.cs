using System.IO.Pipelines;
using System.Text;
using Transcendence.Hosting.Processes;

namespace Transcendence.Tests.Processes;

public class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\nb\rc\r\n", new[] { "a", "b\rc" })]
    [InlineData("\n\na", new[] { "", "", "a" })]
    public async Task Lines_end_with_a_line_break_or_the_stream(string text, string[] lines)
    {
        Assert.Equal(lines, await ReadAsync(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData(LineReader.MaxLineBytes - 1, 1)]
    [InlineData(LineReader.MaxLineBytes, 1)]
    [InlineData(LineReader.MaxLineBytes + 1, 2)]
    [InlineData(1_000_000, 16)]
    public async Task A_long_line_arrives_in_pieces(int length, int pieces)
    {
        var lines = await ReadAsync(Encoding.UTF8.GetBytes(new string('x', length)));

        Assert.Equal(pieces, lines.Count);
        Assert.Equal(length, lines.Sum(line => line.Length));
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("🏓")]
    public async Task A_character_is_not_cut_in_two(string character)
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var text = new string('x', shift) + string.Concat(Enumerable.Repeat(character, 50_000));

            Assert.Equal(text, string.Concat(await ReadAsync(Encoding.UTF8.GetBytes(text))));
        }
    }

    [Fact]
    public async Task Bytes_that_are_not_text_do_no_harm()
    {
        var bytes = Enumerable.Repeat((byte)0x80, 2 * LineReader.MaxLineBytes).Append((byte)'\n').Append((byte)'a').ToArray();

        var lines = await ReadAsync(bytes);

        Assert.Equal('\uFFFD', lines[0][0]);
        Assert.Equal("a", lines[^1]);
    }

    [Fact]
    public async Task A_line_is_delivered_before_the_next_one_comes()
    {
        var pipe = new Pipe();
        var first = new TaskCompletionSource<string>();
        var reading = LineReader.ReadAsync(pipe.Reader.AsStream(), line => first.TrySetResult(line));

        await pipe.Writer.WriteAsync("ab"u8.ToArray());
        await pipe.Writer.WriteAsync("c\nd"u8.ToArray());

        Assert.Equal("abc", await first.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await pipe.Writer.CompleteAsync();
        await reading;
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes)
    {
        var lines = new List<string>();
        await LineReader.ReadAsync(new MemoryStream(bytes), lines.Add);
        return lines;
    }
}
