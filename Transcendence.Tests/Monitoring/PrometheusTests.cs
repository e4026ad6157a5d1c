using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Monitoring;

/// <summary>A real Prometheus on a copy of <c>monitoring/prometheus</c>, with targets of its own.</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task PrometheusEvaluatesEveryRuleAndTakesTargetsFromTheirFiles()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["targets/services"]);
        MonitoringFiles.CopyRules(directory);
        var configuration = await File.ReadAllTextAsync(MonitoringFiles.PathOf("prometheus", "prometheus.yml"));
        await File.WriteAllTextAsync(
            directory["prometheus.yml"],
            configuration.Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal));

        await using var prometheus = await ToolProcess.StartAsync(
            "prometheus", $"--config.file={directory["prometheus.yml"]}", $"--storage.tsdb.path={directory["data"]}");

        // Both appear while it runs, as those of a resource that is added later.
        var self = prometheus.Address.Authority;
        await File.WriteAllTextAsync(directory["targets/prometheus.json"], $$"""[{ "targets": ["{{self}}"] }]""");
        await File.WriteAllTextAsync(
            directory["targets/services/game.json"], $$"""[{ "targets": ["{{self}}"], "labels": { "job": "game" } }]""");

        await Eventually.TrueAsync(
            async () => await QueryAsync(prometheus, "up == 1", "job") is ["game", "prometheus"],
            "both targets are up, each under its job's name");
        await Eventually.TrueAsync(
            async () => await RulesAsync(prometheus) is { Count: > 0 } rules && rules.All(rule => rule.Health != "unknown"),
            "every rule has been evaluated");
        Assert.All(await RulesAsync(prometheus), rule => Assert.True(rule.Health == "ok", $"{rule.Name}: {rule.Health}"));

        // There is no backend at all: the alert must be on its way, with the label that absent() gives it.
        await Eventually.TrueAsync(
            async () => await QueryAsync(prometheus, """ALERTS{alertname="BackendDown", alertstate="pending"}""", "job") is ["backend"], "BackendDown is pending");
    }

    private static async Task<string[]> QueryAsync(ToolProcess prometheus, string expression, string label)
    {
        using var answer = await GetAsync(prometheus, "api/v1/query?query=" + Uri.EscapeDataString(expression));
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(series => series.GetProperty("metric").GetProperty(label).GetString()!).Order()];
    }

    private static async Task<List<(string Name, string Health)>> RulesAsync(ToolProcess prometheus)
    {
        using var answer = await GetAsync(prometheus, "api/v1/rules");
        return [.. answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("health").GetString()!))];
    }

    private static async Task<JsonDocument> GetAsync(ToolProcess prometheus, string path) =>
        JsonDocument.Parse(await prometheus.Client.GetStringAsync(new Uri(path, UriKind.Relative)));
}
