using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The AppHost from outside: how it starts, what it says, how it ends, what it leaves.</summary>
public sealed class AppHostProcessTests
{
    [UnixFact]
    public async Task CtrlCStopsAllAndASecondStartKeepsAllData()
    {
        using var data = new TempDirectory();
        using var client = new HttpClient();
        var home = Directory.CreateDirectory(data["home"]).FullName;
        string player;
        string silence;
        await using (var first = AppHostProcess.Start(data["data"], environment: Environment("Development")))
        {
            await first.ReadyAsync();
            Assert.Contains("Monitoring tools run as executables, because Tools:Run says so.", first.Output, StringComparison.Ordinal);

            using var created = await client.PostAsJsonAsync(first.Address("gateway", "/api/players"), new { name = "ada" });
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            player = new Uri(first.Address("gateway"), created.Headers.Location!).PathAndQuery;
            silence = await SilenceAsync(client, first);
            await Eventually.TrueAsync(() => HasSeriesAsync(client, first, "up"), "something is scraped", TimeSpan.FromSeconds(60));

            first.Interrupt();
            await first.ExitedAsync(TimeSpan.FromSeconds(20));
            await Eventually.TrueAsync(() => Task.FromResult(first.Family.Count == 0), $"nothing is left of {string.Join('\n', first.Family)}");
        }

        // The other way to start it: without a launch profile, and so in Production.
        await using var second = AppHostProcess.Start(data["data"], args: ["--environment=Production"], environment: Environment("Production"));
        await second.ReadyAsync();

        // The password that the first start generated, for this user alone to read, is that of the second one, although it is another environment.
        var secrets = Assert.Single(Directory.GetFiles(home, "secrets.json", SearchOption.AllDirectories));
        var password = JsonElement.Parse(await File.ReadAllTextAsync(secrets)).GetProperty("Parameters:grafana-admin-password").GetString();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(secrets));
        using var search = new HttpRequestMessage(HttpMethod.Get, second.Address("grafana", "/api/search"));
        search.Headers.Authorization = ServiceProcess.Basic("admin", password!);
        using var answer = await client.SendAsync(search);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var found = await client.GetAsync(second.Address("gateway", player));
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Contains(silence, await client.GetStringAsync(second.Address("alertmanager", "/api/v2/silences")), StringComparison.Ordinal);

        // A sample from before the second start: Prometheus kept its data.
        await Eventually.TrueAsync(() => HasSeriesAsync(client, second, "min_over_time(timestamp(up)[1h:1s]) < on () group_left () max(process_start_time_seconds{job=\"prometheus\"})"), "old samples are there", TimeSpan.FromSeconds(60));
        second.Interrupt();
        await second.ExitedAsync(TimeSpan.FromSeconds(20));

