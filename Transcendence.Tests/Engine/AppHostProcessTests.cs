using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Engine;

/// <summary>The AppHost from outside: what it prints, how it ends, what it leaves.</summary>
public sealed class AppHostProcessTests
{
    private static readonly string[] s_running = ["backend", "gateway", "alerts", "alertmanager", "prometheus", "grafana", "cadvisor"];

    [UnixFact]
    public async Task CtrlCStopsAllWithinTenSecondsAndASecondStartKeepsAllData()
    {
        using var data = new TempDirectory();
        string location;
        await using (var first = AppHostProcess.Start(data.FullName))
        {
            await first.SettledAsync();
            Assert.Contains($"Data: {data.FullName}", first.Output, StringComparison.Ordinal);
            foreach (var name in s_running)
            {
                Assert.Contains("Running (Healthy)", first.Row(name), StringComparison.Ordinal);
                Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{first.Ports[name]}"), first.Row(name), StringComparison.Ordinal);
            }

            using var client = new HttpClient();
            using var created = await client.PostAsJsonAsync(new Uri($"http://localhost:{first.Ports["gateway"]}/api/players"), new { name = "ada" });
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            location = created.Headers.Location!.ToString();
            await Eventually.TrueAsync(() => HasSeriesAsync(client, first.Ports["prometheus"], "up"), "something is scraped", TimeSpan.FromSeconds(60));

            first.Interrupt();
            Assert.Equal(0, await first.ExitedAsync(TimeSpan.FromSeconds(10)));
            Assert.Empty(first.Family);
        }

        await using var second = AppHostProcess.Start(data.FullName);
        await second.SettledAsync();
        using var again = new HttpClient();
        using var found = await again.GetAsync(new Uri(new Uri($"http://localhost:{second.Ports["gateway"]}/"), new Uri(location, UriKind.RelativeOrAbsolute).IsAbsoluteUri ? new Uri(location).PathAndQuery : location));
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);

        // A sample from before the second start: Prometheus kept its data.
        await Eventually.TrueAsync(() => HasSeriesAsync(again, second.Ports["prometheus"], "min_over_time(up[1h]) and on() (time() - min_over_time(timestamp(up)[1h:1s]) > 1)"), "old samples are there");
        second.Interrupt();
        Assert.Equal(0, await second.ExitedAsync(TimeSpan.FromSeconds(10)));
        Assert.Empty(second.Family);
    }

    [UnixFact]
    public async Task AKilledAppHostLeavesNoProcess()
    {
        using var data = new TempDirectory();
        await using var appHost = AppHostProcess.Start(data.FullName);
        await appHost.SettledAsync();
        Assert.True(appHost.Family.Count >= s_running.Length, string.Join('\n', appHost.Family));

        appHost.KillAppHost();
        await appHost.ExitedAsync(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => Task.FromResult(appHost.Family.Count == 0), $"no process is left of {string.Join('\n', appHost.Family)}");
    }

    [Fact]
    public async Task ATakenPortIsNamedWithItsSettingAndTheRestRuns()
    {
        using var data = new TempDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var appHost = AppHostProcess.Start(data.FullName, args: string.Create(CultureInfo.InvariantCulture, $"--Ports:alertmanager={port}"));
        await appHost.SettledAsync();

        Assert.Contains($"error: alertmanager: Port {port} of 'alertmanager' is in use by another process.", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("--Ports:alertmanager=PORT", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("FailedToStart", appHost.Row("alertmanager"), StringComparison.Ordinal);
        Assert.Contains("Running (Healthy)", appHost.Row("prometheus"), StringComparison.Ordinal);
        Assert.Contains("Running (Healthy)", appHost.Row("gateway"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADataDirectoryThatCannotBeWrittenIsNamedOnceAndTheRestRuns()
    {
        // Not a matter of permissions, which do not bind root: a file stands where the directory would be.
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(data["file"], "");
        await using var appHost = AppHostProcess.Start(Path.Combine(data["file"], "data"));
        await appHost.SettledAsync();

        Assert.Contains("cannot be written to", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("--DataDirectory=PATH", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("Running (Healthy)", appHost.Row("cadvisor"), StringComparison.Ordinal);
        Assert.DoesNotContain("Running", appHost.Row("prometheus"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AToolThatCannotBeHadIsNamedWithWhatWasTriedAndTheRestRuns()
    {
        // A machine without a network and without the tools: nothing on PATH but dotnet, no cache, no proxy that answers.
        using var data = new TempDirectory();
        using var bin = new TempDirectory();
        File.CreateSymbolicLink(bin["dotnet"], Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : Hosting.Utils.DotnetHost.Path);
        File.CreateSymbolicLink(bin["sh"], "/bin/sh");
        await using var appHost = AppHostProcess.Start(
            data.FullName,
            environment: new Dictionary<string, string>
            {
                ["PATH"] = bin.FullName,
                ["HTTPS_PROXY"] = "http://127.0.0.1:9",
                ["HTTP_PROXY"] = "http://127.0.0.1:9",
            },
            args: $"--ToolsDirectory={data["tools"]}");
        await appHost.SettledAsync();

        Assert.Contains("error: prometheus: prometheus is not available. Tried:", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("https://prometheus.io/download/", appHost.Output, StringComparison.Ordinal);
        Assert.Contains("FailedToStart", appHost.Row("prometheus"), StringComparison.Ordinal);
        Assert.Contains("Running (Healthy)", appHost.Row("backend"), StringComparison.Ordinal);
        Assert.Contains("Running (Healthy)", appHost.Row("gateway"), StringComparison.Ordinal);

        // Grafana has a stand-in, which says so, and how to log in and how to get Grafana.
        Assert.Contains("Running (Healthy)", appHost.Row("grafana"), StringComparison.Ordinal);
        var note = appHost.Output.Split('\n').Single(line => line.StartsWith("note: grafana: The built-in viewer", StringComparison.Ordinal));
        Assert.Contains("the parameter 'grafana-admin-password'", note, StringComparison.Ordinal);
        Assert.Contains("dotnet user-secrets list", note, StringComparison.Ordinal);
        Assert.Contains("https://grafana.com/grafana/download", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Ports:bakend=9000", "--Ports:bakend names no endpoint. Those that can be set are: backend, gateway,")]
    [InlineData("--Ports:backend=70000", "--Ports:backend=70000 is no port.")]
    [InlineData("--Prometheus:Retention=forever", "--Prometheus:Retention=forever is no duration.")]
    [InlineData("--Prometheus:ScrapeInterval=0s", "--Prometheus:ScrapeInterval=0s is no duration.")]
    [InlineData("--LogLevel:Default=loud", "--LogLevel:Default=loud is no log level.")]
    [InlineData("--LogLevel:bakend=Debug", "--LogLevel:bakend names no resource.")]
    [InlineData("--BindAddress=nowhere", "--BindAddress=nowhere is no address.")]
    public async Task AWrongSettingIsOneMessageAndNoTrace(string setting, string message)
    {
        using var data = new TempDirectory();
        await using var appHost = AppHostProcess.Start(data.FullName, args: setting);
        Assert.Equal(1, await appHost.ExitedAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains($"error: {message}", appHost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appHost.Output, StringComparison.Ordinal);
    }

    private static async Task<bool> HasSeriesAsync(HttpClient client, int port, string promQL)
    {
        var answer = await client.GetStringAsync(new Uri($"http://localhost:{port}/api/v1/query?query={Uri.EscapeDataString(promQL)}"));
        return !answer.Contains("\"result\":[]", StringComparison.Ordinal);
    }
}
