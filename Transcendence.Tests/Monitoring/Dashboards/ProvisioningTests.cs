using YamlDotNet.RepresentationModel;

namespace Transcendence.Tests.Monitoring.Dashboards;

/// <summary>The provisioning files, as Grafana's documentation has them (Administration, "Provision Grafana").</summary>
public sealed class ProvisioningTests
{
    private static readonly YamlMappingNode DataSources = MonitoringFiles.ReadYaml("grafana", "provisioning", "datasources", "datasource.yml");
    private static readonly YamlMappingNode Dashboards = MonitoringFiles.ReadYaml("grafana", "provisioning", "dashboards", "dashboards.yml");

    [Fact]
    public void A_data_source_has_only_what_Grafana_knows()
    {
        AssertKeys(DataSources, ["apiVersion", "datasources", "deleteDatasources", "prune"]);
        Assert.Equal("1", DataSources.Text("apiVersion"));
        foreach (var source in DataSources.Items("datasources"))
        {
            AssertKeys(
                source,
                [
                    "name", "type", "access", "orgId", "uid", "url", "user", "database", "basicAuth", "basicAuthUser", "withCredentials", "isDefault",
                    "jsonData", "secureJsonData", "version", "editable",
                ]);
            Assert.Contains(source.Text("access"), (string[])["proxy", "direct"]);
            // Of the data source prometheus: "Provision the data source" in its documentation.
            AssertKeys(
                source.At("jsonData"),
                [
                    "httpMethod", "manageAlerts", "allowAsRecordingRulesTarget", "prometheusType", "prometheusVersion", "cacheLevel", "disableRecordingRules",
                    "timeInterval", "queryTimeout", "incrementalQuerying", "incrementalQueryOverlapWindow", "disableMetricsLookup", "customQueryParameters",
                    "defaultEditor", "exemplarTraceIdDestinations",
                ]);
            Assert.Contains(source.At("jsonData").Text("httpMethod"), (string[])["POST", "GET"]);
        }
    }

    [Fact]
    public void The_data_source_is_the_one_that_the_dashboards_choose()
    {
        var source = Assert.Single(DataSources.Items("datasources"));
        foreach (var variable in DashboardFile.All.SelectMany(dashboard => dashboard.Variables).Where(variable => variable.Type == "datasource"))
        {
            Assert.Equal(source.Text("type"), variable.Query);
            Assert.Equal(source.Text("uid"), variable.Json.GetProperty("current").GetProperty("value").GetString());
            Assert.Equal(source.Text("name"), variable.Json.GetProperty("current").GetProperty("text").GetString());
        }
    }

    [Fact]
    public void A_provider_of_dashboards_has_only_what_Grafana_knows()
    {
        AssertKeys(Dashboards, ["apiVersion", "providers"]);
        Assert.Equal("1", Dashboards.Text("apiVersion"));
        foreach (var provider in Dashboards.Items("providers"))
        {
            AssertKeys(provider, ["name", "orgId", "folder", "folderUid", "type", "disableDeletion", "updateIntervalSeconds", "allowUiUpdates", "options"]);
            AssertKeys(provider.At("options"), ["path", "foldersFromFilesStructure"]);
        }
    }

    [Fact]
    public async Task Grafana_looks_where_the_model_puts_the_files()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_AppHost>(
            ["--Tools:Run=containers", "--Parameters:grafana-admin-password=x", "--Parameters:grafana-secret-key=x"]);
        var mounts = builder.Resources.Single(resource => resource.Name == "grafana").Annotations.OfType<ContainerMountAnnotation>();
        var provider = Assert.Single(Dashboards.Items("providers"));
        Assert.Contains(provider.At("options").Text("path"), mounts.Select(mount => mount.Target));
    }

    private static void AssertKeys(YamlNode node, string[] known) =>
        Assert.All(((YamlMappingNode)node).Children.Keys, key => Assert.Contains(((YamlScalarNode)key).Value, known));
}