        Dictionary<string, string?> Environment(string environment) => new() { ["HOME"] = home, ["DOTNET_ENVIRONMENT"] = environment, ["ASPNETCORE_ENVIRONMENT"] = environment };
    }

    [UnixFact]
    public async Task ACloneInADirectoryOfAnyNameBuiltAsReleaseRunsItsOwnProgramsBesideOthers()
    {
        using var directory = new TempDirectory();
        var clone = directory["mein Übungsordner/it's"];
        await CloneAsync(clone);
        await using var appHost = AppHostProcess.StartClone(clone, directory["Daten hier"], "Release");
        await appHost.ReadyAsync();

        foreach (var service in new[] { "Backend", "Gateway", "Alerts", "Viewer", "Processes" })
        {
            var program = Path.Combine(clone, $"Transcendence.{service}", "bin", "Release");
            Assert.Single(appHost.Family, process => process.Split(' ', 2)[1].StartsWith(program, StringComparison.Ordinal));
        }

        using var client = new HttpClient();
        await Eventually.TrueAsync(() => HasSeriesAsync(client, appHost, "count(up == 1) == 10 unless count(up == 0)"), "every target is up", TimeSpan.FromSeconds(60));
        Assert.True(File.Exists(directory["Daten hier/backend/backend.db"]));
        appHost.Interrupt();
        await appHost.ExitedAsync(TimeSpan.FromSeconds(20));
    }

    [UnixFact]
    public async Task AKilledAppHostLeavesNoProcess()
    {
        using var data = new TempDirectory();
        await using var appHost = AppHostProcess.Start(data.FullName);
        await appHost.ReadyAsync();
        Assert.True(appHost.Family.Count > 7, string.Join('\n', appHost.Family));

        appHost.KillAppHost();
        await Eventually.TrueAsync(() => Task.FromResult(appHost.Family.Count == 0), $"no process is left of {string.Join('\n', appHost.Family)}");
    }

    [Theory]
    [InlineData("alertmanager", "Port {0} of 'alertmanager' is in use by another program. End that, or take another port with --Ports:alertmanager=PORT.")]
    [InlineData("gateway-management", "Port {0} of 'gateway' is in use by another program. End that, or take another port with --Ports:gateway-management=PORT.")]
    [InlineData("dashboard", "Port {0} of the dashboard is in use by another program. End that, or take another port with --Ports:dashboard=PORT.")]
    public async Task ATakenPortIsNamedWithItsSetting(string name, string message)
    {
        using var data = new TempDirectory();
        var ports = AppHostProcess.FreePorts();
        using var taken = new TcpListener(IPAddress.Loopback, ports[name]);
        taken.Start();
        await using var appHost = AppHostProcess.Start(data.FullName, ports);

        Assert.Equal(1, await appHost.ExitedAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, message, ports[name]), appHost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appHost.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADataDirectoryThatCannotBeWrittenIsNamed()
    {
        // Not a matter of permissions, which do not bind root: a file stands where the directory would be.
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(data["file"], "");
        await using var appHost = AppHostProcess.Start(Path.Combine(data["file"], "data"));

        Assert.Equal(1, await appHost.ExitedAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("cannot be written to", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("--DataDirectory=PATH", appHost.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADataDirectoryThatAnotherApplicationUsesIsNamed()
    {
        using var data = new TempDirectory();
        using var held = new FileStream(data[".lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using var appHost = AppHostProcess.Start(data.FullName);

        Assert.Equal(1, await appHost.ExitedAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains($"The data directory '{data.FullName}' is in use by another running application", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("--DataDirectory=PATH", appHost.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task AToolThatCannotBeHadIsNamedWithWhatWasTriedAndTheRestRuns()
    {
        // A machine without a network and without the tools: nothing on PATH but dotnet, no cache, no proxy that answers.
        using var data = new TempDirectory();
        using var bin = new TempDirectory();
        File.CreateSymbolicLink(bin["dotnet"], Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet"));
        File.CreateSymbolicLink(bin["sh"], "/bin/sh");
        await using var appHost = AppHostProcess.Start(
            data.FullName,
            environment: new Dictionary<string, string?> { ["PATH"] = bin.FullName, ["HTTPS_PROXY"] = "http://127.0.0.1:9", ["HTTP_PROXY"] = "http://127.0.0.1:9", ["NO_PROXY"] = null, ["LC_ALL"] = "de_DE.UTF-8" },
            args: [$"--ToolsDirectory={data["tools"]}", "--Tools:Run=auto"]);

        await appHost.ReadyAsync("backend", "gateway", "gateway-management", "alerts", "grafana", "cadvisor");
        Assert.Contains("Monitoring tools run as executables, because neither Docker nor Podman is installed.", appHost.Output, StringComparison.Ordinal);
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(appHost.Address("prometheus", "/-/ready")));
    }

    [Theory]
    [InlineData("--Ports:bakend=9000", "Ports:bakend names no endpoint. Those that can be set are: dashboard, backend, gateway,")]
    [InlineData("--Ports:backend=70000", "Ports:backend=70000 is no port.")]
    [InlineData("--Ports:dashboard=65535", "Ports:dashboard=65535 is no port.")]
    [InlineData("--Prometheus:Retention=forever", "The retention of 'prometheus' is forever, which is no duration.")]
    [InlineData("--Prometheus:RetentionSize=much", "The retention of 'prometheus' is much, which is no size.")]
    [InlineData("--Tools:Run=native", "Tools:Run=native is not known. Set it to auto, containers or executables.")]
    public async Task AWrongSettingIsOneMessageAndNoTrace(string setting, string message)
    {
        using var data = new TempDirectory();
        await using var appHost = AppHostProcess.Start(data.FullName, args: setting);
        Assert.Equal(1, await appHost.ExitedAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(message, appHost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appHost.Output, StringComparison.Ordinal);
    }

    private static async Task CloneAsync(string target)
    {
        // What is not committed yet is part of what is tested.
        var files = await ChildProcess.RunAsync("git", ["-C", ServiceProcess.RepositoryRoot, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], TimeSpan.FromMinutes(1), null);
        Assert.True(files.ExitCode == 0, files.Error);
        foreach (var file in files.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Path.Combine(ServiceProcess.RepositoryRoot, file))))
        {
            var copy = Path.Combine(target, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(ServiceProcess.RepositoryRoot, file), copy);
        }
    }

    private static async Task<bool> HasSeriesAsync(HttpClient client, AppHostProcess appHost, string promQL)
    {
        var answer = await client.GetStringAsync(appHost.Address("prometheus", $"/api/v1/query?query={Uri.EscapeDataString(promQL)}"));
        return !answer.Contains("\"result\":[]", StringComparison.Ordinal);
    }

    private static async Task<string> SilenceAsync(HttpClient client, AppHostProcess appHost)
    {
        using var answer = await client.PostAsJsonAsync(appHost.Address("alertmanager", "/api/v2/silences"), new
        {
            matchers = new[] { new { name = "alertname", value = "Nothing", isRegex = false, isEqual = true } },
            startsAt = DateTimeOffset.UtcNow,
            endsAt = DateTimeOffset.UtcNow.AddHours(1),
            createdBy = "a test",
            comment = "Is kept.",
        });
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("silenceID").GetString()!;
    }
}
