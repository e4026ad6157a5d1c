namespace Transcendence.Tests.Containers;

/// <summary>An image that is not there, and that no registry gives.</summary>
[Collection(ContainerTests.Name)]
public sealed class PullTests
{
    [DockerFact]
    public async Task TheStateOfAnImageThatCannotBePulledNamesTheSettingAndAStartTriesAgain()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["prometheus.yml"], "{}");
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Transcendence_Tests_AppHost>(
            [$"--DataDirectory={directory["data"]}", $"--Files={directory.FullName}", "--Tools:Run=containers", "--Tools:Images:prometheus=localhost:1/nothing:v1"]);
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        const string State = "No image localhost:1/nothing:v1: set Tools:Images:Prometheus or Tools:Run";
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var failed = await app.ResourceNotifications.WaitForResourceAsync("metrics", e => e.Snapshot.State?.Text == State, deadline.Token);
        Assert.Equal(KnownResourceStateStyles.Error, failed.Snapshot.State!.Style);
        Assert.Equal(ResourceCommandState.Enabled, failed.Snapshot.Commands.Single(c => c.Name == KnownResourceCommands.StartCommand).State);

        await DockerEngine.DockerAsync("tag", ContainerImages.All.First(image => image.Contains("prometheus", StringComparison.Ordinal)), "localhost:1/nothing:v1");
        try
        {
            var started = await app.ResourceCommands.ExecuteCommandAsync("metrics", KnownResourceCommands.StartCommand, deadline.Token);
            Assert.True(started.Success, started.Message);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("metrics", deadline.Token);
        }
        finally
        {
            await app.StopAsync(deadline.Token);
            await DockerEngine.DockerAsync("rmi", "localhost:1/nothing:v1");
        }
    }
}
