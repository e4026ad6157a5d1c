using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>A broken part says what is wrong, and can be mended while the rest runs.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task ABrokenPrometheusConfigurationIsNamedAndCanBeMended()
    {
        var broken = true;
        await using var application = await Application.StartAsync(builder =>
        {
            var prometheus = (ContainerResource)builder.Resources.Single(r => r.Name == "prometheus");
            builder.CreateResourceBuilder(prometheus).OnBeforeResourceStarted(async (_, _, cancellationToken) =>
            {
                if (broken)
                {
                    var file = prometheus.Annotations.OfType<ContainerMountAnnotation>().Single(m => m.Target == "/etc/prometheus").Source!;
                    await File.AppendAllTextAsync(Path.Combine(file, "prometheus.yml"), "\nscrape_configz: []\n", cancellationToken);
                }
            });
        });

        using var deadline = new CancellationTokenSource(Application.StartTimeout);
        var failed = await application.App.ResourceNotifications.WaitForResourceAsync("prometheus", e => e.Snapshot.State?.Text == KnownResourceStates.FailedToStart, deadline.Token);
        var message = (string)failed.Snapshot.Properties.Single(p => p.Name == "resource.failure").Value!;
        Assert.Contains("The configuration of 'prometheus' is not valid", message, StringComparison.Ordinal);
        Assert.Contains("scrape_configz", message, StringComparison.Ordinal);
        Assert.Contains("Correct it, then start 'prometheus' again.", message, StringComparison.Ordinal);

        // The rest runs.
        await application.WaitHealthyAsync("backend", "gateway", "alerts", "alertmanager", "grafana", "cadvisor");

        broken = false;
        await application.CommandAsync("prometheus", KnownResourceCommands.StartCommand);
        await application.WaitHealthyAsync("prometheus");
        await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="backend"}""")) is [{ Value: 1 }], "the backend is scraped");
    }

    [Fact]
    public async Task AnyResourceWithMetricsIsScrapedAsAJobOfItsOwn()
    {
        await using var application = await Application.StartAsync(builder =>
        {
            var second = Transcendence.AppHost.AlertmanagerBuilderExtensions.AddAlertmanager(builder, "second", port: null);
            Transcendence.AppHost.AlertmanagerBuilderExtensions.WithConfiguration(second, "../monitoring/alertmanager");
            Transcendence.AppHost.AlertmanagerBuilderExtensions.WithDataVolume(second);
            Transcendence.AppHost.MetricsBuilderExtensions.WithMetrics(second);
        });

        await application.WaitHealthyAsync("prometheus", "second");
        await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="second"}""")) is [{ Value: 1 }], "the second one is a job of its own");

        // What is stopped keeps its target.
        await application.CommandAsync("second", KnownResourceCommands.StopCommand);
        await Eventually.TrueAsync(async () => (await application.QueryAsync("""up{job="second"}""")) is [{ Value: 0 }], "up falls to 0");
    }
}
