using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>The published directory on a real Docker engine.</summary>
/// <param name="server">The server.</param>
[Collection(Server.Name)]
public sealed class ServerTests(Server server)
{
    private static readonly string[] s_hardened = ["backend", "gateway", "alerts", "prometheus", "alertmanager", "grafana"];

    [ServerFact]
    public async Task TheSeedsCommandsHold()
    {
        Assert.Contains("Healthy", await server.Client.GetStringAsync(server.Url("gateway", "/api/health")), StringComparison.Ordinal);
        var services = await server.ComposeAsync("ps");
        Assert.All(s_hardened, name => Assert.Contains(name, services, StringComparison.Ordinal));
        var logs = await DockerEngine.RunAsync("docker", ["logs", "-n", "50", "prometheus"], TimeSpan.FromSeconds(30));
        Assert.Contains("Server is ready", logs.Error, StringComparison.Ordinal);
        Assert.Contains("OK", await DockerEngine.DockerAsync("exec", "prometheus", "sh", "-lc", "wget -qO- http://alertmanager:9093/-/healthy"), StringComparison.Ordinal);

        // A rule that is changed here is in force after the seed's reload.
        var rules = Path.Combine(server.Directory, "monitoring", "prometheus", "rules.yml");
        var before = await File.ReadAllTextAsync(rules);
        await File.WriteAllTextAsync(rules, before.Replace("for: 1m", "for: 61s", StringComparison.Ordinal));
        await ReloadAsync();
        Assert.Contains("\"duration\":61", await server.Client.GetStringAsync(server.Url("prometheus", "/api/v1/rules")), StringComparison.Ordinal);
        await File.WriteAllTextAsync(rules, before);
        await ReloadAsync();

        async Task ReloadAsync() => Assert.True((await server.Client.PostAsync(server.Url("prometheus", "/-/reload"), content: null)).IsSuccessStatusCode);
    }

    [ServerFact]
    public async Task EveryServiceHasNoMoreThanItNeeds()
    {
        foreach (var name in s_hardened.Append("cadvisor"))
        {
            using var inspected = JsonDocument.Parse(await DockerEngine.DockerAsync("inspect", name));
            var (container, host) = (inspected.RootElement[0], inspected.RootElement[0].GetProperty("HostConfig"));
            Assert.True(host.GetProperty("ReadonlyRootfs").GetBoolean(), name);
            Assert.Equal(["ALL"], host.GetProperty("CapDrop").EnumerateArray().Select(c => c.GetString()));
            Assert.Contains("no-new-privileges:true", host.GetProperty("SecurityOpt").EnumerateArray().Select(o => o.GetString()));
            Assert.False(host.GetProperty("Privileged").GetBoolean(), name);
            Assert.InRange(host.GetProperty("Memory").GetInt64(), 1, 1L << 30);
            Assert.InRange(host.GetProperty("NanoCpus").GetInt64(), 1, 1_000_000_000);
            Assert.InRange(host.GetProperty("PidsLimit").GetInt64(), 1, 256);
            Assert.Equal("unless-stopped", host.GetProperty("RestartPolicy").GetProperty("Name").GetString());
            Assert.Equal("10m", host.GetProperty("LogConfig").GetProperty("Config").GetProperty("max-size").GetString());

            // The documented exception is root, and has two capabilities.
            var isException = name == "cadvisor";
            Assert.Equal(isException, container.GetProperty("Config").GetProperty("User").GetString() is "" or "0" or "root");
            Assert.Equal(isException, host.GetProperty("CapAdd").ValueKind != JsonValueKind.Null);

            var status = await File.ReadAllLinesAsync($"/proc/{await HostIdAsync(name)}/status");
            Assert.Contains("NoNewPrivs:\t1", status);
            Assert.Equal(isException, !status.Contains("CapEff:\t0000000000000000"));
        }

        // Ours have no shell.
        foreach (var name in (string[])["backend", "gateway", "alerts"])
        {
            Assert.NotEqual(0, (await DockerEngine.RunAsync("docker", ["exec", name, "sh", "-c", "true"], TimeSpan.FromSeconds(30))).ExitCode);
            Assert.Equal(0, (await DockerEngine.RunAsync("docker", ["exec", name, $"./Transcendence.{char.ToUpperInvariant(name[0])}{name[1..]}", "--health"], TimeSpan.FromSeconds(30))).ExitCode);
        }
    }

