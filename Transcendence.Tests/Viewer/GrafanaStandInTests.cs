using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Viewer;

/// <summary>The viewer in the running application, on a machine on which no Grafana can be had.</summary>
public sealed class GrafanaStandInTests
{
    [Fact]
    public async Task ItTakesWhatTheModelSaysToGrafanaAndDrawsFromTheRunningPrometheus()
    {
        await using var application = await StartAsync(grafana =>
        {
            grafana.WithEnvironment("GF_SECURITY_ADMIN_USER", "operator").WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", "set by the model");
            if (OperatingSystem.IsLinux())
            {
                // A loopback address that no other resource uses, as if it were one of the network.
                grafana.Resource.Annotations.OfType<EndpointAnnotation>().Single().TargetHost = "127.0.0.2";
            }
        }, "--Grafana:AllowedHosts=monitor.school.example;other.example");
        await application.WaitHealthyAsync("grafana", "prometheus", "backend");

        Assert.True(application.App.ResourceNotifications.TryGetCurrentState("grafana", out var state));
        Assert.Equal("Dashboards (built-in viewer)", Assert.Single(state.Snapshot.Urls).DisplayProperties.DisplayName);
        Assert.Contains("User: operator. Password: the one that the model gives as GF_SECURITY_ADMIN_PASSWORD", (string)state.Snapshot.Properties.Single(p => p.Name == "resource.note").Value!, StringComparison.Ordinal);

        using var client = application.App.CreateHttpClient("grafana");
        foreach (var (user, password, status) in new[] { ("admin", "only-for-tests", 401), ("operator", "only-for-tests", 401), ("operator", "set by the model", 200) })
        {
            client.DefaultRequestHeaders.Authorization = RunningViewer.Basic(user, password);
            using var response = await client.GetAsync(new Uri("/api/viewer", UriKind.Relative));
            Assert.Equal(status, (int)response.StatusCode);
        }

        foreach (var (host, status) in new[] { ("monitor.school.example", 200), ("other.example:3000", 200), ("evil.example", 400) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/viewer", UriKind.Relative));
            request.Headers.Host = host;
            using var response = await client.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }

        if (OperatingSystem.IsLinux())
        {
            // Whoever comes over the network is not told the user.
            Assert.DoesNotContain("operator", await client.GetStringAsync(new Uri("/login", UriKind.Relative)), StringComparison.Ordinal);
        }

        var viewer = await GetAsync(client, "/api/viewer");
        Assert.Contains("not Grafana", viewer.GetProperty("notice").GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Contains(viewer.GetProperty("notice").GetProperty("lines").EnumerateArray(), line => line.GetString()!.Contains("https://grafana.com/grafana/download", StringComparison.Ordinal));
        Assert.Empty(viewer.GetProperty("problems").EnumerateArray());
        Assert.Contains("ft_transcendence", (await GetAsync(client, "/api/search")).EnumerateArray().Select(d => d.GetProperty("uid").GetString()));

        // By the address where Prometheus really listens, which the provisioned file does not have.
        var source = (await GetAsync(client, "/api/datasources")).EnumerateArray().Single(s => s.GetProperty("isDefault").GetBoolean());
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await GetAsync(client, $"/api/datasources/proxy/uid/{source.GetProperty("uid").GetString()}/api/v1/query?query=" + Uri.EscapeDataString("up{job=~\"backend|grafana\"} == 1"));
                return answer.GetProperty("data").GetProperty("result").GetArrayLength() == 2;
            },
            "backend and viewer are up, as seen through the viewer");
    }

    [Fact]
    public async Task ItStopsStartsAndSaysWhatWasTried()
    {
        await using var application = await StartAsync(_ => { });
        await application.WaitHealthyAsync("grafana");
        using var client = application.App.CreateHttpClient("grafana");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/api/health", UriKind.Relative))).StatusCode);

        await application.CommandAsync("grafana", KnownResourceCommands.StopCommand);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("/api/health", UriKind.Relative)));
        await application.CommandAsync("grafana", KnownResourceCommands.StartCommand);
        await application.WaitHealthyAsync("grafana");
        await application.CommandAsync("grafana", KnownResourceCommands.RestartCommand);
        await application.WaitHealthyAsync("grafana");

        Assert.Contains("the parameter &#39;grafana-admin-password&#39;", await client.GetStringAsync(new Uri("/login", UriKind.Relative)), StringComparison.Ordinal);
        client.DefaultRequestHeaders.Authorization = RunningViewer.Basic("admin", "only-for-tests");
        Assert.Equal("admin", (await GetAsync(client, "/api/viewer")).GetProperty("user").GetString());

        var log = new List<string>();
        await foreach (var batch in application.App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync("grafana"))
        {
            log.AddRange(batch.Select(line => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }

        Assert.Contains("warn: no-grafana is not available. Tried:", log);
        Assert.Contains(log, line => line.StartsWith("        - PATH: no 'no-grafana-anywhere'", StringComparison.Ordinal));
        Assert.Contains(log, line => line.StartsWith("The built-in viewer draws the dashboards in its place.", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("dashboards and 1 data sources are provisioned", StringComparison.Ordinal));
        Assert.DoesNotContain(log, line => line.Contains("only-for-tests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutAPasswordItDoesNotStartAndSaysWhatIsMissing()
    {
        await using var application = await StartAsync(grafana => grafana.WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", ""));
        using var deadline = new CancellationTokenSource(Application.StartTimeout);
        var failed = await application.App.ResourceNotifications.WaitForResourceAsync("grafana", e => e.Snapshot.State?.Text == KnownResourceStates.FailedToStart, deadline.Token);
        Assert.Contains("GF_SECURITY_ADMIN_PASSWORD of 'grafana' is empty", (string)failed.Snapshot.Properties.Single(p => p.Name == "resource.failure").Value!, StringComparison.Ordinal);
    }

    /// <summary>Starts the application with a Grafana that is nowhere.</summary>
    private static Task<Application> StartAsync(Action<IResourceBuilder<ContainerResource>> configure, params string[] args) => Application.StartAsync(
        builder =>
        {
            var grafana = builder.CreateResourceBuilder((ContainerResource)builder.Resources.Single(r => r.Name == "grafana"));
            var native = grafana.Resource.Annotations.OfType<NativeToolAnnotation>().Single();
            grafana.Resource.Annotations.Remove(native);
            grafana.WithAnnotation(new NativeToolAnnotation(
                new NativeTool { Name = "no-grafana", Command = "no-grafana-anywhere", DownloadPage = native.Tool.DownloadPage }, native.Configure)
            {
                StandIn = native.StandIn,
            });
            configure(grafana);
        },
        args);

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        return await RunningViewer.ReadAsync(response);
    }
}
