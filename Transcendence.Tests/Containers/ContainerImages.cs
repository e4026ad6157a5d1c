using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.CAdvisor;
using Transcendence.Hosting.Grafana;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;

namespace Transcendence.Tests.Containers;

/// <summary>The images that the application names.</summary>
internal static class ContainerImages
{
    public static string Prometheus { get; } = $"{PrometheusTool.Tool.Image}";

    public static string Alertmanager { get; } = $"{AlertmanagerTool.Tool.Image}";

    public static string Grafana { get; } = $"{GrafanaTool.Tool.Image}";

    public static string CAdvisor { get; } = $"{CAdvisorTool.Tool.Image}";

    /// <summary>The image that Aspire's own integration names: it is in no model unless somebody asks for it.</summary>
    public static string PostgreSql { get; } = NameOfPostgreSql();

    /// <summary>All others, in the order of <c>images.sh</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [Prometheus, Alertmanager, Grafana, CAdvisor, ContainerRuntime.TunnelBaseImage];

    /// <summary>Makes the image of PostgreSQL where it cannot be pulled.</summary>
    public static Task MakePostgreSqlAsync() =>
        DockerEngine.HasStandIns ? DockerEngine.MakeAsync("postgres.sh", TimeSpan.FromMinutes(5), PostgreSql) : Task.CompletedTask;

    private static string NameOfPostgreSql()
    {
        var postgres = DistributedApplication.CreateBuilder().AddPostgres("postgres");
        Assert.True(postgres.Resource.TryGetContainerImageName(out var name));
        return name;
    }
}
