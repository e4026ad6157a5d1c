using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Transcendence.Hosting.Native;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Engine;

/// <summary>The life of resources in a small application of the test's own, with real processes.</summary>
public sealed class LifeCycleTests : IDisposable
{
    private readonly TempDirectory data = new();
    private readonly IDistributedApplicationTestingBuilder builder;

    public LifeCycleTests() => builder = DistributedApplicationTestingBuilder.Create($"--DataDirectory={data.FullName}");

    public void Dispose() => data.Dispose();

    [UnixFact]
    public async Task StartsInTheOrderOfTheWaits()
    {
        var gate = new TaskCompletionSource<HealthCheckResult>();
        builder.Services.AddHealthChecks().AddAsyncCheck("gate", () => gate.Task);
        var first = Shell("first", "sleep 1000").WithHealthCheck("gate");
        Shell("second", "sleep 1000").WaitFor(first);
        Shell("third", "sleep 1000").WaitForStart(first);
        await using var app = await StartAsync();

        await InStateAsync(app, "first", KnownResourceStates.Running);
        await InStateAsync(app, "third", KnownResourceStates.Running);
        await InStateAsync(app, "second", KnownResourceStates.Waiting);

        gate.SetResult(HealthCheckResult.Healthy());
        await HealthyAsync(app, "first");
        await HealthyAsync(app, "second");
        await app.StopAsync();
    }

    [UnixFact]
    public async Task WhatWaitsForSomethingThatFailsDoesAsItsWaitSays()
    {
        var first = builder.AddContainer("first", "image", "tag");
        Shell("gives-up", "sleep 1000").WaitFor(first);
        Shell("goes-on", "sleep 1000").WaitFor(first, WaitBehavior.WaitOnResourceUnavailable);
        await using var app = await StartAsync();

        var failed = await InStateAsync(app, "first", KnownResourceStates.FailedToStart);
        Assert.Contains("it knows no native tool for it", Failure(failed), StringComparison.Ordinal);
        var gaveUp = await InStateAsync(app, "gives-up", KnownResourceStates.FailedToStart);
        Assert.Contains("'first'", Failure(gaveUp), StringComparison.Ordinal);
        await InStateAsync(app, "goes-on", KnownResourceStates.Waiting);
        await app.StopAsync();
    }

