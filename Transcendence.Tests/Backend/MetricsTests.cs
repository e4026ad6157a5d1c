namespace Transcendence.Tests.Backend;

[Collection(BackendService.Shared)]
public sealed class MetricsTests(BackendService backend)
{
    [Theory]
    [InlineData("select")]
    [InlineData("insert")]
    [InlineData("update")]
    [InlineData("delete")]
    [InlineData("commit")]
    public async Task QueriesAreMeasuredByOperation(string operation)
    {
        var sample = $"db_query_duration_seconds_count{{operation=\"{operation}\"}}";
        var before = await backend.Client.SampleAsync(sample);

        var player1 = await backend.AddPlayerAsync();
        var player2 = await backend.AddPlayerAsync();
        var leaves = await backend.AddPlayerAsync();
        using var match = await backend.Client.PostMatchAsync(player1, player2, 11, 7);
        using var left = await backend.Client.SendAsync("DELETE", $"/api/players/{leaves}");

        Assert.True(await backend.Client.SampleAsync(sample) > before);
    }

    [Fact]
    public async Task RequestsAreMeasuredByTheTemplateOfTheirRoute()
    {
        const string Sample = "http_requests_total{method=\"GET\",route=\"/api/players/{id}\",status_code=\"404\"}";
        var before = await backend.Client.SampleAsync(Sample);
        for (var id = 1_000_000; id < 1_000_010; id++)
        {
            using var response = await backend.Client.SendAsync("GET", $"/api/players/{id}");
        }

        Assert.Equal(before + 10, await backend.Client.SampleAsync(Sample));
    }
}
