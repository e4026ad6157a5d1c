using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>The provisioning files, as Grafana's documentation has them (Administration, "Provision Grafana").</summary>
public sealed class ProvisioningTests
{
    private static readonly YamlMappingNode s_dataSources = MonitoringFiles.ReadYaml("grafana", "provisioning", "datasources", "datasource.yml");
    private static readonly YamlMappingNode s_dashboards = MonitoringFiles.ReadYaml("grafana", "provisioning", "dashboards", "dashboards.yml");

    [Fact]
    public void ADataSourceHasOnlyWhatGrafanaKnows()
    {
        AssertKeys(s_dataSources, ["apiVersion", "datasources", "deleteDatasources", "prune"]);
        Assert.Equal("1", s_dataSources.Text("apiVersion"));
        foreach (var source in s_dataSources.Items("datasources"))
        {
            AssertKeys(
                source,
                [
                    "name", "type", "access", "orgId", "uid", "url", "user", "database", "basicAuth", "basicAuthUser", "withCredentials", "isDefault",
                    "jsonData", "secureJsonData", "version", "editable",
                ]);
            Assert.Contains(source.Text("access"), (string[])["proxy", "direct"]);
            // "Provision the data source" in the documentation of each.
            AssertKeys(source.At("jsonData"), source.Text("type") == "alertmanager"
                ? ["implementation", "handleGrafanaManagedAlerts"]
                :
                [
                    "httpMethod", "manageAlerts", "allowAsRecordingRulesTarget", "prometheusType", "prometheusVersion", "cacheLevel", "disableRecordingRules",
                    "timeInterval", "queryTimeout", "incrementalQuerying", "incrementalQueryOverlapWindow", "disableMetricsLookup", "customQueryParameters",
                    "defaultEditor", "exemplarTraceIdDestinations",
                ]);
            Assert.True(source.Text("type") == "alertmanager" || source.At("jsonData").Text("httpMethod") is "POST" or "GET");
        }
    }

    [Fact]
    public void TheDataSourceIsTheOneThatTheDashboardsChoose()
    {
        var source = Assert.Single(s_dataSources.Items("datasources"), source => source.Text("type") == "prometheus");
        foreach (var variable in DashboardFile.All.SelectMany(dashboard => dashboard.Variables).Where(variable => variable.Type == "datasource"))
        {
            Assert.Equal(source.Text("type"), variable.Query);
            Assert.Equal(source.Text("uid"), variable.Json.GetProperty("current").GetProperty("value").GetString());
            Assert.Equal(source.Text("name"), variable.Json.GetProperty("current").GetProperty("text").GetString());
        }
    }

    [Fact]
    public void AProviderOfDashboardsHasOnlyWhatGrafanaKnows()
    {
        AssertKeys(s_dashboards, ["apiVersion", "providers"]);
        Assert.Equal("1", s_dashboards.Text("apiVersion"));
        foreach (var provider in s_dashboards.Items("providers"))
        {
            AssertKeys(provider, ["name", "orgId", "folder", "folderUid", "type", "disableDeletion", "updateIntervalSeconds", "allowUiUpdates", "options"]);
            AssertKeys(provider.At("options"), ["path", "foldersFromFilesStructure"]);
        }
    }

    [Fact]
    public async Task GrafanaLooksWhereTheModelPutsTheFiles()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_AppHost>(
            ["--Tools:Run=containers", "--Parameters:grafana-admin-password=x", "--Parameters:grafana-secret-key=x"]);
        var mounts = builder.Resources.Single(resource => resource.Name == "grafana").Annotations.OfType<ContainerMountAnnotation>();
        var provider = Assert.Single(s_dashboards.Items("providers"));
        Assert.Contains(provider.At("options").Text("path"), mounts.Select(mount => mount.Target));
    }

    private static void AssertKeys(YamlNode node, string[] known) =>
        Assert.All(((YamlMappingNode)node).Children.Keys, key => Assert.Contains(((YamlScalarNode)key).Value, known));
}
