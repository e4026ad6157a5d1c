using Transcendence.ServiceDefaults;

namespace Transcendence.Tests.Metrics;

/// <summary><c>db_query_duration_seconds</c>.</summary>
public class DatabaseMetricsTests
{
    [Theory]
    [InlineData("select", "select")]
    [InlineData("SELECT \"p\".\"Id\" FROM \"Players\" AS \"p\"", "select")]
    [InlineData("\r\n  Insert INTO \"Players\" (\"Name\")\r\nVALUES (@p0)\r\nRETURNING \"Id\";", "insert")]
    [InlineData("-- a tag\n-- another\n\nUPDATE \"Players\" SET \"Name\" = @p0", "update")]
    [InlineData("DELETE\nFROM \"Players\"", "delete")]
    [InlineData("COMMIT", "commit")]
    [InlineData("PRAGMA journal_mode = 'wal';", "other")]
    [InlineData("selection", "other")]
    [InlineData("'; drop table players", "other")]
    [InlineData("-- only a comment", "other")]
    [InlineData("", "other")]
    public async Task TheOperationIsTheVerbOfTheCommand(string command, string operation)
    {
        var before = await ReadAsync();

        DatabaseMetrics.ObserveQuery(command, TimeSpan.FromMilliseconds(20));

        var after = await ReadAsync();
        Assert.Equal("histogram", after.Types["db_query_duration_seconds"]);
        foreach (var name in (string[])["select", "insert", "update", "delete", "commit", "other"])
        {
            var expected = name == operation ? 1 : 0;
            Assert.Equal(expected, Delta("db_query_duration_seconds_count", ("operation", name)));
            Assert.Equal(expected, Delta("db_query_duration_seconds_bucket", ("operation", name), ("le", "0.025")));
            Assert.Equal(0, Delta("db_query_duration_seconds_bucket", ("operation", name), ("le", "0.01")));
            Assert.Equal(expected * 0.02, Delta("db_query_duration_seconds_sum", ("operation", name)), 9);
        }

        Assert.Equal(6, after.Named("db_query_duration_seconds_count").Count());

        double Delta(string name, params (string, string)[] labels) => after.Value(name, labels)!.Value - (before.Value(name, labels) ?? 0);
    }

    // The metric is the process's own, not an application's.
    private static Task<Exposition> ReadAsync() => Exposition.OfAsync(Prometheus.Metrics.DefaultRegistry);
}
