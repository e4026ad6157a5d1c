using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>Targets that a user adds to the files of the configuration. In an application of their own: their series are found long after they are gone.</summary>
internal static class TargetsByHand
{
    private static readonly (string Text, string Words)[] s_faulty =
    [
        ("""[{ "targets": "localhost:1" }]""", "promtool says:"),
        ("""[{ "targets": ["localhost:1"] }, { "targts": ["localhost:2"] }]""", "targts"),
        ("""[{ "targets": ["http://localhost:1/metrics"] }]""", "has the target 'http://localhost:1/metrics', which is no HOST:PORT"),
        ("[{\n", "json is no list of targets; what was in force before stays so. Line 2:"),
    ];

    /// <summary>Adds some, sees them scraped, and sees them go.</summary>
    public static async Task AreScrapedAndStayAsync(ToolForm form)
    {
        // With HTTPS, and a certificate that nobody knows.
        using var directory = new TempDirectory();
        using (var key = RSA.Create())
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllBytesAsync(directory["certificate.pfx"], certificate.Export(X509ContentType.Pfx, "secret"));
        }

        await using var application = await Application.StartAsync(form, builder =>
        {
            builder.AddProject<Projects.Transcendence_Processes>("secure", options => options.ExcludeLaunchProfile = true)
                .WithHttpEndpoint(isProxied: false).WithHttpsEndpoint(isProxied: false)
                .WithEnvironment("Processes__File", directory["processes.json"])
                .WithEnvironment("ASPNETCORE_Kestrel__Certificates__Default__Path", directory["certificate.pfx"])
                .WithEnvironment("ASPNETCORE_Kestrel__Certificates__Default__Password", "secret")
                .WithMetrics();
        });
        await application.WaitHealthyAsync("prometheus", "alertmanager", "alerts");

        // Prometheus under another name: something that answers for certain, in both ways of running.
        var own = application.Form is ToolForm.Containers ? "localhost:9090" : application.App.GetEndpoint("prometheus", "http").Authority.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        var alerts = application.App.GetEndpoint("alerts", "http").Port;
        // Named as what it has, as the README beside it shows.
        var file = Path.Combine(application.Monitoring, "prometheus", "targets", "services", $"{own.Split(':')[0]}.json");
        var job = Path.Combine(application.Monitoring, "prometheus", "targets", "alertmanager.json");
        var runtime = Path.Combine(application.Monitoring, "prometheus", "targets", "runtime.json");
        var before = await File.ReadAllTextAsync(job);
        try
        {
            await File.WriteAllTextAsync(file, $$"""[{ "targets": ["{{own}}"], "labels": { "job": "by-hand" } }]""");
            await File.WriteAllTextAsync(job, $$"""
                [
                  { "targets": ["alertmanager:9093", "{{own}}"], "labels": { "team": "pong" } },
                  { "targets": ["alerts:8082"], "labels": { "__metrics_path__": "/metrics/otel" } }
                ]
                """);
            await File.WriteAllTextAsync(runtime, """[{ "targets": ["secure:1"], "labels": { "service": "secure" } }]""");
            await application.CommandAsync("prometheus", "reload");
            await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="runtime", service="secure"}""")) is [{ Value: 1 }], "its second page is scraped", TimeSpan.FromSeconds(60));
            using (var targets = await application.GetJsonAsync("prometheus", "/api/v1/targets?state=active"))
            {
                Assert.Single(targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray(), target => target.GetProperty("labels").GetProperty("job").GetString() == "secure");
            }

            await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="secure"}""")) is [{ Value: 1 }], "a service with HTTPS is scraped", TimeSpan.FromSeconds(60));
            await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="by-hand"}""")) is [{ Value: 1 }], "the target is scraped", TimeSpan.FromSeconds(60));
            await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="alertmanager", team="pong"} == 1""")).Count == 2, "so is the one beside Alertmanager, with the label of their group", TimeSpan.FromSeconds(60));
            foreach (var (text, words) in s_faulty)
            {
                await File.WriteAllTextAsync(file, text);
                var refused = await application.App.ResourceCommands.ExecuteCommandAsync("prometheus", "reload");
                Assert.False(refused.Success, text);
                Assert.Contains(words, refused.Message, StringComparison.Ordinal);
                Assert.Contains("what was in force before stays so", refused.Message, StringComparison.Ordinal);
            }

            await Eventually.TrueAsync(async () => (await application.QueryAsync($$"""up{job="alertmanager", instance=~".*:{{alerts}}"} == 1""")).Count == 1, "so is a resource by its name, at another path", TimeSpan.FromSeconds(60));
        }
        finally
        {
            File.Delete(file);
            await File.WriteAllTextAsync(job, before);
            await application.CommandAsync("prometheus", "reload");
        }

        // A file that is gone is gone for Prometheus too, although it was told to reload just then.
        await Eventually.TrueAsync(
            async () =>
            {
                using var targets = await application.GetJsonAsync("prometheus", "/api/v1/targets");
                return !targets.RootElement.ToString().Contains("by-hand", StringComparison.Ordinal) && !targets.RootElement.ToString().Contains("pong", StringComparison.Ordinal);
            },
            "the targets are gone",
            TimeSpan.FromSeconds(60));
    }
}

/// <summary>With the tools as executables.</summary>
public sealed class TargetsByHandWithExecutablesTests
{
    [Fact]
    public Task ATargetThatWasAddedByHandIsScrapedAndStays() => TargetsByHand.AreScrapedAndStayAsync(ToolForm.Executables);
}

/// <summary>With the tools as containers.</summary>
[Collection(ContainerTests.Name)]
public sealed class TargetsByHandWithContainersTests
{
    [DockerFact]
    public Task ATargetThatWasAddedByHandIsScrapedAndStays() => EngineTurn.RunAsync(() => TargetsByHand.AreScrapedAndStayAsync(ToolForm.Containers));
}
