using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Monitoring;

/// <summary>What Prometheus' and Alertmanager's own tools say of the files, just as they stand.</summary>
public sealed class MonitoringToolTests
{
    public static TheoryData<string> RuleTests { get; } =
        [.. Directory.GetFiles(MonitoringFiles.PathOf("prometheus", "tests"), "*.yml").Select(file => Path.GetFileName(file)!).Order()];

    [Fact]
    public async Task PrometheusAcceptsItsConfigurationAndTheRulesItNames() =>
        await SucceedsAsync("promtool", "check", "config", MonitoringFiles.PathOf("prometheus", "prometheus.yml"));

    [Fact]
    public async Task PrometheusAcceptsTheRules() =>
        await SucceedsAsync("promtool", ["check", "rules", "--lint-fatal", .. MonitoringFiles.Rules.Select(file => MonitoringFiles.PathOf("prometheus", file))]);

    [Theory]
    [MemberData(nameof(RuleTests))]
    public async Task AnAlertFiresWhenItShouldAndOnlyThen(string test) =>
        await SucceedsAsync("promtool", "test", "rules", MonitoringFiles.PathOf("prometheus", "tests", test));

    [Fact]
    public async Task AlertmanagerAcceptsItsConfiguration() =>
        await SucceedsAsync("amtool", "check-config", MonitoringFiles.PathOf("alertmanager", "alertmanager.yml"));

    [Theory]
    [InlineData("inbox,people", "alertname=BackendDown", "severity=critical", "service=backend")]
    [InlineData("inbox,people", "alertname=AnythingElse")]
    [InlineData("watchdog", "alertname=Watchdog", "severity=none", "service=prometheus")]
    public async Task EveryAlertIsRoutedToTheInboxAndTheWatchdogToItsOwnReceiver(string receiver, params string[] labels)
    {
        var (exitCode, output) = await RealTools.RunAsync(
            "amtool", ["config", "routes", "test", "--config.file=" + MonitoringFiles.PathOf("alertmanager", "alertmanager.yml"), $"--verify.receivers={receiver}", .. labels]);
        Assert.True(exitCode == 0, output);
    }

    private static async Task SucceedsAsync(string command, params string[] arguments)
    {
        var (exitCode, output) = await RealTools.RunAsync(command, arguments);
        Assert.True(exitCode == 0 && output.Contains("SUCCESS", StringComparison.Ordinal), output);
    }
}