    [ServerFact]
    public async Task TheGatewayReachesTheBackendAndNothingElse()
    {
        Assert.Equal(0, await ReachAsync("backend", 8000));
        foreach (var (name, port) in ((string, int)[])[("prometheus", 9090), ("prometheus.inside", 9090), ("alertmanager", 9093), ("grafana", 3000), ("alerts", 8082), ("cadvisor", 8080)])
        {
            Assert.Equal(1, await ReachAsync(name, port));
        }

        // Where they share a network, by its address too.
        Assert.Equal(1, await ReachAsync(await DockerEngine.DockerAsync("inspect", "--format", "{{.NetworkSettings.Networks.site_app.IPAddress}}", "prometheus"), 9090));

        // Beyond this machine are the gateway and Grafana.
        foreach (var (name, port) in server.Ports.Where(p => !p.Key.StartsWith("HTTP", StringComparison.Ordinal)))
        {
            // Any address of this machine but loopback's; the networks of containers give it some.
            var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).First(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var isOpen = await socket.ConnectAsync(address, port).ContinueWith(task => task.IsCompletedSuccessfully);
            Assert.Equal(name is "GATEWAY_PORT" or "GRAFANA_PORT", isOpen);
        }

        // It has no shell: another container stands in its network.
        async Task<int> ReachAsync(string host, int port) => (await DockerEngine.RunAsync(
            "docker", ["run", "--rm", "--network", "container:gateway", "--entrypoint", "nc", ContainerImages.Alertmanager, "-w", "3", host, $"{port}"], TimeSpan.FromSeconds(30))).ExitCode;
    }

    [ServerFact]
    public async Task ABackendThatIsStoppedIsSeenByAllAndItsReturnToo()
    {
        await server.ComposeAsync("stop", "backend");
        await Eventually.TrueAsync(async () => await server.QueryAsync("""ALERTS{alertname="BackendDown", alertstate="firing"}""") is ["1"], "BackendDown fires", TimeSpan.FromMinutes(3));
        await Eventually.TrueAsync(
            async () => (await server.Client.GetStringAsync(server.Url("alertmanager", "/api/v2/alerts/groups"))).Contains("BackendDown", StringComparison.Ordinal), "Alertmanager has the group", TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => await InboxAsync("active") == 1, "the inbox has it", TimeSpan.FromMinutes(1));
        await server.ComposeAsync("start", "backend");
        await Eventually.TrueAsync(async () => await InboxAsync("active") == 0 && await InboxAsync("history") == 1, "the inbox hears of the end", TimeSpan.FromMinutes(2));
        await server.HealthyAsync();

        async Task<int> InboxAsync(string state)
        {
            using var alerts = JsonDocument.Parse(await server.Client.GetStringAsync(server.Url("alerts", $"/api/alerts?state={state}&name=BackendDown")));
            return alerts.RootElement.GetProperty("totalCount").GetInt32();
        }
    }

