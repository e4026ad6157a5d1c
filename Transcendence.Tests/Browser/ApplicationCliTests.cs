using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

/// <summary>The Aspire CLI on the application that runs, with the words of the README.</summary>
[Collection(ApplicationFixture.Name)]
public sealed class ApplicationCliTests(ApplicationFixture application)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task PsGivesTheLinkThatWasPrinted()
    {
        using var hosts = JsonDocument.Parse(await application.AspireAsync("ps", "--format", "Json"));
        var host = Assert.Single(hosts.RootElement.EnumerateArray());
        Assert.Equal(application.LoginLink.ToString(), host.GetProperty("dashboardUrl").GetString());
        Assert.EndsWith("Transcendence.AppHost.csproj", host.GetProperty("appHostPath").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DescribeListsEveryResourceHealthyWithItsAddress()
    {
        string[] names = ["backend", "gateway", "alerts", "critical-alerts", "alertmanager", "prometheus", "grafana", "cadvisor"];
        Dictionary<string, Resource> resources = [];
        await Eventually.TrueAsync(
            async () =>
            {
                resources = await DescribeAsync();
                // What other tests of this application have stopped may be an alert for the minutes of its rule's window.
                return names.All(name => resources[name] is { State: "Running", HealthStatus: "Healthy" } or { State: "Running", DisplayName: "critical-alerts", HealthStatus: "Unhealthy" });
            },
            "all are healthy",
            s_patience);
        Assert.All(names, name => Assert.Contains(application.Address(name == "critical-alerts" ? "alerts" : name).Authority, resources[name].Urls.Select(url => url.Url.Authority)));
    }

    [Fact]
    public async Task AResourceIsStoppedAndStarted()
    {
        await application.AspireAsync("resource", "backend", "stop");
        await Eventually.TrueAsync(() => application.HasAsync("""up{job="backend"} == 0"""), "the backend is down", s_patience);
        Assert.NotEqual("Running", (await DescribeAsync())["backend"].State);

        await application.AspireAsync("resource", "backend", "start");
        await application.AspireAsync("wait", "backend");
        Assert.True((await DescribeAsync())["backend"] is { State: "Running", HealthStatus: "Healthy" });
        await Eventually.TrueAsync(() => application.HasAsync("""up{job="backend"} == 1"""), "the backend is up", s_patience);
    }

    [Fact]
    public async Task ReloadPutsAChangedRuleInForceAndRefusesAFaultyOne()
    {
        var file = Path.Combine(application.Monitoring, "prometheus", "rules.yml");
        var before = await File.ReadAllTextAsync(file);
        try
        {
            await File.WriteAllTextAsync(file, before + "\n  - name: by_cli\n    rules:\n      - record: test:by_cli\n        expr: vector(1)\n");
            await application.AspireAsync("resource", "prometheus", "reload");
            await Eventually.TrueAsync(() => application.HasAsync("test:by_cli"), "the new rule is evaluated", s_patience);

            await File.WriteAllTextAsync(file, "groups: [");
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => application.AspireAsync("resource", "prometheus", "reload"));
            Assert.Contains("The configuration of 'prometheus' is not valid", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllTextAsync(file, before);
            await application.AspireAsync("resource", "prometheus", "reload");
        }
    }

    [Fact]
    public async Task ADrillTakesArgumentsExplainsThemAndReports()
    {
        var help = await application.AspireAsync("resource", "backend", "drill-errors", "--help");
        Assert.Contains("To be told by: HighErrorRate. Ends by itself, and reports.", help, StringComparison.Ordinal);
        Assert.Contains("--percent", help, StringComparison.Ordinal);
        Assert.Contains("Of a hundred requests, how many fail", help, StringComparison.Ordinal);

        await Eventually.TrueAsync(() => application.HasAsync("transcendence_alert_pipeline_working == 1"), "alerts can be told", s_patience);
        var report = await application.AspireAsync("resource", "backend", "drill-load", "--seconds", "3", "--rate", "20");
        Assert.Contains("requests to /api/players at 20 a second: 0 answered with 5xx, 0 not at all.", Regex.Replace(report, @"\s+", " "), StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => application.AspireAsync("resource", "backend", "drill-load", "--rate", "100000"));
        Assert.Contains("rate is '100000' and is to be a number from 1 to 200", Regex.Replace(refused.Message, @"\s+", " "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogsAreThoseOfTheTool() =>
        Assert.Contains("Server is ready to receive web requests.", await application.AspireAsync("logs", "prometheus"), StringComparison.Ordinal);

    private async Task<Dictionary<string, Resource>> DescribeAsync() =>
        JsonSerializer.Deserialize<Description>(await application.AspireAsync("describe", "--format", "Json"), JsonSerializerOptions.Web)!.Resources.ToDictionary(resource => resource.DisplayName);

    private sealed record Description(IReadOnlyList<Resource> Resources);

    private sealed record Resource(string DisplayName, string State, string? HealthStatus, IReadOnlyList<ResourceUrl> Urls);

    private sealed record ResourceUrl(Uri Url);
}
