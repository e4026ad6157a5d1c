using System.Globalization;
using Transcendence.Hosting.Dashboard;

namespace Transcendence.Tests.Dashboard;

/// <summary>Logs of several resources read as one.</summary>
public sealed class LogFeedTests : IDisposable
{
    private static readonly string[] s_names = ["a", "b"];

    private readonly ResourceLoggerService _loggers = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void Lines_are_in_the_order_of_their_times()
    {
        foreach (var name in new[] { "a", "b", "b", "a" })
        {
            _loggers.Append(name, name, isError: false);
            Thread.Sleep(2); // The times are in whole milliseconds.
        }

        Assert.Equal(["a1", "b1", "b2", "a2"], new LogFeed(_loggers).Read(s_names).Select(Short));
    }

    [Fact]
    public async Task New_lines_come_in_bundles_without_gap_or_repetition()
    {
        const int Count = 5_000;
        _loggers.Append("a", "before", isError: false);
        var writers = s_names.Select(name => Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                _loggers.Append(name, "line", isError: false);
            }
        })).ToList();

        var seen = new List<string>();
        var bundles = 0;
        await foreach (var batch in new LogFeed(_loggers).FollowAsync(s_names, LogPosition.Start, int.MaxValue, _deadline.Token))
        {
            bundles++;
            seen.AddRange(batch.Lines.Select(Short));
            if (seen.Count >= (2 * Count) + 1)
            {
                break;
            }
        }

        await Task.WhenAll(writers);
        Assert.Equal(Enumerable.Range(1, Count + 1).Select(i => $"a{i}"), seen.Where(line => line[0] == 'a'));
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"b{i}"), seen.Where(line => line[0] == 'b'));
        Assert.True(bundles < Count / 10, $"{bundles} bundles");
    }

    [Fact]
    public async Task It_goes_on_after_a_position_for_each_resource()
    {
        foreach (var name in new[] { "a", "a", "a", "b", "b" })
        {
            _loggers.Append(name, name, isError: false);
        }

        Assert.Equal(["a3", "b1", "b2"], await First("a:2"));
        Assert.Equal(["a1", "a2", "a3", "b2"], await First("b:1"));
        Assert.Equal(["a1", "a2", "a3", "b1", "b2"], await First("a:99")); // Of another run.
        Assert.Equal(["b1", "b2"], await First("", tail: 2));

        async Task<List<string>> First(string position, int tail = int.MaxValue)
        {
            Assert.True(LogPosition.TryParse(position, out var after));
            await foreach (var batch in new LogFeed(_loggers).FollowAsync(s_names, after, tail, _deadline.Token))
            {
                Assert.Equal("a:3,b:2", string.Join(',', batch.Position.ToString().Split(',').Order()));
                return [.. batch.Lines.Select(Short).Order(StringComparer.Ordinal)];
            }

            return [];
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a:")]
    [InlineData("a:-1")]
    [InlineData(":1")]
    [InlineData("a:1,b")]
    [InlineData("a:99999999999")]
    public void A_position_that_is_none_is_told(string text) => Assert.False(LogPosition.TryParse(text, out _));

    private static string Short(LogLineView line) => string.Create(CultureInfo.InvariantCulture, $"{line.Resource}{line.Number}");
}
