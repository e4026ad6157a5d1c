using Transcendence.Alerts.Inbox;
using Transcendence.Alerts.Notify;
using Transcendence.Tests.Monitoring.Dashboards;
using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring;

/// <summary>What the configuration files promise to the AppHost, to the inbox and to each other.</summary>
public sealed class ConfigurationTests
{
    private static readonly YamlNode s_prometheus = MonitoringFiles.ReadYaml("prometheus", "prometheus.yml");
    private static readonly YamlNode s_dataSources = MonitoringFiles.ReadYaml("grafana", "provisioning", "datasources", "datasource.yml");
    private static readonly YamlNode s_dashboards = MonitoringFiles.ReadYaml("grafana", "provisioning", "dashboards", "dashboards.yml");
    private static readonly YamlNode s_alertmanager = MonitoringFiles.ReadYaml("alertmanager", "alertmanager.yml");

    [Fact]
    public void PrometheusScrapesAndEvaluatesEveryFifteenSeconds()
    {
        Assert.Equal("15s", s_prometheus.At("global").Text("scrape_interval"));
        Assert.Equal("15s", s_prometheus.At("global").Text("evaluation_interval"));
    }

    [Fact]
    public void PrometheusHasTheSevenJobsTheRuntimeOfOursAndOneForFurtherServices() =>
        Assert.Equal(
            ["backend", "gateway", "alerts", "prometheus", "alertmanager", "grafana", "cadvisor", "runtime", "services"],
            s_prometheus.Items("scrape_configs").Select(job => job.Text("job_name")));

    [Theory]
    [InlineData("backend", "backend:8000")]
    [InlineData("gateway", "gateway:8083")]
    [InlineData("alerts", "alerts:8082")]
    [InlineData("prometheus", "prometheus:9090")]
    [InlineData("alertmanager", "alertmanager:9093")]
    [InlineData("grafana", "grafana:3000")]
    [InlineData("cadvisor", "cadvisor:8080")]
    public void AJobTakesItsTargetFromItsFile(string name, string target)
    {
        var job = Assert.Single(s_prometheus.Items("scrape_configs"), job => job.Text("job_name") == name);
        Assert.False(job.Has("static_configs"));
        Assert.False(job.Has("metrics_path") && job.Text("metrics_path") != "/metrics");
        Assert.Equal([$"targets/{name}.json"], Assert.Single(job.Items("file_sd_configs")).Texts("files"));

        using var file = JsonDocument.Parse(File.ReadAllText(MonitoringFiles.PathOf("prometheus", "targets", name + ".json")));
        var group = Assert.Single(file.RootElement.EnumerateArray());
        Assert.Equal(target, Assert.Single(group.GetProperty("targets").EnumerateArray()).GetString());
    }

    [Fact]
    public void TheRuntimeIsThatOfEachServiceWhereItsMetricsAre()
    {
        var job = Assert.Single(s_prometheus.Items("scrape_configs"), job => job.Text("job_name") == "runtime");
        Assert.Equal("/metrics/otel", job.Text("metrics_path"));
        using var file = JsonDocument.Parse(File.ReadAllText(MonitoringFiles.PathOf("prometheus", "targets", "runtime.json")));
        Assert.Equal(
            [("backend", "backend:8000"), ("gateway", "gateway:8083"), ("alerts", "alerts:8082")],
            file.RootElement.EnumerateArray().Select(group => (group.GetProperty("labels").GetProperty("service").GetString()!, group.GetProperty("targets")[0].GetString()!)));
    }

    [Fact]
    public void PrometheusSendsItsAlertsToTheAlertmanager()
    {
        var alertmanager = Assert.Single(s_prometheus.At("alerting").Items("alertmanagers"));
        Assert.Equal(["alertmanager:9093"], Assert.Single(alertmanager.Items("static_configs")).Texts("targets"));
    }

    [Fact]
    public void AlertmanagerSendsEverythingToTheInboxAndSaysWhenItIsOver()
    {
        Assert.Equal("inbox", s_alertmanager.At("route").Text("receiver"));
        Assert.Equal(["watchdog", "inbox", "people"], s_alertmanager.At("route").Items("routes").Select(route => route.Text("receiver")));
        var receivers = s_alertmanager.Items("receivers").ToDictionary(each => each.Text("name"));
        Assert.Equal(
            NotifyApi.Names.Select(name => $"http://alerts:8082/api/notify/{name}"), receivers["people"].Items("webhook_configs").Select(webhook => webhook.Text("url")));
        var receiver = receivers["inbox"];
        var webhook = Assert.Single(receiver.Items("webhook_configs"));
        Assert.Equal("http://alerts:8082/api/alerts/webhook", webhook.Text("url"));
        Assert.Equal("true", webhook.Text("send_resolved"));
    }

    [Fact]
    public void TheInboxWaitsForTwoRepetitionsBeforeItTakesAnAlertForEnded()
    {
        var repeatInterval = s_alertmanager.At("route").Text("repeat_interval");
        Assert.Matches("^[0-9]+m$", repeatInterval);
        Assert.True(new AlertsOptions().ExpireAfter > 2 * TimeSpan.FromMinutes(int.Parse(repeatInterval[..^1], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void GrafanaHasPrometheusAsItsDefaultDataSource()
    {
        var source = Assert.Single(s_dataSources.Items("datasources"), source => source.Text("type") == "prometheus");
        Assert.Equal("prometheus", source.Text("uid"));
        Assert.Equal("http://prometheus:9090", source.Text("url"));
        Assert.Equal("true", source.Text("isDefault"));
        Assert.Equal(s_prometheus.At("global").Text("scrape_interval"), source.At("jsonData").Text("timeInterval"));
    }

    [Fact]
    public void GrafanaShowsTheAlertsOfTheAlertmanagerOnItsOwnPages()
    {
        var source = Assert.Single(s_dataSources.Items("datasources"), source => source.Text("type") == "alertmanager");
        Assert.Equal("alertmanager", source.Text("uid"));
        Assert.Equal("http://alertmanager:9093", source.Text("url"));
        Assert.Equal("prometheus", source.At("jsonData").Text("implementation"));
        Assert.Equal("false", source.At("jsonData").Text("handleGrafanaManagedAlerts"));
    }

    [Fact]
    public void WhatIsTakenOutOfTheFilesIsTakenOutOfGrafana()
    {
        Assert.Equal("true", s_dataSources.Text("prune"));
        Assert.Equal("false", Assert.Single(s_dashboards.Items("providers")).Text("disableDeletion"));
    }

    [Fact]
    public void GrafanaTakesItsDashboardsFromFiles()
    {
        var provider = Assert.Single(s_dashboards.Items("providers"));
        Assert.Equal("file", provider.Text("type"));
        Assert.Equal("Transcendence", provider.Text("folder"));
        Assert.Equal("transcendence", provider.Text("folderUid"));
        Assert.DoesNotContain(provider.Text("folder"), DashboardFile.All.Select(dashboard => dashboard.Json.GetProperty("title").GetString()));
        Assert.Equal("/etc/grafana/dashboards", provider.At("options").Text("path"));
        Assert.True(Directory.Exists(MonitoringFiles.PathOf("grafana", "dashboards")));
    }
}
