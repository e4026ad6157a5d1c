using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.CAdvisor;
using Transcendence.Hosting.Grafana;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

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

    /// <summary>Makes the image of PostgreSQL, or pulls it, as <see cref="DockerEngine"/> does with the others.</summary>
    public static async Task MakePostgreSqlAsync()
    {
        if (DockerEngine.HasStandIns)
        {
            var script = Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Tests", "Containers", "postgres.sh");
            var made = await DockerEngine.RunAsync("bash", [script, PostgreSql], TimeSpan.FromMinutes(5));
            Assert.True(made.ExitCode == 0, $"{script} failed:\n{made.Error}");
        }
    }

    private static string NameOfPostgreSql()
    {
        var postgres = DistributedApplication.CreateBuilder().AddPostgres("postgres");
        Assert.True(postgres.Resource.TryGetContainerImageName(out var name));
        return name;
    }
}
