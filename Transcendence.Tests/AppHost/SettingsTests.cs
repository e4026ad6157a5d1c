using Transcendence.Hosting.Prometheus;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>Every setting acts.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task APortIsThatOfTheSettings()
    {
        await using var builder = await CreateAsync("--Ports:backend=18001", "--Ports:gateway-management=18002", "--Ports:grafana=18003");
        Assert.Equal((18001, 18001), PortsOf("backend", "http"));
        Assert.Equal((18002, 18002), PortsOf("gateway", "management"));
        Assert.Equal((18003, 18003), PortsOf("grafana", "http"));
        Assert.Equal((8080, 8080), PortsOf("gateway", "http"));

        (int?, int?) PortsOf(string resource, string endpoint)
        {
            var found = Endpoints(builder, resource).Single(e => e.Name == endpoint);
            return (found.Port, found.TargetPort);
        }
    }

    [Fact]
    public async Task AContainerKeepsItsOwnPort()
    {
        await using var builder = await CreateAsync("--Tools:Run=containers", "--Ports:prometheus=18004");
        var endpoint = Assert.Single(Endpoints(builder, "prometheus"));
        Assert.Equal((18004, 9090), (endpoint.Port, endpoint.TargetPort));
    }

    [Theory]
    [InlineData("executables")]
    [InlineData("containers")]
    public async Task NoEndpointHasAProxyBeforeItOrIsOpenToOthers(string form)
    {
        await using var builder = await CreateAsync($"--Tools:Run={form}");
        Assert.All(builder.Resources.OfType<IResourceWithEndpoints>().SelectMany(r => r.Annotations.OfType<EndpointAnnotation>()), endpoint =>
        {
            Assert.False(endpoint.IsProxied);
            Assert.Equal("localhost", endpoint.TargetHost);
        });
    }

    [Theory]
    [InlineData("executables", typeof(PrometheusExecutableResource), typeof(AlertmanagerExecutableResource), typeof(CAdvisorProjectResource))]
    [InlineData("containers", typeof(PrometheusContainerResource), typeof(AlertmanagerContainerResource), typeof(CAdvisorContainerResource))]
    public async Task TheToolsRunAsTheSettingSays(string form, Type prometheus, Type alertmanager, Type cadvisor)
    {
        await using var builder = await CreateAsync($"--Tools:Run={form}");
        Assert.IsType(prometheus, builder.Resources.Single(r => r.Name == "prometheus"));
        Assert.IsType(alertmanager, builder.Resources.Single(r => r.Name == "alertmanager"));
        Assert.IsType(cadvisor, builder.Resources.Single(r => r.Name == "cadvisor"));
    }

    [Theory]
    [InlineData("executables")]
    [InlineData("containers")]
    public async Task TheRetentionIsThatOfTheSettings(string form)
    {
        await using var builder = await CreateAsync($"--Tools:Run={form}", "--Prometheus:Retention=30d", "--Prometheus:RetentionSize=2GB");
        var prometheus = (IResourceWithArgs)builder.Resources.Single(r => r.Name == "prometheus");
        var context = new CommandLineArgsCallbackContext([], prometheus);
        foreach (var callback in prometheus.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        Assert.Contains("--storage.tsdb.retention.time=30d", context.Args);
        Assert.Contains("--storage.tsdb.retention.size=2GB", context.Args);
    }

    [Fact]
    public async Task WhoIsToldIsWhomTheSettingsName()
    {
        await using var builder = await CreateAsync("--Notify:Slack=http://localhost/slack", "--Notify:Heartbeat=http://localhost/heart");
        var inbox = (IResourceWithEnvironment)builder.Resources.Single(r => r.Name == "alerts");
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, inbox, []);
        foreach (var callback in inbox.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        Assert.Equal(
            [("Notify__Heartbeat", "http://localhost/heart"), ("Notify__Slack", "http://localhost/slack")],
            context.EnvironmentVariables.Where(variable => variable.Key.StartsWith("Notify", StringComparison.Ordinal)).Select(variable => (variable.Key, (string)variable.Value)).Order());
    }

    [Fact]
    public async Task TheBackendsDataIsInPostgreSqlWhereTheSettingSaysSo()
    {
        await using var sqlite = await CreateAsync("--Database=sqlite");
        Assert.DoesNotContain(sqlite.Resources, r => r is PostgresServerResource);
        await using var builder = await CreateAsync("--Database=PostgreSQL", "--Tools:Run=executables");
        var server = Assert.Single(builder.Resources.OfType<PostgresServerResource>());
        Assert.Contains(builder.Resources.Single(r => r.Name == "backend").Annotations.OfType<WaitAnnotation>(), wait => wait.Resource == server);
        Assert.DoesNotContain(builder.Resources.Single(r => r.Name == "alerts").Annotations.OfType<WaitAnnotation>(), wait => wait.Resource == server);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => CreateAsync("--Database=mysql"));
        Assert.Equal("Database=mysql is not known. Set it to SQLite or PostgreSQL.", refused.GetBaseException().Message);
    }

    [Fact]
    public async Task SamplesAreHandedOnToTheUrlOfTheSettings()
    {
        await using var builder = await CreateAsync("--Prometheus:RemoteWrite=http://store:8428/api/v1/write");
        Assert.Equal("http://store:8428/api/v1/write", Assert.Single(builder.Resources.SelectMany(r => r.Annotations.OfType<RemoteWriteAnnotation>())).Url.ToString());
    }

    [Fact]
    public async Task DatabasesAreInTheDataDirectoryAndEachCheckoutHasItsOwn()
    {
        using var data = new TempDirectory();
        await using (var moved = await CreateAsync($"--DataDirectory={data.FullName}"))
        {
            Assert.Equal(Path.Combine(data.FullName, "backend", "backend.db"), moved.GetDataPath("backend", "backend.db"));
        }

        await using (var home = await CreateAsync("--DataDirectory=~/data"))
        {
            Assert.Equal(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "data", "backend"), home.GetDataPath("backend"));
        }

        await using var builder = await CreateAsync();
        Assert.Contains(builder.Configuration["AppHost:PathSha256"]![..10], builder.GetDataPath(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrafanaLetsNobodyInWithoutTheNameAndPasswordOfTheParameters()
    {
        await using var builder = await CreateAsync("--Tools:Run=containers", "--Parameters:grafana-admin-user=operator", "--Parameters:grafana-admin-password=my own");
        var grafana = (IGrafanaResource)builder.Resources.Single(r => r.Name == "grafana");
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, grafana);
        foreach (var callback in grafana.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        Assert.Equal("operator", await grafana.AdminUser.GetValueAsync(CancellationToken.None));
        Assert.Equal("my own", await grafana.AdminPassword.GetValueAsync(CancellationToken.None));
        Assert.Equal(grafana.AdminPassword, context.EnvironmentVariables["GF_SECURITY_ADMIN_PASSWORD"]);
        Assert.Equal(("false", "false"), (context.EnvironmentVariables["GF_AUTH_ANONYMOUS_ENABLED"], context.EnvironmentVariables["GF_USERS_ALLOW_SIGN_UP"]));
        Assert.Contains(grafana.Annotations.OfType<ContainerMountAnnotation>(), m => m is { Type: ContainerMountType.BindMount, Target: "/etc/grafana/provisioning", IsReadOnly: true });
        Assert.Contains(grafana.Annotations.OfType<ContainerMountAnnotation>(), m => m is { Target: "/etc/grafana/dashboards" } && m.Source == Path.Combine(ServiceProcess.RepositoryRoot, "monitoring", "grafana", "dashboards"));
        Assert.DoesNotContain(grafana.Annotations.OfType<ContainerMountAnnotation>(), m => m.Target == "/etc/grafana");
    }

    [Fact]
    public async Task VolumesAreOfThisApplicationAlone()
    {
        await using var builder = await CreateAsync("--Tools:Run=containers");
        var volumes = builder.Resources.SelectMany(r => r.Annotations.OfType<ContainerMountAnnotation>()).Where(m => m.Type == ContainerMountType.Volume).Select(m => m.Source!).ToList();
        Assert.Equal(3, volumes.Count);
        Assert.All(volumes, name => Assert.Matches("^transcendence.*-[0-9a-f]{10}-(prometheus|alertmanager|grafana)-data$", name));
    }

    private static IEnumerable<EndpointAnnotation> Endpoints(IDistributedApplicationTestingBuilder builder, string resource) =>
        builder.Resources.Single(r => r.Name == resource).Annotations.OfType<EndpointAnnotation>();

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_AppHost>(["--Tools:Run=executables", "--Parameters:grafana-secret-key=x", $"--ToolsDirectory={RealTools.Cache}", .. args]);
}
