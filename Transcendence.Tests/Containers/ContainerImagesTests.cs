using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Containers;

/// <summary>The images that are made where none can be pulled behave as the official ones where the application relies on it.</summary>
[Collection(ContainerTests.Name)]
public sealed partial class ContainerImagesTests
{
    [DockerFact(AsksStandIns = true)]
    public async Task PrometheusRunsWithTheDefaultsOfItsImage()
    {
        await using var prometheus = await RunningContainer.StartAsync(ContainerImages.Prometheus, 9090, "-/ready");

        Assert.Equal("65534", await prometheus.ExecuteAsync("id", "-u"));
        Assert.Contains("SUCCESS", await prometheus.ExecuteAsync("/bin/promtool", "check", "config", "/etc/prometheus/prometheus.yml"), StringComparison.Ordinal);
        await prometheus.ExecuteAsync("test", "-d", "/prometheus/wal");
    }

    [DockerFact(AsksStandIns = true)]
    public async Task PrometheusHasItsPages()
    {
        await using var prometheus = await RunningContainer.StartAsync(ContainerImages.Prometheus, 9090, "-/ready");

        var page = await prometheus.Client.GetStringAsync("classic/targets");

        var parts = PartOfPage().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(parts);
        Assert.All(parts, part => Assert.Equal(HttpStatusCode.OK, prometheus.Client.GetAsync(part).Result.StatusCode));
    }

    [DockerFact(AsksStandIns = true)]
    public async Task AlertmanagerRunsWithTheDefaultsOfItsImage()
    {
        await using var alertmanager = await RunningContainer.StartAsync(ContainerImages.Alertmanager, 9093, "-/ready");

        Assert.Equal("65534", await alertmanager.ExecuteAsync("id", "-u"));
        Assert.Contains("SUCCESS", await alertmanager.ExecuteAsync("/bin/amtool", "check-config", "/etc/alertmanager/alertmanager.yml"), StringComparison.Ordinal);
        Assert.Contains("Alertmanager", await alertmanager.Client.GetStringAsync(""), StringComparison.Ordinal);
    }

    [DockerFact(AsksStandIns = true)]
    public async Task GrafanaTellsWhatItWasGiven()
    {
        using var dashboards = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(dashboards.FullName, "one.json"), "{}");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(dashboards.FullName, (UnixFileMode)0b111_101_101); // Another user reads it.
        }

        await using var grafana = await RunningContainer.StartAsync(ContainerImages.Grafana, 3000, "api/health",
            "--env", "GF_SECURITY_ADMIN_USER=somebody", "--volume", $"{dashboards.FullName}:/etc/dashboards:ro");

        Assert.Equal("472", await grafana.ExecuteAsync("id", "-u"));
        Assert.Contains("GF_SECURITY_ADMIN_USER=somebody\n", await grafana.Client.GetStringAsync("standin/env"), StringComparison.Ordinal);
        var files = await grafana.Client.GetStringAsync("standin/files");
        Assert.Contains("/etc/grafana/grafana.ini\n", files, StringComparison.Ordinal);
        Assert.Contains("/etc/dashboards/one.json\n", files, StringComparison.Ordinal);
        Assert.Equal("{}", await grafana.Client.GetStringAsync("standin/files/etc/dashboards/one.json"));
    }

    [DockerFact(AsksStandIns = true)]
    public async Task GrafanaDoesNotStartWhenItsOwnFilesAreHidden()
    {
        var result = await DockerEngine.RunAsync("docker", ["run", "--rm", "--tmpfs", "/etc/grafana", ContainerImages.Grafana], TimeSpan.FromMinutes(1));

        Assert.Equal((1, "GF_PATHS_CONFIG='/etc/grafana/grafana.ini' is not readable.\n"), (result.ExitCode, result.Output));
    }

    [DockerFact(AsksStandIns = true)]
    public async Task PrometheusTakesWhatCAdvisorSays()
    {
        using var configuration = new TempDirectory();
        var file = Path.Combine(configuration.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(file, "scrape_configs: [{job_name: cadvisor, scrape_interval: 1s, static_configs: [{targets: ['cadvisor:8080']}]}]");
        await using var cAdvisor = await RunningContainer.StartAsync(ContainerImages.CAdvisor, 8080, "healthz", "--network-alias", "cadvisor");
        await using var prometheus = await RunningContainer.StartAsync(ContainerImages.Prometheus, 9090, "-/ready", "--volume", $"{file}:/etc/prometheus/prometheus.yml:ro");

        var query = Uri.EscapeDataString("""container_cpu_usage_seconds_total{container_label_com_docker_compose_service="backend"}""");
        await Eventually.TrueAsync(async () => (await prometheus.Client.GetStringAsync($"api/v1/query?query={query}")).Contains("\"42.982202\"", StringComparison.Ordinal),
            "the recorded value has been scraped");
    }

    [GeneratedRegex("(?:src|href)=\"(/classic/static/[^\"]+)\"")]
    private static partial Regex PartOfPage();
}
