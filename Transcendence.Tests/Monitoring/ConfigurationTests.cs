using System.Globalization;
using System.Text.Json;
using Transcendence.Alerts.Inbox;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring;

/// <summary>What the configuration files promise to the AppHost, to the inbox and to each other.</summary>
public sealed class ConfigurationTests
{
    private static readonly YamlNode Prometheus = MonitoringFiles.ReadYaml("prometheus", "prometheus.yml");
    private static readonly YamlNode Alertmanager = MonitoringFiles.ReadYaml("alertmanager", "alertmanager.yml");

    [Fact]
    public void Prometheus_scrapes_and_evaluates_every_fifteen_seconds()
    {
        Assert.Equal("15s", Prometheus.At("global").Text("scrape_interval"));
        Assert.Equal("15s", Prometheus.At("global").Text("evaluation_interval"));
    }

    [Fact]
    public void Prometheus_has_the_seven_jobs_and_one_for_further_services() =>
        Assert.Equal(
            ["backend", "gateway", "alerts", "prometheus", "alertmanager", "grafana", "cadvisor", "services"],
            Prometheus.Items("scrape_configs").Select(job => job.Text("job_name")));

    [Theory]
    [InlineData("backend", "backend:8000")]
    [InlineData("gateway", "gateway:8083")]
    [InlineData("alerts", "alerts:8082")]
    [InlineData("prometheus", "prometheus:9090")]
    [InlineData("alertmanager", "alertmanager:9093")]
    [InlineData("grafana", "grafana:3000")]
    [InlineData("cadvisor", "cadvisor:8080")]
    public void A_job_takes_its_target_from_its_file(string name, string target)
    {
        var job = Assert.Single(Prometheus.Items("scrape_configs"), job => job.Text("job_name") == name);
        Assert.False(job.Has("static_configs"));
        Assert.False(job.Has("metrics_path") && job.Text("metrics_path") != "/metrics");
        Assert.Equal([$"targets/{name}.json"], Assert.Single(job.Items("file_sd_configs")).Texts("files"));

        using var file = JsonDocument.Parse(File.ReadAllText(MonitoringFiles.PathOf("prometheus", "targets", name + ".json")));
        var group = Assert.Single(file.RootElement.EnumerateArray());
        Assert.Equal(target, Assert.Single(group.GetProperty("targets").EnumerateArray()).GetString());
    }

    [Fact]
    public void Prometheus_sends_its_alerts_to_the_alertmanager()
    {
        var alertmanager = Assert.Single(Prometheus.At("alerting").Items("alertmanagers"));
        Assert.Equal(["alertmanager:9093"], Assert.Single(alertmanager.Items("static_configs")).Texts("targets"));
    }

    [Fact]
    public void Alertmanager_sends_everything_to_the_inbox_and_says_when_it_is_over()
    {
        Assert.Equal("inbox", Alertmanager.At("route").Text("receiver"));
        Assert.False(Alertmanager.At("route").Has("routes"));
        var receiver = Assert.Single(Alertmanager.Items("receivers"));
        Assert.Equal("inbox", receiver.Text("name"));
        var webhook = Assert.Single(receiver.Items("webhook_configs"));
        Assert.Equal("http://alerts:8082/api/alerts/webhook", webhook.Text("url"));
        Assert.Equal("true", webhook.Text("send_resolved"));
    }

    [Fact]
    public void The_inbox_waits_for_two_repetitions_before_it_takes_an_alert_for_ended()
    {
        var repeatInterval = Alertmanager.At("route").Text("repeat_interval");
        Assert.Matches("^[0-9]+m$", repeatInterval);
        Assert.True(new AlertsOptions().ExpireAfter > 2 * TimeSpan.FromMinutes(int.Parse(repeatInterval[..^1], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Grafana_has_Prometheus_as_its_default_data_source()
    {
        var source = Assert.Single(MonitoringFiles.ReadYaml("grafana", "provisioning", "datasources", "datasource.yml").Items("datasources"));
        Assert.Equal("prometheus", source.Text("type"));
        Assert.Equal("prometheus", source.Text("uid"));
        Assert.Equal("http://prometheus:9090", source.Text("url"));
        Assert.Equal("true", source.Text("isDefault"));
        Assert.Equal(Prometheus.At("global").Text("scrape_interval"), source.At("jsonData").Text("timeInterval"));
    }

    [Fact]
    public void Grafana_takes_its_dashboards_from_files()
    {
        var provider = Assert.Single(MonitoringFiles.ReadYaml("grafana", "provisioning", "dashboards", "dashboards.yml").Items("providers"));
        Assert.Equal("file", provider.Text("type"));
        Assert.Equal("ft_transcendence", provider.Text("folder"));
        Assert.Equal("/etc/grafana/dashboards", provider.At("options").Text("path"));
        Assert.True(Directory.Exists(MonitoringFiles.PathOf("grafana", "dashboards")));
    }
}
