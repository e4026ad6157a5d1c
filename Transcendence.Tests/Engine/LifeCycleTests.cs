using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Transcendence.Hosting.Native;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Native;

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
    public async Task AStandInRunsWhileItsToolCannotBeHadAndGivesWayToIt()
    {
        var archive = FakeTool.TarGz(FakeTool.Entry("tool/faketool", "#!/bin/sh\n[ \"$1\" = --version ] && echo 'faketool, version 1.2.3' && exit\nexec sleep 1000\n", FakeTool.Executable));
        var isThere = false;
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.StatusCode = isThere ? 200 : 404;
            await context.Response.Body.WriteAsync(isThere ? archive : default, context.RequestAborted);
        });
        var served = new List<BuiltInServiceContext>();
        using var ended = new CancellationTokenSource();
        builder.AddContainer("tool", "image", "tag")
            .WithHttpEndpoint(targetPort: 1234, name: "http")
            .WithUrlForEndpoint("http", url => url.DisplayText = "The tool")
            .WithBindMount(data.FullName, "/etc/tool")
            .WithEnvironment("TOOL_DIRECTORY", "/etc/tool/inner")
            .WithAnnotation(new NativeToolAnnotation(FakeTool.Describe(server["faketool.tar.gz"], archive), _ => { })
            {
                StandIn = new BuiltInServiceAnnotation((context, _) =>
                {
                    served.Add(context);
                    context.UrlText = "Not the tool";
                    context.Note = "Something else runs.";
                    context.Loggers.CreateLogger("Stand.In").Log(LogLevel.Warning, default, "ready", null, (text, _) => text);
                    return Task.FromResult<IAsyncDisposable>(new DisposeAction(ended.Cancel));
                }),
            });
        await using var app = await StartAsync();

        var standIn = await HealthyAsync(app, "tool");
        var context = Assert.Single(served);
        Assert.Equal(Path.Combine(data.FullName, "inner"), context.Environment["TOOL_DIRECTORY"]);
        Assert.Contains("the server answered 404", context.MissingTool!.Message, StringComparison.Ordinal);
        Assert.Equal("Not the tool", Assert.Single(standIn.Snapshot.Urls).DisplayProperties.DisplayName);
        Assert.Contains(standIn.Snapshot.Properties, p => p is { Name: "resource.note", Value: "Something else runs." });
        var log = await LogAsync(app, "tool");
        Assert.Contains("faketool is not available. Tried:", log, StringComparison.Ordinal);
        Assert.Contains("the server answered 404", log, StringComparison.Ordinal);
        Assert.Contains("Something else runs.", log, StringComparison.Ordinal);
        Assert.Contains("warn: ready", log, StringComparison.Ordinal);

        isThere = true;
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.RestartCommand)).Success);
        var tool = await HealthyAsync(app, "tool");
        Assert.True(ended.IsCancellationRequested);
        Assert.Single(served);
        Assert.True(Pid(tool) > 0);
        Assert.Equal("The tool", Assert.Single(tool.Snapshot.Urls).DisplayProperties.DisplayName);
        Assert.DoesNotContain(tool.Snapshot.Properties, p => p.Name == "resource.note");
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

    private static async Task<string> LogAsync(DistributedApplication app, string name)
    {
        var lines = new List<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(name))
        {
            lines.AddRange(batch.Select(line => line.Content));
        }

        return string.Join('\n', lines);
    }

    private sealed class CustomResource(string name) : Resource(name);

    private sealed class DisposeAction(Action action) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            action();
            return ValueTask.CompletedTask;
        }
    }
}
