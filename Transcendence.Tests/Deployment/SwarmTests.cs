using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>The published directory on a Swarm.</summary>
/// <param name="node">The node.</param>
[Collection(SwarmNode.CollectionName)]
public sealed class SwarmTests(SwarmNode node)
{
    private static readonly string[] s_services = ["alertmanager", "alerts", "backend", "cadvisor", "gateway", "grafana", "postgres", "prometheus"];

    [ServerFact]
    public void WhatIsMissingIsNamed()
    {
        Assert.Contains("This engine is no manager of a Swarm. Make it one: docker swarm init", node.WithoutSwarm!.Error, StringComparison.Ordinal);
        Assert.Contains("0 nodes have the label data=true, and it must be one", node.WithoutLabel!.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, node.WithoutSwarm.ExitCode);
        Assert.NotEqual(0, node.WithoutLabel.ExitCode);
    }

    [ServerFact]
    public async Task SwarmTakesAllThatTheFileSays()
    {
        Assert.DoesNotContain("gnoring", node.Deployed!.Output + node.Deployed.Error, StringComparison.Ordinal);
        var secrets = (await File.ReadAllLinesAsync(Path.Combine(node.Directory, ".env"))).Select(line => line.Split('=', 2))
            .Where(parts => parts[0] is "GF_SECURITY_ADMIN_PASSWORD" or "GF_SECURITY_SECRET_KEY" or "POSTGRES_PASSWORD").Select(parts => parts[1]).ToList();
        Assert.Equal(3, secrets.Count);
        foreach (var name in s_services)
        {
            var text = await DockerEngine.DockerAsync("service", "inspect", $"{SwarmNode.Name}_{name}");
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            using var service = JsonDocument.Parse(text);
            var published = service.RootElement[0].GetProperty("Spec").GetProperty("EndpointSpec") is var endpoint && endpoint.TryGetProperty("Ports", out var ports) ? ports.EnumerateArray().Select(p => p.GetProperty("PublishMode").GetString()).ToList() : [];
            Assert.Equal(name is "gateway" or "grafana" ? ["host"] : [], published);

            foreach (var container in await SwarmNode.ContainersOfAsync(name))
            {
                using var inspected = JsonDocument.Parse(await DockerEngine.DockerAsync("inspect", container));
                var (config, host) = (inspected.RootElement[0].GetProperty("Config"), inspected.RootElement[0].GetProperty("HostConfig"));
                Assert.True(host.GetProperty("ReadonlyRootfs").GetBoolean(), name);
                Assert.Equal(["ALL"], host.GetProperty("CapDrop").EnumerateArray().Select(c => c.GetString()));
                Assert.InRange(host.GetProperty("Memory").GetInt64(), 1, 1L << 30);
                Assert.InRange(host.GetProperty("NanoCpus").GetInt64(), 1, 1_000_000_000);
                Assert.InRange(host.GetProperty("PidsLimit").GetInt64(), 1, 256);
                Assert.Equal("10m", host.GetProperty("LogConfig").GetProperty("Config").GetProperty("max-size").GetString());
                Assert.Equal(name, config.GetProperty("Labels").GetProperty("com.docker.compose.service").GetString());
                Assert.Equal(SwarmNode.Name, config.GetProperty("Labels").GetProperty("com.docker.compose.project").GetString());
                Assert.Equal(name == "cadvisor", config.GetProperty("User").GetString() is "" or "0" or "root");
                Assert.Contains(inspected.RootElement[0].GetProperty("Mounts").EnumerateArray().Concat(host.GetProperty("Mounts").EnumerateArray()), m => m.GetProperty("Type").GetString() == "tmpfs");
                Assert.DoesNotContain(host.GetProperty("Mounts").EnumerateArray(), m => m.GetProperty("Type").GetString() == "bind" && name != "cadvisor");
            }
        }

        // From another machine, too, only what is meant to be reached.
        var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).First(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        foreach (var port in node.Ports.Values)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, port);
        }
    }

    [ServerFact]
    public async Task ReplicasShareTheirDataAndEachIsScrapedOnItsOwn()
    {
        var name = $"p{Guid.NewGuid():N}"[..16];
        var url = $"http://localhost:{node.Ports["GATEWAY_PORT"]}/api/players";
        using var added = await node.Client.PostAsJsonAsync(new Uri(url), new { name });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var alertmanager = (await SwarmNode.ContainersOfAsync("alertmanager"))[0];
        foreach (var prometheus in await SwarmNode.ContainersOfAsync("prometheus"))
        {
            var instances = await InstancesAsync(prometheus);
            Assert.Equal(3, instances.Distinct().Count());
            foreach (var instance in instances)
            {
                // The others have not been told: they ask the database.
                await Eventually.TrueAsync(async () => (await SwarmNode.QueryAsync(prometheus, $$"""transcendence_players{instance="{{instance}}"}""")) is [not "0"], $"{instance} counts the player");
                Assert.Contains(name, await SwarmNode.GetAsync(prometheus, $"http://{instance}/api/players?pageSize=100"), StringComparison.Ordinal);
            }

            // Whichever it is: what leaves for Alertmanager says nothing of it.
            Assert.Matches("replica: [\"']?[12]", JsonDocument.Parse(await SwarmNode.GetAsync(prometheus, "http://127.0.0.1:9090/api/v1/status/config")).RootElement.GetProperty("data").GetProperty("yaml").GetString()!);
        }

        using var status = JsonDocument.Parse(await SwarmNode.GetAsync(alertmanager, "http://127.0.0.1:9093/api/v2/status"));
        Assert.Equal(2, status.RootElement.GetProperty("cluster").GetProperty("peers").GetArrayLength());

        static async Task<List<string>> InstancesAsync(string prometheus)
        {
            using var targets = JsonDocument.Parse(await SwarmNode.GetAsync(prometheus, "http://127.0.0.1:9090/api/v1/targets?state=active"));
            return [.. targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray().Select(t => t.GetProperty("labels"))
                .Where(l => l.GetProperty("job").GetString() == "backend").Select(l => l.GetProperty("instance").GetString()!)];
        }
    }

    [ServerFact]
    public async Task TwoOfEachTellOfAnAlertOnce()
    {
        var prometheus = (await SwarmNode.ContainersOfAsync("prometheus"))[0];
        await AddPlayersAsync();
        await Eventually.TrueAsync(async () => (await ToldAsync()).Any(count => count > 0), "one has told of the first", TimeSpan.FromMinutes(2));
        await AddPlayersAsync();
        await Eventually.TrueAsync(async () => (await ToldAsync()) is [> 0, > 0], "it has told of the second", TimeSpan.FromMinutes(2));

        // Both are of one group, which speaks every half a minute: in that time the other Alertmanager, which lets this one go first by 15 s, would have told of the first too.
        Assert.Equal([1, 2], (await ToldAsync()).Order());
        foreach (var alertmanager in await SwarmNode.ContainersOfAsync("alertmanager"))
        {
            Assert.Equal(2, Regex.Count(await SwarmNode.GetAsync(alertmanager, $"http://127.0.0.1:9093/api/v2/alerts?filter=alertname={SwarmNode.Alert}"), "\"fingerprint\""));
        }

        foreach (var other in await SwarmNode.ContainersOfAsync("prometheus"))
        {
            Assert.Equal(["1", "1"], await SwarmNode.QueryAsync(other, $$"""ALERTS{alertname="{{SwarmNode.Alert}}", alertstate="firing"}"""));
        }

        async Task AddPlayersAsync()
        {
            for (var i = 0; i < SwarmNode.Step; i++)
            {
                using var added = await node.Client.PostAsJsonAsync(new Uri($"http://localhost:{node.Ports["GATEWAY_PORT"]}/api/players"), new { name = $"p{Guid.NewGuid():N}"[..16] });
                Assert.Equal(HttpStatusCode.Created, added.StatusCode);
            }
        }

        // How many notifications have named each of the alerts.
        async Task<List<int>> ToldAsync()
        {
            using var alerts = JsonDocument.Parse(await node.AskInboxAsync(prometheus, $"/api/alerts?state=active&name={SwarmNode.Alert}"));
            var told = new List<int>();
            foreach (var alert in alerts.RootElement.GetProperty("items").EnumerateArray())
            {
                using var details = JsonDocument.Parse(await node.AskInboxAsync(prometheus, $"/api/alerts/{alert.GetProperty("id")}"));
                told.Add(details.RootElement.GetProperty("notificationCount").GetInt32());
            }

            return told;
        }
    }

    [ServerFact]
    public async Task WhatWasChangedHereIsNotDeployedAndAnotherSecretIs()
    {
        var rules = Path.Combine(node.Directory, "monitoring", "prometheus", "rules.yml");
        var before = await File.ReadAllTextAsync(rules);
        await File.WriteAllTextAsync(rules, before + "# mine\n");
        var changed = await node.TryDeployAsync();
        await File.WriteAllTextAsync(rules, before);
        Assert.NotEqual(0, changed.ExitCode);
        Assert.Contains("What was published was changed here", changed.Error, StringComparison.Ordinal);

        var env = Path.Combine(node.Directory, ".env");
        var text = await File.ReadAllTextAsync(env);
        foreach (var (faulty, message) in ((string, string)[])[
            (text.Replace("GF_SECURITY_SECRET_KEY=", "UNUSED=", StringComparison.Ordinal), "GF_SECURITY_SECRET_KEY is not set. Give it a value in .env"), (text + "what is this\n", ".env is no NAME=VALUE")])
        {
            await File.WriteAllTextAsync(env, faulty);
            var refused = await node.TryDeployAsync();
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(message, refused.Error, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(env, text + "GF_SECURITY_ADMIN_PASSWORD='an other $one'\n");
        var deployed = await node.TryDeployAsync();
        await File.WriteAllTextAsync(env, text);
        Assert.True(deployed.ExitCode == 0, deployed.Error);
        await Eventually.TrueAsync(
            async () => await SwarmNode.ContainersOfAsync("grafana") is [var grafana] && (await DockerEngine.RunAsync("docker", ["exec", grafana, "cat", "/run/secrets/GF_SECURITY_ADMIN_PASSWORD"], TimeSpan.FromSeconds(30))).Output.Trim() == "an other $one",
            "Grafana has the other password", TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await node.TryDeployAsync()).ExitCode);
        await SwarmNode.HealthyAsync();
    }
}
