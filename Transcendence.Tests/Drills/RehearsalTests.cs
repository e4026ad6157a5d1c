using Microsoft.Extensions.Configuration;
using Transcendence.AppHost.Drills;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Monitoring;

namespace Transcendence.Tests.Drills;

/// <summary>The times of a rehearsal, and Prometheus' way to write times.</summary>
public sealed class RehearsalTests
{
    private static readonly Rehearsal s_rehearsal = Read(("Rehearsal:Speed", "30"));

    [Fact]
    public void TheInboxIsToldItsTimesToo()
    {
        Assert.Equal(5, s_rehearsal.WatchdogOverdueAfter.TotalSeconds);
        Assert.Equal(50.0 / 30, s_rehearsal.SettleTime.TotalSeconds, 3);
        Assert.Equal((1, 90, 50), (Read().Speed, Read().WatchdogOverdueAfter.TotalSeconds, Read().SettleTime.TotalSeconds));
        Assert.Equal(180, Read(("Alerts:WatchdogOverdueAfter", "00:03:00")).WatchdogOverdueAfter.TotalSeconds);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("31")]
    [InlineData("fast")]
    [InlineData("1.5")]
    public void ASpeedThatIsNoneIsNamed(string speed) => Assert.Contains($"Rehearsal:Speed={speed} is no speed", Assert.Throws<DistributedApplicationException>(() => Read(("Rehearsal:Speed", speed))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("15s", 15)]
    [InlineData("500ms", 0.5)]
    [InlineData("1h30m", 5400)]
    [InlineData("2d", 172_800)]
    [InlineData("1w", 604_800)]
    public void DurationsAreRead(string text, double seconds) => Assert.Equal(seconds, PromDuration.Parse(text).TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("s")]
    [InlineData("15 s")]
    [InlineData("1.5h")]
    public void WhatIsNoneIsNamed(string text) => Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => PromDuration.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("  scrape_interval: 15s", "  scrape_interval: 500ms")]
    [InlineData("        for: 5m", "        for: 10000ms")]
    [InlineData("      group_wait: 0s", "      group_wait: 1ms")]
    [InlineData("rate(x[5m])", "rate(x[10000ms])")]
    [InlineData("max_over_time(x[30m] offset 2h)", "max_over_time(x[60000ms] offset 240000ms)")]
    [InlineData("max_over_time(x[1h:15s])", "max_over_time(x[120000ms:15s])")]
    [InlineData("expr: max(timestamp(up)) > time() - 60", "expr: max(timestamp(up)) > time() - 2")]
    [InlineData("time() - process_start_time_seconds > 3 * 3600", "time() - process_start_time_seconds > 3 * 120")]
    [InlineData("changes(process_start_time_seconds[15m]) >= 3", "changes(process_start_time_seconds[30000ms]) >= 3")]
    [InlineData("min_over_time(x[30m]) > 200e6", "min_over_time(x[60000ms]) > 200e6")]
    [InlineData("increase(x[5m]) >= 120", "increase(x[10000ms]) >= 120")]
    [InlineData("  - record: job:x:rate5m", "  - record: job:x:rate5m")]
    [InlineData("tsdb: { out_of_order_time_window: 10m }", "tsdb: { out_of_order_time_window: 10m }")]
    public void EachTimeIsShorterAndNothingElseIsChanged(string line, string expected) => Assert.Equal(expected, s_rehearsal.Scale("rules.yml", line));

    [Fact]
    public void OtherFilesAreNotChanged() => Assert.Equal("""["for: 5m"]""", s_rehearsal.Scale("targets/a.json", """["for: 5m"]"""));

    [Theory]
    [InlineData("prometheus", "promtool", "check config", "prometheus.yml")]
    [InlineData("alertmanager", "amtool", "check-config", "alertmanager.yml")]
    public async Task OurConfigurationOnThoseTimesIsValid(string directory, string tool, string check, string file)
    {
        using var copy = new TempDirectory();
        foreach (var original in Directory.EnumerateFiles(MonitoringFiles.PathOf(directory), "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(MonitoringFiles.PathOf(directory), original);
            Directory.CreateDirectory(Path.GetDirectoryName(copy[path])!);
            await File.WriteAllTextAsync(copy[path], s_rehearsal.Scale(path, await File.ReadAllTextAsync(original)));
        }

        var (exitCode, output) = await RealTools.RunAsync(tool, [.. check.Split(' '), copy[file]]);
        Assert.True(exitCode == 0, output);
    }

    private static Rehearsal Read(params (string Key, string Value)[] settings) =>
        Rehearsal.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