    [UnixFact]
    public async Task StopStartAndRestartDoWhatTheySayAndTellOfIt()
    {
        var starts = 0;
        var stops = 0;
        Shell("worker", "sleep 1000")
            .OnBeforeResourceStarted((_, _, _) => Count(ref starts))
            .OnResourceStopped((_, _, _) => Count(ref stops));
        await using var app = await StartAsync();
        var first = Pid(await HealthyAsync(app, "worker"));

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.StopCommand)).Success);
        var stopped = await InStateAsync(app, "worker", KnownResourceStates.Exited);
        Assert.NotNull(stopped.Snapshot.StopTimeStamp);
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(first));

        var again = await app.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.StopCommand);
        Assert.Contains("cannot be given to resource 'worker' now", again.ErrorMessage, StringComparison.Ordinal);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.StartCommand)).Success);
        var second = Pid(await HealthyAsync(app, "worker"));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.RestartCommand)).Success);
        var third = Pid(await HealthyAsync(app, "worker"));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.Equal((3, 2), (starts, stops));
        await app.StopAsync();
    }

    [UnixFact]
    public async Task AProcessThatEndsByItselfIsToldWithItsCodeAndItsLastLines()
    {
        Shell("worker", "echo all is lost; exit 3");
        await using var app = await StartAsync();
        var ended = await InStateAsync(app, "worker", KnownResourceStates.Exited);
        Assert.Equal(3, ended.Snapshot.ExitCode);
        Assert.Contains("exit code 3", Failure(ended), StringComparison.Ordinal);
        Assert.Contains("all is lost", Failure(ended), StringComparison.Ordinal);
        await app.StopAsync();
    }

    [UnixFact]
    public async Task AnExplicitStartWaitsForItsCommand()
    {
        Shell("on-demand", "sleep 1000").WithExplicitStart();
        await using var app = await StartAsync();
        await InStateAsync(app, "on-demand", KnownResourceStates.NotStarted);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("on-demand", KnownResourceCommands.StartCommand)).Success);
        await HealthyAsync(app, "on-demand");
        await app.StopAsync();
    }

    [UnixFact]
    public async Task AStartCanBeBrokenOffWhileItWaits()
    {
        var never = Shell("never", "sleep 1000").WithExplicitStart();
        Shell("waiting", "sleep 1000").WaitFor(never);
        await using var app = await StartAsync();
        await InStateAsync(app, "waiting", KnownResourceStates.Waiting);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("waiting", KnownResourceCommands.StopCommand)).Success);
        await InStateAsync(app, "waiting", KnownResourceStates.Exited);
        await app.StopAsync();
    }

    [Fact]
    public async Task CommandsOfTheModelAreGivenAndFailuresAreResults()
    {
        builder.AddResource(new CustomResource("thing"))
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Thing", Properties = [], State = KnownResourceStates.Running })
            .WithCommand("greet", "Greet", context => Task.FromResult(context.ResourceName == "thing" ? CommandResults.Success() : CommandResults.Failure()))
            .WithCommand("throw", "Throw", _ => throw new InvalidOperationException("as told"))
            .WithCommand("never", "Never", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { UpdateState = _ => ResourceCommandState.Disabled });
        await using var app = await StartAsync();

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("thing", "greet")).Success);
        Assert.Equal("as told", (await app.ResourceCommands.ExecuteCommandAsync("thing", "throw")).ErrorMessage);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("thing", "never")).Success);
        Assert.Contains("Its commands are: greet, throw, never.", (await app.ResourceCommands.ExecuteCommandAsync("thing", "sing")).ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("There is no resource 'nothing'.", (await app.ResourceCommands.ExecuteCommandAsync("nothing", "greet")).ErrorMessage, StringComparison.Ordinal);
        await app.StopAsync();
    }

    [UnixFact]
    public async Task HealthIsThatOfTheWorstCheckAndIsForgottenAtAStop()
    {
        var status = HealthStatus.Healthy;
        builder.Services.AddHealthChecks()
            .AddCheck("good", () => HealthCheckResult.Healthy())
            .AddCheck("changing", () => new HealthCheckResult(status, "as set"));
        Shell("worker", "sleep 1000").WithHealthCheck("good").WithHealthCheck("changing");
        await using var app = await StartAsync();
        await HealthyAsync(app, "worker");

        status = HealthStatus.Degraded;
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.RestartCommand)).Success);
        var degraded = await app.ResourceNotifications.WaitForResourceAsync("worker", e => e.Snapshot.HealthStatus == HealthStatus.Degraded, Deadline);
        Assert.Contains(degraded.Snapshot.HealthReports, r => r is { Name: "changing", Description: "as set" });

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", KnownResourceCommands.StopCommand)).Success);
        Assert.Null((await InStateAsync(app, "worker", KnownResourceStates.Exited)).Snapshot.HealthStatus);
        await app.StopAsync();
    }

    [UnixFact]
    public async Task ATakenPortIsNamedAndTheResourceStartsOnceItIsFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Shell("web", "sleep 1000").WithHttpEndpoint(port, isProxied: false).WithAnnotation(new PortSettingAnnotation("http", "Ports:web"));
        await using var app = await StartAsync();

        var failed = await InStateAsync(app, "web", KnownResourceStates.FailedToStart);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"Port {port} of 'web' is in use by another process. End that process, or take another port with --Ports:web=PORT. Then start 'web' again."),
            Failure(failed));

        taken.Stop();
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("web", KnownResourceCommands.StartCommand)).Success);
        await HealthyAsync(app, "web");
        await app.StopAsync();
    }

    [UnixFact]
    public async Task LogsAreKeptAndFollowed()
    {
        Shell("talker", "echo one; echo two >&2; sleep 1000");
        await using var app = await StartAsync();
        var lines = new List<LogLine>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync("talker").WithCancellation(deadline.Token))
        {
            lines.AddRange(batch);
            if (lines.Count(l => l.Content.EndsWith(" one", StringComparison.Ordinal) || l.Content.EndsWith(" two", StringComparison.Ordinal)) == 2)
            {
                break;
            }
        }

        Assert.Contains(lines, l => l.IsErrorMessage && l.Content.EndsWith(" two", StringComparison.Ordinal));
        Assert.Contains(lines, l => !l.IsErrorMessage && l.Content.EndsWith(" one", StringComparison.Ordinal));
        Assert.Equal(lines.Select(l => l.LineNumber).Order(), lines.Select(l => l.LineNumber));
        await app.StopAsync();
    }

    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private static Task Count(ref int counter)
    {
        Interlocked.Increment(ref counter);
        return Task.CompletedTask;
    }

    private static int Pid(ResourceEvent e) => (int)e.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value!;

    private static string Failure(ResourceEvent e) => (string)e.Snapshot.Properties.Single(p => p.Name == "resource.failure").Value!;

    private static Task<ResourceEvent> InStateAsync(DistributedApplication app, string name, string state) =>
        app.ResourceNotifications.WaitForResourceAsync(name, e => e.Snapshot.State?.Text == state, Deadline);

    private static Task<ResourceEvent> HealthyAsync(DistributedApplication app, string name) =>
        app.ResourceNotifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, Deadline);

    private async Task<DistributedApplication> StartAsync()
    {
        var app = await builder.BuildAsync();
        await app.StartAsync();
        return app;
    }

    /// <summary>A container resource that is a shell script in truth.</summary>
    private IResourceBuilder<ContainerResource> Shell(string name, string script) => builder.AddContainer(name, "image", "tag")
        .WithArgs("-c", script)
        .WithAnnotation(new NativeToolAnnotation(new NativeTool { Name = "bash", Command = "bash", DownloadPage = new Uri("https://example.org/") }, _ => { }));

    private sealed class CustomResource(string name) : Resource(name);
}
