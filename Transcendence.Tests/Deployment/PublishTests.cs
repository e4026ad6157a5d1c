using Transcendence.Tests.Infrastructure;
using YamlDotNet.Serialization;

namespace Transcendence.Tests.Deployment;

/// <summary>What <c>aspire publish</c> writes for our application.</summary>
public sealed class PublishTests
{
    // Of a service and of the file: what Compose 1.29 and version 2 both know, by their schemas.
    private static readonly string[] s_known =
    [
        "image", "container_name", "user", "command", "environment", "ports", "networks", "volumes", "tmpfs", "healthcheck", "restart", "stop_grace_period", "read_only", "cap_drop", "cap_add",
        "security_opt", "mem_limit", "cpus", "pids_limit", "logging",
    ];

    [Fact]
    public async Task WhatIsCommittedIsWhatIsPublishedAndTwiceChangesNothing()
    {
        using var directory = new TempDirectory();
        var first = await Publication.PublishAsync(directory["site"]);
        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        Assert.Contains("+ docker-compose.yaml", first.Output, StringComparison.Ordinal);

        // What drills break is for run mode only.
        Assert.DoesNotContain(Publication.FilesOf(directory["site"]), file => file.Value.Contains("Transcendence.Faults", StringComparison.OrdinalIgnoreCase) || file.Value.Contains("STARTUP_HOOKS", StringComparison.Ordinal));

        // To mend it: dotnet aspire publish -o deploy
        Assert.Equal(Publication.FilesOf(Publication.Committed), Publication.FilesOf(directory["site"]));

        // All that a tool reads: objectives.yml is what rules are made of here, and runbooks are in the inbox's image.
        var monitoring = Path.Combine(ServiceProcess.RepositoryRoot, "monitoring");
        foreach (var file in Directory.EnumerateDirectories(monitoring).Where(tool => Path.GetFileName(tool) != "runbooks").SelectMany(tool => Directory.EnumerateFiles(tool, "*", SearchOption.AllDirectories)))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(directory[$"site/{Path.GetRelativePath(ServiceProcess.RepositoryRoot, file)}"]));
        }

        var written = Times();
        var second = await Publication.PublishAsync(directory["site"]);
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("nothing changed", second.Output, StringComparison.Ordinal);
        Assert.Equal(written, Times());

        Dictionary<string, DateTime> Times() => Directory.EnumerateFiles(directory["site"], "*", SearchOption.AllDirectories).ToDictionary(file => file, File.GetLastWriteTimeUtc);
    }

    [Fact]
    public async Task WithPostgreSqlTheBackendAloneReachesItsServer()
    {
        using var directory = new TempDirectory();
        var published = await Publication.PublishAsync(directory["site"], "--Database=PostgreSQL");
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        var services = new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, object>>>>(
            (await File.ReadAllTextAsync(directory["site/docker-compose.yaml"])).Split("\nvolumes:")[0])["services"];
        Assert.Equal(["backend", "postgres"], services.Where(s => ((Dictionary<object, object>)s.Value["networks"]).ContainsKey("data")).Select(s => s.Key).Order(StringComparer.Ordinal));
        var (backend, postgres) = (services["backend"], services["postgres"]);
        Assert.StartsWith("Host=postgres;Port=5432;Username=postgres;Password=${POSTGRES_PASSWORD:?", (string)((Dictionary<object, object>)backend["environment"])["ConnectionStrings__backend"], StringComparison.Ordinal);
        Assert.Equal("service_healthy", ((Dictionary<object, object>)((Dictionary<object, object>)backend["depends_on"])["postgres"])["condition"]);
        Assert.DoesNotContain("volumes", backend.Keys);
        Assert.DoesNotContain("ports", postgres.Keys);
        Assert.Single((Dictionary<object, object>)postgres["networks"]);
        Assert.Equal("999:999", postgres["user"]);
        Assert.Subset(s_known.Append("depends_on").Append("expose").ToHashSet(), services.Values.SelectMany(s => s.Keys).ToHashSet());
        Assert.InRange(Publication.Env(directory["site/.env"])["POSTGRES_PASSWORD"].Length, 20, 100);

        // On a Swarm nobody reads the password where the rest of the file is read.
        var stack = StackOf(directory["site"]);
        Assert.Equal("/run/secrets/POSTGRES_PASSWORD", ((Dictionary<object, object>)((Dictionary<object, object>)stack["services"]["postgres"])["environment"])["POSTGRES_PASSWORD_FILE"]);
        Assert.Equal(["POSTGRES_PASSWORD", "backend-BACKEND_URI", "backend-ConnectionStrings__backend"], stack["secrets"].Keys.Where(k => !k.StartsWith("GF_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal("3", DeployOf(stack, "backend")["replicas"]);
        Assert.DoesNotContain("placement", DeployOf(stack, "backend").Keys);
        await CheckPrometheusAsync(directory["site"]);
    }

    [Fact]
    public async Task WhatIsWrittenForASwarmFollowsItsSettings()
    {
        // By default: two of each tool that alerts go through, and one backend, as it keeps its data itself.
        var stack = StackOf(Publication.Committed);
        Assert.Equal(["alertmanager", "prometheus"], stack["services"].Keys.Where(name => DeployOf(stack, name).GetValueOrDefault("replicas") is "2").Order(StringComparer.Ordinal));
        Assert.Equal(["cadvisor", "gateway"], stack["services"].Keys.Where(name => DeployOf(stack, name).GetValueOrDefault("mode") is "global").Order(StringComparer.Ordinal));
        Assert.Equal(["alerts", "backend", "grafana"], stack["services"].Keys.Where(name => DeployOf(stack, name).ContainsKey("placement")).Order(StringComparer.Ordinal));
        Assert.Contains("replica: '${REPLICA}'", await CheckPrometheusAsync(Publication.Committed), StringComparison.Ordinal);
        await CheckRulesOfTasksAsync();

        using var directory = new TempDirectory();
        var published = await Publication.PublishAsync(directory["site"], "--Replicas:prometheus=1", "--Replicas:alertmanager=1", "--Prometheus:RemoteWrite=http://store:8428/api/v1/write");
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        var alone = await CheckPrometheusAsync(directory["site"]);
        Assert.DoesNotContain("REPLICA", alone, StringComparison.Ordinal);
        Assert.Contains("url: 'http://store:8428/api/v1/write'", alone, StringComparison.Ordinal);
        Assert.DoesNotContain("cluster.peer", await File.ReadAllTextAsync(directory["site/docker-stack.yaml"]), StringComparison.Ordinal);

        foreach (var (setting, message) in ((string, string)[])[
            ("--Replicas:backend=2", "Replicas:backend=2 cannot be: backend keeps its data in a volume, which tasks do not share. Set Database=PostgreSQL too."),
            ("--Replicas:bakcend=2", "Replicas:bakcend is set, and there is no service 'bakcend'. There are backend, "),
            ("--Replicas:prometheus=many", "Replicas:prometheus=many is no number of tasks. Set it to 1 or more, at most 100.")])
        {
            var refused = await Publication.PublishAsync(directory["none"], setting);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(message, refused.Output, StringComparison.Ordinal);
            Assert.False(Directory.Exists(directory["none"]));
        }
    }

    [UnixFact]
    public async Task SecretsAreGeneratedOnceForEachServerAndNobodyElseReadsThem()
    {
        using var directory = new TempDirectory();
        await Publication.PublishAsync(directory["one"], "--Parameters:grafana-admin-user=student");
        await Publication.PublishAsync(directory["two"]);
        var (one, two) = (Publication.Env(directory["one/.env"]), Publication.Env(directory["two/.env"]));
        Assert.Equal("student", one["GF_SECURITY_ADMIN_USER"]);
        Assert.Equal(["GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_USER", "GF_SECURITY_SECRET_KEY"], one.Keys.Order(StringComparer.Ordinal));
        foreach (var secret in (string[])["GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_SECRET_KEY"])
        {
            Assert.InRange(one[secret].Length, 20, 100);
            Assert.NotEqual(one[secret], two[secret]);
            Assert.Equal("", Publication.Env(directory["one/.env.example"])[secret]);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(directory["one/.env"]));
        Assert.Equal(".env\n", await File.ReadAllTextAsync(directory["one/.gitignore"]));

        // What the user has written stays, and what is missing is added.
        var own = "# mine\nGF_SECURITY_ADMIN_PASSWORD='se$cret'\n";
        File.Delete(directory["one/.env"]);
        await File.WriteAllTextAsync(directory["one/.env"], own); // Others may read it, until it has secrets.
        var again = await Publication.PublishAsync(directory["one"]);
        Assert.Contains("GF_SECURITY_SECRET_KEY", again.Output, StringComparison.Ordinal);
        Assert.StartsWith(own, await File.ReadAllTextAsync(directory["one/.env"]), StringComparison.Ordinal);
        Assert.NotEqual("", Publication.Env(directory["one/.env"])["GF_SECURITY_SECRET_KEY"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(directory["one/.env"]));
    }

    [Fact]
    public async Task WhatIsNotOursOrWasChangedIsNotOverwritten()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["foreign"]);
        await File.WriteAllTextAsync(directory["foreign/docker-compose.yaml"], "services: {}\n");
        var refused = await Publication.PublishAsync(directory["foreign"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"'{directory["foreign/docker-compose.yaml"]}' was not written by `aspire publish`, and would be overwritten. Move it away, or publish to another directory with -o.", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
        Assert.Equal(["services: {}\n"], Publication.FilesOf(directory["foreign"]).Values);
        Assert.False(File.Exists(directory["foreign/.env"]));

        await Publication.PublishAsync(directory["changed"]);
        await File.AppendAllTextAsync(directory["changed/monitoring/prometheus/rules.yml"], "# mine\n");
        File.Delete(directory["changed/README.md"]);
        var before = Publication.FilesOf(directory["changed"]);
        refused = await Publication.PublishAsync(directory["changed"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("rules.yml' was changed since it was published, and the change would be lost.", refused.Output, StringComparison.Ordinal);
        Assert.Equal(before, Publication.FilesOf(directory["changed"]));
    }

    [Fact]
    public async Task ADirectoryThatCannotBeWrittenIsNamed()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["file"], "");
        var refused = await Publication.PublishAsync(directory["file/site"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"Nothing can be written to '{directory["file/site"]}'", refused.Output, StringComparison.Ordinal);
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(directory.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void TheFileIsOfTheKindThatBothVersionsOfComposeTake()
    {
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, object>>>(File.ReadAllText(Path.Combine(Publication.Committed, "docker-compose.yaml")));
        Assert.Equal(["services", "networks", "volumes"], file.Keys);
        Assert.Equal(["backend", "gateway", "alerts", "alertmanager", "prometheus", "grafana", "cadvisor"], file["services"].Keys);
        Assert.Superset(new HashSet<string> { "prometheus-data", "grafana-data" }, file["volumes"].Keys.ToHashSet());
        foreach (var service in file["services"].Values.Cast<Dictionary<object, object>>())
        {
            Assert.Subset(s_known.ToHashSet(), service.Keys.Cast<string>().ToHashSet());
            Assert.Contains("test", ((Dictionary<object, object>)service["healthcheck"]).Keys);
            Assert.Matches(@"^\$\{[A-Z]+_IMAGE:-.+:.+\}$", (string)service["image"]);

            // Beyond this machine only what is meant to.
            var isPublic = service["container_name"] is "gateway" or "grafana";
            var ports = service.GetValueOrDefault("ports") as List<object> ?? [];
            Assert.Equal(isPublic ? 1 : 0, ports.Cast<string>().Count(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)));
        }

        // Retention and Grafana's settings, as in the seed.
        var text = File.ReadAllText(Path.Combine(Publication.Committed, "docker-compose.yaml"));
        Assert.Contains("--storage.tsdb.retention.time=15d", text, StringComparison.Ordinal);
        Assert.Contains("GF_AUTH_ANONYMOUS_ENABLED: \"false\"", text, StringComparison.Ordinal);
        Assert.Contains("GF_USERS_ALLOW_SIGN_UP: \"false\"", text, StringComparison.Ordinal);
    }

    private static Dictionary<string, Dictionary<string, object>> StackOf(string site)
    {
        var yaml = File.ReadAllText(Path.Combine(site, "docker-stack.yaml"));
        return new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, object>>>(yaml[yaml.IndexOf("services:", StringComparison.Ordinal)..]);
    }

    private static Dictionary<object, object> DeployOf(Dictionary<string, Dictionary<string, object>> stack, string service) =>
        (Dictionary<object, object>)((Dictionary<object, object>)stack["services"][service])["deploy"];

    // As a task has it: what is other on a Swarm in the place of what is not.
    private static async Task<string> CheckPrometheusAsync(string site)
    {
        using var directory = new TempDirectory();
        foreach (var source in (string[])["monitoring/prometheus", "stack/monitoring/prometheus"])
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(site, source), "*", SearchOption.AllDirectories))
            {
                var target = directory[Path.GetRelativePath(Path.Combine(site, source), file)];
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }
        }

        var (exitCode, output) = await RealTools.RunAsync("promtool", "check", "config", directory["prometheus.yml"]);
        Assert.True(exitCode == 0, output);
        Assert.Contains("4 rule files found", output, StringComparison.Ordinal);
        return await File.ReadAllTextAsync(directory["prometheus.yml"]);
    }

    private static async Task CheckRulesOfTasksAsync()
    {
        using var directory = new TempDirectory();
        File.Copy(Path.Combine(Publication.Committed, "stack", "monitoring", "prometheus", "tasks.yml"), directory["tasks.yml"]);
        await File.WriteAllTextAsync(directory["test.yml"], """
            rule_files: [tasks.yml]
            evaluation_interval: 15s
            tests:
              - interval: 15s
                input_series:
                  - { series: 'up{job="prometheus", instance="10.0.1.2:9090"}', values: 1x120 }
                  - { series: 'up{job="prometheus", instance="10.0.1.3:9090"}', values: 1x20 stale _x39 1x60 }
                  - { series: 'up{job="gateway", instance="10.0.1.4:8083"}', values: 1x20 stale }
                  - { series: 'up{job="backend", instance="10.0.1.5:8000"}', values: 1x4 stale }
                  - { series: 'up{job="backend", instance="10.0.1.6:8000"}', values: _x5 1x4 stale }
                  - { series: 'up{job="backend", instance="10.0.1.7:8000"}', values: _x10 1x4 stale }
                  - { series: 'up{job="backend", instance="10.0.1.8:8000"}', values: _x15 1x4 stale }
                  - { series: 'up{job="backend", instance="10.0.1.9:8000"}', values: _x20 1x120 }
                  - { series: 'up{job="alerts", instance="10.0.1.9:8082"}', values: 1x120 }
                  - { series: 'up{job="alertmanager", instance="10.0.1.9:9093"}', values: 1x120 }
                  - { series: 'up{job="alertmanager", instance="10.0.1.8:9093"}', values: 1x120 }
                  - { series: 'up{job="grafana", instance="10.0.1.9:3000"}', values: 1x120 }
                  - { series: 'up{job="cadvisor", instance="10.0.1.9:8080"}', values: 1x120 }
                promql_expr_test:
                  - expr: sort_desc(ALERTS{alertstate="firing"})
                    eval_time: 4m
                    exp_samples: []
                  - expr: ALERTS{alertstate="firing", alertname="TasksMissing"}
                    eval_time: 9m
                    exp_samples:
                      - { labels: 'ALERTS{alertname="TasksMissing", alertstate="firing", job="prometheus", service="prometheus", severity="warning"}', value: 1 }
                      - { labels: 'ALERTS{alertname="TasksMissing", alertstate="firing", job="gateway", service="gateway", severity="critical"}', value: 1 }
                  - expr: ALERTS{alertstate="firing", alertname="CrashLoop"}
                    eval_time: 9m
                    exp_samples: [{ labels: 'ALERTS{alertname="CrashLoop", alertstate="firing", job="backend", service="backend", severity="warning"}', value: 1 }]
                  - expr: ALERTS{alertstate="firing"}
                    eval_time: 25m
                    exp_samples: [{ labels: 'ALERTS{alertname="TasksMissing", alertstate="firing", job="gateway", service="gateway", severity="critical"}', value: 1 }]
            """);
        var (exitCode, output) = await RealTools.RunAsync("promtool", "test", "rules", directory["test.yml"]);
        Assert.True(exitCode == 0, output);
    }

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file);
}
