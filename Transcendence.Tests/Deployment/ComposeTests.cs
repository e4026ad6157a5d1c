using Aspire.Hosting.Docker;
using Microsoft.Extensions.Configuration;
using Transcendence.Hosting.Publishing;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>How the parts of any model are published.</summary>
public sealed class ComposeTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly IDistributedApplicationBuilder _builder;
    private readonly DockerComposeEnvironmentResource _environment;

    public ComposeTests()
    {
        Directory.CreateDirectory(_directory["app"]);
        _builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--operation", "publish", "--step", "publish", "--output-path", _directory["site"]],
            DisableDashboard = true,
            ProjectDirectory = _directory["app"],
        });
        _environment = _builder.AddDockerComposeEnvironment("compose").Resource;
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ValuesAreWrittenAsComposeReadsThem()
    {
        var password = _builder.AddParameter("database-password", new GenerateParameterDefault { MinLength = 20, Special = false }, secret: true);
        var store = _builder.AddContainer("store", "store", "1").WithHttpEndpoint(port: 5000, targetPort: 80).WithEnvironment("STORE_KEY", password);
        _builder.AddContainer("reader", "reader", "2").WithArgs("--price=$5").WithEnvironment("QUERY", "rate(x{y=~\"a.*$\"}[5m])")
            .WithEnvironment("STORE", store.GetEndpoint("http")).WithEnvironment("URL", ReferenceExpression.Create($"http://:{password}@{store.GetEndpoint("http").Property(EndpointProperty.HostAndPort)}/$"));
        var yaml = await PublishAsync();

        Assert.Contains("- --price=$$5", yaml, StringComparison.Ordinal);
        Assert.Contains("[5m])", yaml, StringComparison.Ordinal);
        Assert.Contains("a.*$$", yaml, StringComparison.Ordinal);
        Assert.Contains("STORE: http://store:80", yaml, StringComparison.Ordinal);
        // A parameter has the name of the variable that it is the value of, wherever else it is.
        Assert.Contains("STORE_KEY: ${STORE_KEY:?STORE_KEY is not set. Give it a value in .env}", yaml, StringComparison.Ordinal);
        Assert.Contains("URL: http://:${STORE_KEY:?STORE_KEY is not set. Give it a value in .env}@store:80/$$", yaml, StringComparison.Ordinal);
        Assert.Contains("- 127.0.0.1:${STORE_PORT:-5000}:80", yaml, StringComparison.Ordinal);
        Assert.Contains("image: ${READER_IMAGE:-reader:2}", yaml, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^STORE_KEY=\w{20,}$", await File.ReadAllTextAsync(_directory["site/.env"]));
    }

    [Fact]
    public async Task AServiceIsWaitedForUntilItIsHealthyWhereItCanTell()
    {
        var store = _builder.AddContainer("store", "store").PublishAsDockerComposeService((_, service) => service.Healthcheck = Hardening.HealthcheckOf("/ready"));
        var silent = _builder.AddContainer("silent", "silent");
        var migration = _builder.AddContainer("migration", "migration");
        _builder.AddContainer("reader", "reader").WaitFor(store).WaitFor(silent).WaitForCompletion(migration);
        var yaml = await PublishAsync();
        Assert.Contains("""
                depends_on:
                  store:
                    condition: service_healthy
                  silent:
                    condition: service_started
                  migration:
                    condition: service_completed_successfully
            """.ReplaceLineEndings("\n"), yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsMountedGoesWithItAndWhatIsTheServersStays()
    {
        Directory.CreateDirectory(_directory["seeds/inner"]);
        await File.WriteAllTextAsync(_directory["seeds/inner/a.sql"], "select 1;\n");
        _builder.AddContainer("store", "store").WithBindMount("../seeds", "/seeds", isReadOnly: true).WithBindMount("/var/run/docker.sock", "/socket").WithVolume("store-data", "/data");
        var yaml = await PublishAsync();
        Assert.Contains("source: ./seeds\n", yaml, StringComparison.Ordinal);
        Assert.Contains("source: /var/run/docker.sock\n", yaml, StringComparison.Ordinal);
        Assert.EndsWith("volumes:\n  store-data: {}\n", yaml, StringComparison.Ordinal);
        Assert.Equal("select 1;\n", await File.ReadAllTextAsync(_directory["site/seeds/inner/a.sql"]));

        // What is mounted no longer goes; what somebody put beside it stays.
        await File.WriteAllTextAsync(_directory["site/seeds/mine.sql"], "");
        File.Move(_directory["seeds/inner/a.sql"], _directory["seeds/inner/b.sql"]);
        Assert.Equal(["+ seeds/inner/b.sql", "- seeds/inner/a.sql"], await WriteAsync());
        Assert.Equal(["b.sql", "mine.sql"], Directory.EnumerateFiles(_directory["site/seeds"], "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AServiceWithMetricsIsScrapedByItsNameAndWhatTheFilesSaidStaysAsItWas()
    {
        const string Own = "[ {\"targets\": [ \"store:80\" ]} ]\n";
        Directory.CreateDirectory(_directory["monitoring/targets"]);
        await File.WriteAllTextAsync(_directory["monitoring/prometheus.yml"], "# $1\nscrape_configs: [{ job_name: services, file_sd_configs: [{ files: ['targets/services/*.json'] }] }]\n");
        await File.WriteAllTextAsync(_directory["monitoring/targets/store.json"], Own);
        _builder.AddContainer("store", "store").WithHttpEndpoint(port: 5000, targetPort: 80).WithMetrics();
        _builder.AddContainer("added", "added").WithHttpEndpoint(targetPort: 1234).WithMetrics("/stats");
        var metrics = _builder.AddPrometheus("metrics", port: 9090).WithConfiguration("../monitoring").WithDataVolume();
        var yaml = await PublishAsync();

        Assert.Contains("source: ./monitoring\n        target: /etc/prometheus\n        read_only: true", yaml, StringComparison.Ordinal);
        Assert.Contains("source: metrics-data\n", yaml, StringComparison.Ordinal);
        Assert.Equal(Own, await File.ReadAllTextAsync(_directory["site/monitoring/targets/store.json"]));
        using var added = JsonDocument.Parse(await File.ReadAllTextAsync(_directory["site/monitoring/targets/services/added.json"]));
        Assert.Equal("added:1234", added.RootElement[0].GetProperty("targets")[0].GetString());
        Assert.Equal("/stats", added.RootElement[0].GetProperty("labels").GetProperty("__metrics_path__").GetString());
        Assert.Equal("added", added.RootElement[0].GetProperty("labels").GetProperty("job").GetString());

        metrics.WithRemoteWrite("http://store/write");
        Assert.Equal(["~ monitoring/prometheus.yml"], await WriteAsync());
        Assert.EndsWith("\nremote_write:\n  - url: 'http://store/write'\n", await File.ReadAllTextAsync(_directory["site/monitoring/prometheus.yml"]), StringComparison.Ordinal);
        await File.AppendAllTextAsync(_directory["monitoring/prometheus.yml"], "remote_write: []\n");
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(WriteAsync);
        Assert.StartsWith("prometheus.yml has a remote_write, and the model of 'metrics' says another", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrafanaIsToldHowOftenPrometheusScrapes()
    {
        Directory.CreateDirectory(_directory["prometheus"]);
        Directory.CreateDirectory(_directory["grafana/provisioning/datasources"]);
        await File.WriteAllTextAsync(_directory["prometheus/prometheus.yml"], "global:\n  scrape_interval: 1m\n");
        await File.WriteAllTextAsync(_directory["grafana/provisioning/datasources/a.yml"], "datasources:\n  - type: prometheus\n    jsonData:\n      timeInterval: 15s # here\n");
        await File.WriteAllTextAsync(_directory["grafana/provisioning/datasources/b.yml"], "datasources:\n  - type: loki\n    jsonData:\n      timeInterval: 15s\n");
        _builder.AddPrometheus("metrics").WithConfiguration("../prometheus");
        _builder.AddGrafana("panels").WithConfiguration("../grafana");
        await PublishAsync();
        Assert.Contains("      timeInterval: 1m # here\n", await File.ReadAllTextAsync(_directory["site/grafana/provisioning/datasources/a.yml"]), StringComparison.Ordinal);
        Assert.Contains("timeInterval: 15s", await File.ReadAllTextAsync(_directory["site/grafana/provisioning/datasources/b.yml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnASwarmSecretsAndFilesAreSwarmsAndTasksAreFoundByDns()
    {
        Directory.CreateDirectory(_directory["monitoring/targets"]);
        await File.WriteAllTextAsync(_directory["monitoring/prometheus.yml"], """
            alerting:
              alertmanagers:
                - static_configs: [{ targets: ['teller:9093', 'elsewhere:9093'] }]
            scrape_configs:
              - job_name: store
                file_sd_configs: [{ files: ['targets/store.json'] }]
              - job_name: again
                file_sd_configs: [{ files: ['/etc/prometheus/targets/store.json'] }]
              - job_name: services
                file_sd_configs: [{ files: ['./targets/services/*.json'] }]
            """);
        await File.WriteAllTextAsync(_directory["monitoring/targets/store.json"], """[ { "targets": ["store:80", "elsewhere:80"], "labels": { "price": "5$" } } ]""");
        await File.WriteAllTextAsync(_directory["monitoring/README.md"], "for people");
        var password = _builder.AddParameter("key", secret: true);
        _builder.Configuration["Parameters:key"] = "a secret";
        _builder.AddContainer("store", "store", "1").WithHttpEndpoint(port: 5000, targetPort: 80).WithMetrics().WithEnvironment("KEY", password)
            .WithEnvironment("URL", ReferenceExpression.Create($"store://`$:{password}@here")).WithVolume("store-data", "/data")
            .WithBindMount("../start.sh", "/start.sh");
        await File.WriteAllTextAsync(_directory["start.sh"], "true");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory["start.sh"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        _builder.AddContainer("added", "added").WithHttpEndpoint(targetPort: 1234).WithExternalHttpEndpoints().WithMetrics("/stats")
            .PublishAsDockerComposeService((_, service) => { service.Harden("1g"); service.Deploy = new() { Replicas = 4 }; });
        _builder.AddAlertmanager("teller").PublishAsDockerComposeService((_, service) => service.Deploy = new() { Replicas = 2 });
        var metrics = _builder.AddPrometheus("metrics").WithConfiguration("../monitoring").PublishAsDockerComposeService((_, service) => service.Deploy = new() { Replicas = 2 });
        _builder.CreateResourceBuilder(_environment).PublishAsDockerStack("mine");
        var compose = await PublishAsync();
        Assert.DoesNotContain("deploy:", compose, StringComparison.Ordinal);

        var yaml = await File.ReadAllTextAsync(_directory["site/docker-stack.yaml"]);
        var services = YamlOf(yaml)["services"];
        Dictionary<object, object> Of(string service, string key) => (Dictionary<object, object>)((Dictionary<object, object>)services[service])[key];
        Assert.Equal("/run/secrets/KEY", Of("store", "environment")["KEY_FILE"]);
        Assert.Equal("/run/secrets/URL", Of("store", "environment")["URL_FILE"]);
        Assert.Equal(2, Of("store", "environment").Count);
        Assert.Equal("${KEY:?KEY is not set. Give it a value in .env}\n", await File.ReadAllTextAsync(_directory["site/stack/secrets/KEY"]));
        Assert.Equal("store://\\`\\$:${KEY:?KEY is not set. Give it a value in .env}@here\n", await File.ReadAllTextAsync(_directory["site/stack/secrets/store-URL"]));
        Assert.DoesNotContain("5000", yaml, StringComparison.Ordinal);
        var config = (Dictionary<object, object>)Assert.Single((List<object>)((Dictionary<object, object>)services["store"])["configs"]);
        Assert.Equal("/start.sh", config["target"]);
        Assert.Equal("0555", config["mode"]);
        Assert.Equal("host", ((Dictionary<object, object>)((List<object>)((Dictionary<object, object>)services["added"])["ports"])[0])["mode"]);
        Assert.Equal("4", Of("added", "deploy")["replicas"]);
        Assert.Equal("1g", ((Dictionary<object, object>)((Dictionary<object, object>)Of("added", "deploy")["resources"])["limits"])["memory"]);
        Assert.Equal(["node.labels.data == true"], (List<object>)((Dictionary<object, object>)Of("store", "deploy")["placement"])["constraints"]);
        Assert.DoesNotContain("placement", Of("added", "deploy").Keys);
        Assert.Contains("--cluster.peer=tasks.teller:9094", yaml, StringComparison.Ordinal);
        Assert.Equal("{{.Task.Slot}}", Of("metrics", "environment")["REPLICA"]);
        Assert.DoesNotContain("README", yaml, StringComparison.Ordinal);
        Assert.Contains("    file: ./stack/monitoring/prometheus.yml\n", yaml, StringComparison.Ordinal);

        var prometheus = await File.ReadAllTextAsync(_directory["site/stack/monitoring/prometheus.yml"]);
        Assert.Equal(2, Regex.Count(prometheus, @"- tasks\.store\n"));
        Assert.Equal(2, Regex.Count(prometheus, @"target_label: price\n\s+regex: tasks\\\.store;\.\*:80\n\s+replacement: 5\$\$\n"));
        Assert.Contains("- tasks.teller\n", prometheus, StringComparison.Ordinal);
        Assert.Contains("replica: ${REPLICA}\n", prometheus, StringComparison.Ordinal);
        Assert.Contains("regex: replica\n", prometheus, StringComparison.Ordinal);
        Assert.Contains("target_label: __metrics_path__\n", prometheus, StringComparison.Ordinal);
        Assert.Contains("replacement: /stats\n", prometheus, StringComparison.Ordinal);
        // What is no service stays where it was.
        Assert.Contains("elsewhere:9093", prometheus, StringComparison.Ordinal);
        Assert.Equal("""[{"targets":["elsewhere:80"],"labels":{"price":"5$"}}]""" + "\n", await File.ReadAllTextAsync(_directory["site/stack/monitoring/targets/store.json"]));
        Assert.Equal(["elsewhere:9093"], Regex.Matches(prometheus, "elsewhere:[0-9]+").Select(m => m.Value));

        var (exitCode, output) = await RealTools.RunAsync("promtool", "check", "config", "--syntax-only", _directory["site/stack/monitoring/prometheus.yml"]);
        Assert.True(exitCode == 0, output);

        // How many there are is what is missed where there are fewer.
        var rules = await File.ReadAllTextAsync(_directory["site/stack/monitoring/tasks.yml"]);
        Assert.Contains("""(count(up{job="added"} == 1) or on () vector(0)) < 4 """, rules, StringComparison.Ordinal);
        Assert.DoesNotContain("again\"", rules, StringComparison.Ordinal);

        // Another rule is another configuration, by another name.
        await File.AppendAllTextAsync(_directory["monitoring/prometheus.yml"], "\nrule_files: []\n");
        Assert.Equal(["~ docker-stack.yaml", "~ monitoring/prometheus.yml", "~ stack/monitoring/prometheus.yml"], await WriteAsync());

        await File.WriteAllTextAsync(_directory["monitoring/targets/more.yml"], "[{ targets: ['store:80'] }]");
        await File.WriteAllTextAsync(_directory["monitoring/prometheus.yml"], "scrape_configs: [{ job_name: more, file_sd_configs: [{ files: ['targets/*'] }] }]");
        await RefusedAsync("targets/more.yml has the service 'store' as a target, whose tasks on a Swarm only a .json file can stand for.");
        await File.WriteAllTextAsync(_directory["monitoring/prometheus.yml"], "scrape_configs: [{ job_name: more, static_configs: [{ targets: ['store'] }] }]");
        await RefusedAsync("The target 'store' has no port.");
        metrics.WithArgs(context => context.Args.Add(password));
        await RefusedAsync("'metrics' cannot be published for a Swarm: its argument … has a secret");

        async Task RefusedAsync(string message) => Assert.StartsWith(message, (await Assert.ThrowsAsync<DistributedApplicationException>(WriteAsync)).Message, StringComparison.Ordinal);

        static Dictionary<string, Dictionary<string, object>> YamlOf(string yaml) => new YamlDotNet.Serialization.DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, Dictionary<string, object>>>(yaml[yaml.IndexOf("services:", StringComparison.Ordinal)..]);
    }

    [Fact]
    public async Task WhatCannotBePublishedIsNamedWithTheReasonAndTheRemedyAndNothingIsWritten()
    {
        var tool = _builder.AddExecutable("tool", "/bin/true", ".");
        await RefusedAsync("'tool' cannot be published: it is neither a container nor a project of .NET");
        _builder.Resources.Remove(tool.Resource);

        var unnamed = _builder.AddContainer("unnamed", "store").WithAnnotation(new ContainerMountAnnotation(null, "/data", ContainerMountType.Volume, isReadOnly: false));
        await RefusedAsync("'unnamed' cannot be published: its volume at /data has no name.");
        _builder.Resources.Remove(unnamed.Resource);

        var lost = _builder.AddContainer("lost", "store").WithBindMount("../nowhere", "/data");
        await RefusedAsync($"'lost' cannot be published: what it mounts is not there, '{_directory["nowhere"]}'.");
        _builder.Resources.Remove(lost.Resource);

        var open = _builder.AddContainer("open", "store").WithEndpoint(name: "tcp");
        await RefusedAsync("'open' cannot be published: its endpoint 'tcp' has no port.");
        _builder.Resources.Remove(open.Resource);

        var given = _builder.AddContainer("given", "store").WithContainerFiles("/etc/store", [new ContainerFile { Name = "a", Contents = "b" }]);
        await RefusedAsync("'given' cannot be published: it is given files by WithContainerFiles");
        _builder.Resources.Remove(given.Resource);

        var many = _builder.AddContainer("many", "store").WithAnnotation(new ReplicaAnnotation(3));
        await RefusedAsync("'many' cannot be published: it has 3 replicas");
        _builder.Resources.Remove(many.Resource);

        Directory.CreateDirectory(_directory["app/image"]);
        await File.WriteAllTextAsync(_directory["app/image/Dockerfile"], "FROM scratch\n");
        _builder.AddDockerfile("built", "image");
        await RefusedAsync("'built' cannot be published: it is built from a Dockerfile.");

        async Task RefusedAsync(string message)
        {
            var refused = await Assert.ThrowsAsync<DistributedApplicationException>(WriteAsync);
            Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_directory["site"]));
        }
    }

    [Fact]
    public async Task TwoParametersNeverBecomeOneVariable()
    {
        _builder.AddContainer("one", "store").WithEnvironment("DB_PASSWORD", _builder.AddParameter("other", "1"));
        _builder.AddContainer("two", "store").WithEnvironment("DB_PASSWORD", _builder.AddParameter("db-password", "2"));
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(WriteAsync);
        Assert.StartsWith("The parameter 'db-password' cannot be published: .env has a variable DB_PASSWORD already", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConfigurationThatIsNotTheApplicationsIsRefused()
    {
        using var elsewhere = new TempDirectory();
        await File.WriteAllTextAsync(elsewhere["prometheus.yml"], "{}");
        _builder.AddContainer("store", "store").WithHttpEndpoint(targetPort: 80).WithMetrics();
        _builder.AddPrometheus("metrics").WithConfiguration(elsewhere.FullName);
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(WriteAsync);
        Assert.StartsWith($"'metrics' cannot be published: its configuration, '{elsewhere.FullName}', is not in the directory of the application.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["prometheus.yml"], Directory.EnumerateFileSystemEntries(elsewhere.FullName).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("a\\b")]
    [InlineData("x${1}y")]
    public async Task AValueThatEnvCannotHoldIsRefusedAndNothingIsWritten(string value)
    {
        _builder.Configuration["Parameters:key"] = value;
        _builder.AddContainer("store", "store").WithEnvironment("KEY", _builder.AddParameter("key", secret: true));
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(WriteAsync);
        Assert.Equal("The value of KEY has a quotation mark, a backslash, a ${ or a line break, which .env cannot hold. Give the parameter another one.", refused.Message);
        Assert.False(Directory.Exists(_directory["site"]));
    }

    private async Task<string> PublishAsync()
    {
        Assert.Contains("+ docker-compose.yaml", await WriteAsync());
        return await File.ReadAllTextAsync(_directory["site/docker-compose.yaml"]);
    }

    // What the pipeline's step does, without the pipeline: that tells of a failure by this process's exit code.
    private Task<IReadOnlyList<string>> WriteAsync()
    {
        _environment.CapturedEnvironmentVariables.Clear();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(_builder.Configuration)
            .AddSingleton(new DistributedApplicationModel(_builder.Resources))
            .AddSingleton(_builder.ExecutionContext);
        return ComposePublisher.WriteAsync(_environment, services.BuildServiceProvider(), _directory["site"], CancellationToken.None);
    }
}