    [ServerFact]
    public async Task ABackendThatIsKilledUnderLoadComesBackWithAllThatItHasAcknowledged()
    {
        var acknowledged = new List<string>();
        using var end = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var name = await AddPlayerAsync();
                acknowledged.AddRange(name is null ? [] : [name]);
            }
        });
        await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count > 20), "players are added");
        var killed = await HostIdAsync("backend");
        using (var backend = Process.GetProcessById(killed))
        {
            backend.Kill();
        }

        var before = acknowledged.Count;
        await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count > before + 20), "players are added again", TimeSpan.FromMinutes(1));
        await end.CancelAsync();
        await load;
        Assert.NotEqual(killed, await HostIdAsync("backend"));
        Assert.Subset(await PlayersAsync(), acknowledged.ToHashSet<string?>());
        await server.HealthyAsync();
    }

    [ServerFact]
    public async Task DataOutlivesAnotherImageAndDownAndUp()
    {
        var name = await AddPlayerAsync();
        var secret = await File.ReadAllTextAsync(Path.Combine(server.Directory, ".env"));
        await DockerEngine.DockerAsync("tag", ServiceImages.NameOf("backend", "1"), ServiceImages.NameOf("backend", "2"));
        await File.AppendAllTextAsync(Path.Combine(server.Directory, ".env"), $"BACKEND_IMAGE={ServiceImages.NameOf("backend", "2")}\n");
        await server.ComposeAsync("up", "-d");
        Assert.Equal(ServiceImages.NameOf("backend", "2"), await DockerEngine.DockerAsync("inspect", "--format", "{{.Config.Image}}", "backend"));
        await server.HealthyAsync();
        Assert.Contains(name, await PlayersAsync());

        var oldest = await OldestSampleAsync();
        await server.ComposeAsync("down");
        await File.WriteAllTextAsync(Path.Combine(server.Directory, ".env"), secret);
        await server.ComposeAsync("up", "-d");
        await server.HealthyAsync();
        Assert.Contains(name, await PlayersAsync());
        Assert.Equal(oldest, await OldestSampleAsync());
    }

    [ServerFact]
    public async Task ABackupIsRestoredOnAnEmptyMachine()
    {
        var name = await AddPlayerAsync();
        var oldest = await OldestSampleAsync();
        var starts = DockerEngine.HasStandIns ? await DockerEngine.DockerAsync("exec", "grafana", "cat", "/var/lib/grafana/starts") : "";
        using var directory = new TempDirectory();
        var silence = await server.Client.PostAsJsonAsync(server.Url("alertmanager", "/api/v2/silences"), new
        {
            matchers = new[] { new { name = "alertname", value = "Nothing", isRegex = false } },
            startsAt = DateTimeOffset.UtcNow, endsAt = DateTimeOffset.UtcNow.AddHours(1), createdBy = "test", comment = "kept",
        });
        Assert.True(silence.IsSuccessStatusCode);
        // Two at once would start each other's tools again: one of them is refused.
        var backups = await Task.WhenAll(ScriptAsync("backup.sh", directory["one"]), ScriptAsync("backup.sh", directory["two"]));
        var (done, other) = backups[0].ExitCode == 0 ? ("one", backups[1]) : ("two", backups[0]);
        Assert.Contains("Another backup of", other.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(directory[done]), backups[1].Error);
        Directory.Move(directory[done], directory["backup"]);
        var again = await ScriptAsync("backup.sh", directory["backup"]);
        Assert.Contains($"{directory["backup"]} is there already.", again.Error, StringComparison.Ordinal);
        Directory.CreateDirectory(directory["backup2.part"]);
        Assert.Contains("backup2.part is there: a backup that was killed.", (await ScriptAsync("backup.sh", directory["backup2"])).Error, StringComparison.Ordinal);
        Directory.Delete(directory["backup2.part"]);
        using (var copy = new TempDirectory())
        {
            // Compose calls the project as the directory, and the containers are those of another.
            File.Copy(Path.Combine(server.Directory, "docker-compose.yaml"), copy["docker-compose.yaml"]);
            File.Copy(Path.Combine(server.Directory, ".env"), copy[".env"]);
            File.Copy(Path.Combine(server.Directory, "backup.sh"), copy["backup.sh"]);
            Assert.Contains("is of the Compose project 'site', and this directory is another", (await RunScriptAsync(copy.FullName, "backup.sh", directory["backup3"])).Error, StringComparison.Ordinal);
        }

        var early = await ScriptAsync("restore.sh", directory["backup"]);
        Assert.Contains("is here already, and what it keeps would be mixed with the backup.", early.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, early.ExitCode);
        Assert.Equal(7, (await DockerEngine.DockerAsync("ps", "--quiet", "--filter", "label=com.docker.compose.project=site")).Split('\n').Length);

        // What comes after the backup is not in it.
        var later = await AddPlayerAsync();
        await server.ComposeAsync("down");
        var full = await ScriptAsync("restore.sh", directory["backup"]);
        Assert.Matches("The volume .* is here already", full.Error);
        await server.ComposeAsync("down", "--volumes");
        var env = Path.Combine(server.Directory, ".env");
        var text = await File.ReadAllTextAsync(env);
        await File.WriteAllTextAsync(env, text + "# another machine's\n");
        var restored = await ScriptAsync("restore.sh", directory["backup"]);
        Assert.True(restored.ExitCode == 0, restored.Error);
        Assert.Equal(text, await File.ReadAllTextAsync(env));
        var kept = Assert.Single(Directory.GetFiles(server.Directory, ".env.before-restore-*"));
        Assert.EndsWith("# another machine's\n", await File.ReadAllTextAsync(kept), StringComparison.Ordinal);
        File.Delete(kept);

        await server.HealthyAsync();
        var players = await PlayersAsync();
        Assert.Contains(name, players);
        Assert.DoesNotContain(later, players);
        Assert.Equal(oldest, await OldestSampleAsync());
        Assert.Contains("kept", await server.Client.GetStringAsync(server.Url("alertmanager", "/api/v2/silences")), StringComparison.Ordinal);
        if (DockerEngine.HasStandIns)
        {
            Assert.StartsWith(starts, await DockerEngine.DockerAsync("exec", "grafana", "cat", "/var/lib/grafana/starts"), StringComparison.Ordinal);
        }

        // Writable, as before: as the user of the image.
        Assert.NotNull(await AddPlayerAsync());

        await File.AppendAllTextAsync(directory["backup/prometheus.tar"], "0");
        Assert.Contains("is damaged: prometheus.tar not as it was written.", (await ScriptAsync("restore.sh", directory["backup"])).Error, StringComparison.Ordinal);
        File.Delete(directory["backup/alerts.db"]);
        var incomplete = await ScriptAsync("restore.sh", directory["backup"]);
        Assert.Contains("is no whole backup: alerts.db is not in it.", incomplete.Error, StringComparison.Ordinal);

        Task<ChildResult> ScriptAsync(string script, string argument) => RunScriptAsync(server.Directory, script, argument);
    }

    [ServerFact]
    public async Task WithPostgreSqlABackupIsRestoredOnAnEmptyMachineToo()
    {
        await ContainerImages.MakePostgreSqlAsync();
        using var directory = new TempDirectory();
        var site = directory["postgres-site"];
        var published = await Publication.PublishAsync(site, "--Database=PostgreSQL");
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        await File.AppendAllTextAsync(Path.Combine(site, ".env"), string.Join('\n', await server.VariablesAsync()) + "\n");
        await server.ComposeAsync("down"); // The names of the containers are those of the seed, and so the same.
        try
        {
            await SiteAsync("up", "-d");
            var name = "";
            await Eventually.TrueAsync(async () => (name = await AddPlayerAsync()) is not null, "a player is added", TimeSpan.FromMinutes(2));
            using var postgres = JsonDocument.Parse(await DockerEngine.DockerAsync("inspect", "postgres"));
            Assert.True(postgres.RootElement[0].GetProperty("HostConfig").GetProperty("ReadonlyRootfs").GetBoolean());
            Assert.Equal(["ALL"], postgres.RootElement[0].GetProperty("HostConfig").GetProperty("CapDrop").EnumerateArray().Select(c => c.GetString()));
            Assert.NotEqual(0, (await DockerEngine.RunAsync("docker", ["run", "--rm", "--network", "container:gateway", "--entrypoint", "nc", ContainerImages.Alertmanager, "-w", "3", "postgres", "5432"], TimeSpan.FromSeconds(30))).ExitCode);

            var backup = await RunScriptAsync(site, "backup.sh", directory["backup"]);
            Assert.True(backup.ExitCode == 0, backup.Error);
            Assert.False(File.Exists(directory["backup/backend.db"]));
            var later = await AddPlayerAsync();
            Assert.NotNull(later);
            await SiteAsync("down", "--volumes");

            var restored = await RunScriptAsync(site, "restore.sh", directory["backup"]);
            Assert.True(restored.ExitCode == 0, restored.Error);
            await Eventually.TrueAsync(async () => await AddPlayerAsync() is not null, "a player is added after all", TimeSpan.FromMinutes(2));
            var players = await PlayersAsync();
            Assert.Contains(name, players);
            Assert.DoesNotContain(later, players);
        }
        finally
        {
            await SiteAsync("down", "--volumes");
            await server.ComposeAsync("up", "-d");
        }

        await server.HealthyAsync();

        async Task SiteAsync(params string[] arguments)
        {
            var result = await Server.TryComposeAsync(site, arguments);
            Assert.True(result.ExitCode == 0, result.Error);
        }
    }

    [ServerFact]
    public async Task AProxyWithCertificatesStandsBeforeIt()
    {
        var env = Path.Combine(server.Directory, ".env");
        var text = await File.ReadAllTextAsync(env);
        // Names that no authority knows: Caddy makes their certificates itself.
        await File.AppendAllTextAsync(env, "SITE=pong.localhost\nGRAFANA_SITE=grafana.localhost\nGATEWAY_HOSTS=pong.localhost\nPUBLIC_ADDRESS=127.0.0.1\nCOMPOSE_FILE=docker-compose.yaml:docker-compose.tls.yaml\n");
        try
        {
            await server.ComposeAsync("up", "-d");
            using var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer.Contains("Caddy Local Authority", StringComparison.Ordinal) is true },
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(IPAddress.Loopback, server.Ports["HTTPS_PORT"], cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            using var client = new HttpClient(handler);
            await Eventually.TrueAsync(
                async () => (await client.GetStringAsync(new Uri("https://pong.localhost/api/health"))).Contains("Healthy", StringComparison.Ordinal), "the API answers by TLS", TimeSpan.FromMinutes(1));
            await Eventually.TrueAsync(
                async () => (await client.GetStringAsync(new Uri("https://grafana.localhost/api/health"))).Contains("ok", StringComparison.Ordinal), "Grafana answers by TLS", TimeSpan.FromMinutes(1));
            Assert.Equal("true", (await DockerEngine.DockerAsync("inspect", "--format", "{{.HostConfig.ReadonlyRootfs}}", "caddy")));
        }
        finally
        {
            await DockerEngine.RunAsync("docker", ["rm", "--force", "caddy"], TimeSpan.FromSeconds(30));
            await File.WriteAllTextAsync(env, text);
            await server.ComposeAsync("up", "-d", "--remove-orphans");
            await DockerEngine.RunAsync("docker", ["network", "rm", "site_dashboards"], TimeSpan.FromSeconds(30));
            await DockerEngine.RunAsync("docker", ["volume", "rm", "site_caddy-data"], TimeSpan.FromSeconds(30));
        }

        await server.HealthyAsync();
    }

    [ServerFact]
    public async Task WhatIsMissingOrTakenIsNamed()
    {
        using var directory = new TempDirectory();
        await Publication.PublishAsync(directory.FullName);
        var env = (await File.ReadAllTextAsync(directory[".env"])).Replace("GF_SECURITY_SECRET_KEY=", "UNUSED=", StringComparison.Ordinal);
        foreach (var text in (string[])[env, env + "GF_SECURITY_SECRET_KEY=\n"])
        {
            await File.WriteAllTextAsync(directory[".env"], text);
            var missing = await Server.TryComposeAsync(directory.FullName, "up", "-d");
            Assert.NotEqual(0, missing.ExitCode);
            Assert.Contains("GF_SECURITY_SECRET_KEY is not set. Give it a value in .env", missing.Error, StringComparison.Ordinal);
        }

        var taken = FreePort.Next();
        using var listener = new TcpListener(IPAddress.Loopback, taken);
        listener.Start();
        var site = Path.Combine(server.Directory, ".env");
        var before = await File.ReadAllTextAsync(site);
        await File.AppendAllTextAsync(site, $"ALERTMANAGER_PORT={taken}\n");
        await server.ComposeAsync("rm", "--stop", "--force", "alertmanager");
        var failed = await Server.TryComposeAsync(server.Directory, "up", "-d");
        await File.WriteAllTextAsync(site, before);
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Matches($"(?s)alertmanager.*{taken}", failed.Error);
        await server.ComposeAsync("up", "-d");
        await server.HealthyAsync();
    }

    // The engine may be in namespaces of its own, where a process has another id than here.
    private static async Task<int> HostIdAsync(string container)
    {
        var id = await DockerEngine.DockerAsync("inspect", "--format", "{{.Id}}", container);
        foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)))
        {
            try
            {
                // Its first process, and not one that docker exec or a health check has started.
                if ((await File.ReadAllTextAsync($"/proc/{process}/cgroup")).Contains(id, StringComparison.Ordinal)
                    && (await File.ReadAllLinesAsync($"/proc/{process}/status")).Any(line => line.StartsWith("NSpid:", StringComparison.Ordinal) && line.EndsWith("\t1", StringComparison.Ordinal)))
                {
                    return int.Parse(process!, CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }

        throw new InvalidOperationException($"{container} has no process here.");
    }

    private static Task<ChildResult> RunScriptAsync(string directory, string script, string argument) => DockerEngine.RunAsync("sh", [Path.Combine(directory, script), argument], TimeSpan.FromMinutes(2));

    private async Task<string?> AddPlayerAsync()
    {
        var name = $"p{Guid.NewGuid():N}"[..16];
        try
        {
            using var response = await server.Client.PostAsJsonAsync(server.Url("gateway", "/api/players"), new { name });
            return response.StatusCode == HttpStatusCode.Created ? name : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<HashSet<string?>> PlayersAsync()
    {
        var names = new HashSet<string?>();
        for (var page = 1; ; page++)
        {
            using var players = JsonDocument.Parse(await server.Client.GetStringAsync(server.Url("gateway", $"/api/players?page={page}&pageSize=100")));
            var items = players.RootElement.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("name").GetString()).ToList();
            names.UnionWith(items);
            if (items.Count == 0)
            {
                return names;
            }
        }
    }

    private async Task<string> OldestSampleAsync() => Assert.Single(await server.QueryAsync("""min_over_time(timestamp(up{job="backend"})[1h:1s])"""));
}

/// <summary>A test on the server; skipped, with the remedy, on a machine that has no engine for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerFactAttribute : FactAttribute
{
    public ServerFactAttribute() => Skip = Server.WhyMissing;
}
