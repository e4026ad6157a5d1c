using System.Collections.Concurrent;
using System.Globalization;
using Transcendence.Hosting.Processes;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Processes;

public sealed class ProcessSupervisorTests : IAsyncDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly ProcessSupervisor _supervisor = new();
    private readonly ConcurrentQueue<(string Line, bool IsError)> _output = new();
    private readonly string _token = Guid.NewGuid().ToString("N");

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        MarkedProcesses.Kill(_token);
    }

    [UnixFact]
    public async Task Output_of_both_streams_and_the_exit_code_arrive()
    {
        var process = Start("echo out; echo err >&2; echo; printf 'no line break'; exit 3");

        Assert.Equal(3, await Exit(process));
        Assert.Equal(["out", "", "no line break"], _output.Where(line => !line.IsError).Select(line => line.Line));
        Assert.Equal(["err"], _output.Where(line => line.IsError).Select(line => line.Line));
    }

    [UnixFact]
    public async Task A_process_ended_by_a_signal_has_128_and_its_number_as_exit_code()
    {
        Assert.Equal(128 + 9, await Exit(Start("kill -9 $$")));
    }

    [UnixFact]
    public async Task Much_output_on_both_streams_arrives_whole_and_in_order()
    {
        const int Count = 200_000;

        Assert.Equal(0, await Exit(Start($"seq 1 {Count} & seq 1 {Count} >&2; wait")));

        var expected = Enumerable.Range(1, Count).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(expected, _output.Where(line => !line.IsError).Select(line => line.Line));
        Assert.Equal(expected, _output.Where(line => line.IsError).Select(line => line.Line));
    }

    [UnixFact]
    public async Task A_process_sees_its_directory_its_arguments_and_an_empty_standard_input()
    {
        using var directory = new TempDirectory();
        var process = _supervisor.Start(
            new ProcessSpec
            {
                FileName = "/bin/sh",
                Arguments = ["-c", "pwd -P; cat; printf '%s\\n' \"$@\"", "sh", "a b", "", "\"$HOME\" * 'x'"],
                WorkingDirectory = directory.FullName,
            },
            Collect);

        Assert.Equal(0, await Exit(process));
        Assert.EndsWith(directory.FullName, _output.First().Line, StringComparison.Ordinal);
        Assert.Equal(["a b", "", "\"$HOME\" * 'x'"], _output.Skip(1).Select(line => line.Line));
    }

    [UnixFact]
    public async Task A_path_is_relative_to_the_working_directory()
    {
        using var directory = new TempDirectory();
        await WriteProgram(directory["program"], "#!/bin/sh\necho here\n");

        var process = _supervisor.Start(
            new ProcessSpec { FileName = "./program", WorkingDirectory = directory.FullName }, Collect);

        Assert.Equal(0, await Exit(process));
        Assert.Equal("here", _output.Single().Line);
    }

    [UnixFact]
    public async Task Stopping_lets_a_process_end_in_its_own_way()
    {
        var process = Start("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
        await WaitForLine("ready");

        await process.StopAsync(s_long, CancellationToken.None).WaitAsync(s_deadline);

        Assert.Equal(7, await process.Exited);
        Assert.Contains(("bye", false), _output);
    }

    [UnixFact]
    public async Task Stopping_kills_a_process_that_ignores_it_after_the_grace_period()
    {
        var process = Start("trap '' TERM; sleep 1000 & echo ready; while :; do sleep 0.05; done");
        await WaitForLine("ready");

        await process.StopAsync(TimeSpan.FromMilliseconds(200), CancellationToken.None).WaitAsync(s_deadline);

        Assert.Equal(128 + 9, await process.Exited);
        Assert.Empty(MarkedProcesses.Find(_token));
    }

    [UnixFact]
    public async Task Cancellation_cuts_the_grace_period_short()
    {
        var process = Start("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await WaitForLine("ready");
        using var cancellation = new CancellationTokenSource();

        var stopping = process.StopAsync(s_long, cancellation.Token);
        Assert.False(stopping.IsCompleted);
        await cancellation.CancelAsync();
        await stopping.WaitAsync(s_deadline);

        Assert.Equal(128 + 9, await process.Exited);
    }

    [UnixFact]
    public async Task Stopping_a_stopped_process_does_nothing()
    {
        var process = Start("exit 5");
        await Exit(process);

        await process.StopAsync(s_long, CancellationToken.None).WaitAsync(s_deadline);

        Assert.Equal(5, await process.Exited);
    }

    [UnixFact]
    public async Task Stopping_ends_the_whole_tree()
    {
        // A child, one whose parent has ended, one that ignores SIGTERM besides, and one behind a parent without environment.
        var process = Start(
            """
            sleep 1000 &
            (sleep 1001 &)
            (trap '' TERM; sleep 1002 &)
            (sh -c 'env -i sleep 1003; true' &)
            echo ready
            exec sleep 1004
            """);
        await WaitForLine("ready");

        await process.StopAsync(s_long, CancellationToken.None).WaitAsync(s_deadline);

        Assert.Equal(128 + 15, await process.Exited);
        Assert.Empty(MarkedProcesses.Find(_token));
    }

    [UnixFact]
    public async Task What_a_process_leaves_behind_ends_with_it()
    {
        // The one left behind holds the pipe of standard output, too.
        var process = Start("(sleep 1000 &); echo done");

        Assert.Equal(0, await Exit(process));
        Assert.Equal("done", _output.Single().Line);
        Assert.Empty(MarkedProcesses.Find(_token));
    }

    [UnixFact]
    public async Task Disposing_ends_everything()
    {
        Start("echo ready; sleep 1000 & wait");
        Start("(sleep 1000 &); echo ready; sleep 1000");
        await Eventually.TrueAsync(() => Task.FromResult(_output.Count == 2), "both are ready");

        await _supervisor.DisposeAsync();

        Assert.Empty(MarkedProcesses.Find(_token));
        Assert.Throws<ObjectDisposedException>(() => Start("true"));
    }

    [UnixFact]
    public async Task Many_processes_at_once_leave_no_zombie()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Start($"exit {i}"))));

        Assert.Equal(Enumerable.Range(0, 40), await Task.WhenAll(processes.Select(Exit)));
        foreach (var process in processes)
        {
            Assert.Null(ProcessUsageReader.Read(process.Id));
        }
    }

    [UnixFact]
    public async Task The_environment_is_the_inherited_one_without_what_concerns_this_process_only()
    {
        var inherited = new Dictionary<string, string?>
        {
            ["PATH"] = "/bin", ["HOME"] = "/root", ["DOTNET_ROOT"] = "/dotnet", ["OTEL_SERVICE_NAME"] = "x",
            ["ASPNETCORE_URLS"] = "http://localhost:1", ["ASPNETCORE_ENVIRONMENT"] = "Staging",
            ["DOTNET_LAUNCH_PROFILE"] = "http", ["DOTNET_STARTUP_HOOKS"] = "hook.dll", ["MSBuildSDKsPath"] = "/sdk",
            ["Parameters__password"] = "secret", ["AppHost__BrowserToken"] = "secret",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:3",
            ["MSBUILDDISABLENODEREUSE"] = "1", ["REMOVED"] = "1", ["CHANGED"] = "1",
        };
        var spec = new ProcessSpec
        {
            FileName = "x",
            WorkingDirectory = "/",
            Environment = new Dictionary<string, string?>
            {
                ["REMOVED"] = null, ["CHANGED"] = "2", ["ADDED"] = "", ["ASPNETCORE_URLS"] = "http://localhost:2",
            },
        };

        ChildEnvironment.Apply(inherited, spec, "run.1");
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["PATH"] = "/bin", ["HOME"] = "/root", ["DOTNET_ROOT"] = "/dotnet", ["OTEL_SERVICE_NAME"] = "x",
                ["ASPNETCORE_URLS"] = "http://localhost:2", ["MSBUILDDISABLENODEREUSE"] = "1",
                ["CHANGED"] = "2", ["ADDED"] = "", [ChildEnvironment.Marker] = "run.1",
            },
            inherited);

        ChildEnvironment.Apply(inherited, spec, "inner.1");
        Assert.Equal("run.1,inner.1", inherited[ChildEnvironment.Marker]);

        await Exit(Start("echo \"$TRANSCENDENCE_RUN\""));
        Assert.Matches("^[0-9a-f]{32}\\.1$", _output.Single().Line);
    }

    [Fact]
    public void A_missing_program_is_named_with_a_remedy()
    {
        using var directory = new TempDirectory();

        Assert.Contains("'no-such-program-7': it is in no directory of PATH. Install it", Failure("no-such-program-7"), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Failure(directory["nothing"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_working_directory_is_named_with_a_remedy()
    {
        using var directory = new TempDirectory();

        var message = Assert.Throws<ProcessStartException>(() => _supervisor.Start(
            new ProcessSpec { FileName = "dotnet", WorkingDirectory = directory["gone"] }, Collect)).Message;

        Assert.Contains($"'dotnet': its working directory '{directory["gone"]}' does not exist. Create", message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_file_that_is_no_program_is_named_with_a_remedy()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["text"], "text");
        await WriteProgram(directory["script"], "#!/no/such/interpreter\n");
        await WriteProgram(directory["binary"], "\0\0\0\0 not a program of this machine");

        Assert.Contains("is not executable for this user. Run: chmod +x", Failure(directory["text"]), StringComparison.Ordinal);
        Assert.Contains("the interpreter or loader it asks for does not", Failure(directory["script"]), StringComparison.Ordinal);
        Assert.Contains("it is not a program for this machine", Failure(directory["binary"]), StringComparison.Ordinal);
        Assert.Contains("it is a directory", Failure(directory.FullName), StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_program_that_is_still_being_written_starts_when_it_is_there()
    {
        using var directory = new TempDirectory();
        var program = directory["program"];
        File.Copy(File.ResolveLinkTarget("/bin/sh", returnFinalTarget: true)?.FullName ?? "/bin/sh", program);
        var writer = new FileStream(program, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var closing = Task.Delay(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => writer.Dispose(), TaskScheduler.Default);

        var process = _supervisor.Start(
            new ProcessSpec { FileName = program, Arguments = ["-c", "exit 4"], WorkingDirectory = "/" }, Collect);

        Assert.Equal(4, await Exit(process));
        await closing;
    }

    private static async Task WriteProgram(string path, string text)
    {
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static Task<int> Exit(SupervisedProcess process) => process.Exited.WaitAsync(s_deadline);

    private SupervisedProcess Start(string script) => _supervisor.Start(
        new ProcessSpec
        {
            FileName = "/bin/sh",
            Arguments = ["-c", script],
            WorkingDirectory = "/",
            Environment = new Dictionary<string, string?> { [MarkedProcesses.Variable] = _token },
        },
        Collect);

    private void Collect(string line, bool isError) => _output.Enqueue((line, isError));

    private Task WaitForLine(string line) =>
        Eventually.TrueAsync(() => Task.FromResult(_output.Any(output => output.Line == line)), $"the process wrote '{line}'");

    private string Failure(string program) => Assert.Throws<ProcessStartException>(() => _supervisor.Start(
        new ProcessSpec { FileName = program, WorkingDirectory = Path.GetTempPath() }, Collect)).Message;
}
