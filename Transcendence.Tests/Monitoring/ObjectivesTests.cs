using Transcendence.Hosting.Prometheus.Objectives;
using Transcendence.Hosting.Tools;
using Transcendence.ServiceDefaults;
using Transcendence.Tests.Deployment;

namespace Transcendence.Tests.Monitoring;

/// <summary>The rules that are made of <c>objectives.yml</c>. What they say, <c>promtool test rules</c> shows.</summary>
public sealed partial class ObjectivesTests
{
    private const string Valid = """
        version: prometheus/v1
        service: shop
        slos:
          - name: availability
            objective: 99.9
            sli: { events: { error_query: 'sum(rate(errors_total[{{.window}}]))', total_query: 'sum(rate(all_total[{{.window}}]))' } }
            alerting: { name: Shop, labels: { service: shop } }
        """;

    [Fact]
    public void TheCommittedRulesAreThoseOfTheFile()
    {
        const string Source = "../objectives.yml";
        var rules = ObjectiveRules.Write(ObjectivesFile.Read(Source, File.ReadAllText(MonitoringFiles.PathOf("objectives.yml"))), heldDays: 15, Source);
        Assert.Equal(File.ReadAllText(MonitoringFiles.PathOf("prometheus", "objectives.yml")), rules);
    }

    [Fact]
    public void ALatencyIsPromisedAtAnEdgeOfTheBuckets()
    {
        var edges = Edge().Matches(File.ReadAllText(MonitoringFiles.PathOf("objectives.yml")));
        Assert.NotEmpty(edges);
        Assert.All(edges, edge => Assert.Contains(double.Parse(edge.Groups[1].ValueSpan, CultureInfo.InvariantCulture), Latency.Buckets));
    }

    [Fact]
    public async Task TheCommandWritesWhatTheFileSaysAndNothingWhereItIsFaulty()
    {
        using var directory = new TempDirectory();
        Tests.AppHost.Application.CopyMonitoring(directory["monitoring"]);
        var (source, rules) = (directory["monitoring/objectives.yml"], directory["monitoring/prometheus/objectives.yml"]);
        var before = await File.ReadAllTextAsync(source);
        await File.WriteAllTextAsync(source, before.Replace("objective: 99.5", "objective: 99", StringComparison.Ordinal));
        var made = await ObjectivesAsync("--Prometheus:Retention=2w");
        Assert.True(made.ExitCode == 0, made.Output + made.Error);
        var text = await File.ReadAllTextAsync(rules);
        Assert.Contains("> 14.4 * 0.01\n", text, StringComparison.Ordinal);
        Assert.Contains("[14d]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("30d", text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(source, before.Replace("    objective: 95", "    objektive: 95", StringComparison.Ordinal));
        var refused = await ObjectivesAsync();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches(@"\.\./objectives\.yml is no file of objectives: line \d+: 'objektive' is not supported here\. Nothing was written\.", refused.Output + refused.Error);
        Assert.Equal(text, await File.ReadAllTextAsync(rules));

        Task<ChildResult> ObjectivesAsync(params string[] arguments) => Publication.RunStepAsync("objectives", [$"--Monitoring={directory["monitoring"]}", .. arguments]);
    }

    [Theory]
    [InlineData("prometheus/v1", "openslo/v1", "its version is 'openslo/v1', and this reads 'prometheus/v1'")]
    [InlineData("service: shop\n", "", "'service' is missing")]
    [InlineData("events: { error_query", "raw: { error_ratio_query", "line 6: 'raw' is not supported here")]
    [InlineData("objective: 99.9", "objective: 100", "the objective of 'availability' is '100', and not a percentage between 0 and 100")]
    [InlineData("objective: 99.9", "objective: nine", "the objective of 'availability' is 'nine'")]
    [InlineData("objective: 99.9", "objective: 90", "with an objective of 90 % the alert of 'availability' at 14.4 times its budget could never fire, as it would need 144 % of all events to be bad. Promise more, or write `page_alert: { disable: true }`")]
    [InlineData("errors_total[{{.window}}]", "errors_total[5m]", "error_query of 'availability' has no {{.window}} for the window")]
    [InlineData("alerting: { name: Shop, ", "alerting: { ", "'alerting.name' is missing in 'availability'")]
    [InlineData("slos:", "slos: []\nlabels:", "line")]
    public void WhatIsWrongOrNotSupportedIsNamed(string part, string replaced, string words)
    {
        Assert.Contains(part, Valid, StringComparison.Ordinal);
        var fault = Assert.Throws<DistributedApplicationException>(() => ObjectivesFile.Read("o.yml", Valid.Replace(part, replaced, StringComparison.Ordinal)));
        Assert.StartsWith("o.yml is no file of objectives: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAlertThatIsSwitchedOffIsNotWritten()
    {
        var rules = ObjectiveRules.Write(ObjectivesFile.Read("o.yml", Valid.Replace("objective: 99.9", "objective: 90", StringComparison.Ordinal).Replace("name: Shop,", "name: Shop, page_alert: { disable: true },", StringComparison.Ordinal)), 15, "o.yml");
        Assert.DoesNotContain("Shop1h", rules, StringComparison.Ordinal);
        Assert.Contains("Shop3d", rules, StringComparison.Ordinal);
    }

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Edge();
}
