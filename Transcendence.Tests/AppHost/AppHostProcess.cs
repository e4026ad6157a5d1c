using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The AppHost as a user starts it: <c>dotnet run</c>, a process of its own, with what it prints.</summary>
internal sealed partial class AppHostProcess : IAsyncDisposable
{
    /// <summary>What answers at each port once all is well.</summary>
    private static readonly Dictionary<string, string> s_ready = new()
    {
        ["backend"] = "/health",
        ["gateway"] = "/api/health",
        ["gateway-management"] = "/health",
        ["alerts"] = "/health",
        ["alertmanager"] = "/-/ready",
        ["prometheus"] = "/-/ready",
        ["grafana"] = "/api/health",
        ["cadvisor"] = "/healthz",
    };

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _token = Guid.NewGuid().ToString("N");

    private AppHostProcess(string dataDirectory, IReadOnlyDictionary<string, int> ports, string[] args, IReadOnlyDictionary<string, string?>? environment, string[] run)
    {
        Ports = ports;
        var start = new ProcessStartInfo("dotnet",
        [
            "run", .. run, "--",
            $"--DataDirectory={dataDirectory}",
            $"--ToolsDirectory={RealTools.Cache}",
            "--Tools:Run=executables",
            .. environment?.ContainsKey("HOME") is true ? (string[])[] : [$"--Parameters:grafana-admin-password={Application.Password}", "--Parameters:grafana-secret-key=only-for-tests"],
            .. ports.Select(p => string.Create(CultureInfo.InvariantCulture, $"--Ports:{p.Key}={p.Value}")),
            .. args,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(), // Any other directory than the project's.
        };
        start.Environment[MarkedProcesses.Variable] = _token;
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Write(e.Data);
        _process.ErrorDataReceived += (_, e) => Write(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The port of each endpoint, and of the dashboard.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The link that logs a browser in to the dashboard.</summary>
    public Uri LoginLink => new(Link().Match(Output).Value);

    /// <summary>Everything that it has started and that lives, itself included.</summary>
    public List<string> Family => MarkedProcesses.Find(_token);

    /// <summary>Ports that are free, and four in a row for the dashboard.</summary>
    public static Dictionary<string, int> FreePorts()
    {
        var ports = s_ready.Keys.ToDictionary(p => p, _ => FreePort.Next());
        ports["dashboard"] = FreePort.Next(inARow: 4);
        return ports;
    }

    /// <summary>Starts it with <c>dotnet run</c>, on ports of its own. With a <c>HOME</c> of its own it generates passwords; without one it is given them.</summary>
    public static AppHostProcess Start(string dataDirectory, IReadOnlyDictionary<string, int>? ports = null, IReadOnlyDictionary<string, string?>? environment = null, params string[] args) =>
        new(dataDirectory, ports ?? FreePorts(), args, environment, ["--no-build", "--project", Project(ServiceProcess.RepositoryRoot), "--configuration", ServiceProcess.Configuration]);

    /// <summary>Builds another clone, and starts it.</summary>
    public static AppHostProcess StartClone(string repository, string dataDirectory, string configuration) =>
        new(dataDirectory, FreePorts(), [], null, ["--project", Project(repository), "--configuration", configuration, "--property:RunAnalyzers=false"]); // They have judged the same code.

    /// <summary>The address of an endpoint.</summary>
    public Uri Address(string name, string path = "/") => new($"http://localhost:{Ports[name].ToString(CultureInfo.InvariantCulture)}{path}");

    /// <summary>Waits until it has printed a text.</summary>
    public Task PrintedAsync(string text) => AliveUntilAsync(() => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), $"the AppHost prints '{text}'");

    /// <summary>Waits until resources answer; all, when none are named.</summary>
    public async Task ReadyAsync(params string[] names)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        foreach (var name in names.Length > 0 ? names : [.. s_ready.Keys])
        {
            await AliveUntilAsync(
                async () =>
                {
                    using var response = await client.GetAsync(Address(name, s_ready[name]));
                    return response.IsSuccessStatusCode;
                },
                $"{name} answers");
        }
    }

    /// <summary>Sends Ctrl+C's signal, as a terminal does: to <c>dotnet run</c> and the AppHost.</summary>
    public void Interrupt() => Signal("-INT", [_process.Id.ToString(CultureInfo.InvariantCulture), .. AppHost()]);

    /// <summary>Kills the AppHost itself, the way the kernel does when memory runs out.</summary>
    public void KillAppHost() => Signal("-KILL", AppHost());

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitedAsync(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The AppHost did not end within {timeout.TotalSeconds:0} s. It printed:\n{Output}\nAlive:\n{string.Join('\n', Family)}");
        }

        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        MarkedProcesses.Kill(_token);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AliveUntilAsync(Func<Task<bool>> condition, string what)
    {
        try
        {
            await Eventually.TrueAsync(
                async () => await condition() || (_process.HasExited ? throw new InvalidOperationException($"The AppHost ended with {_process.ExitCode} before: {what}") : false),
                what,
                Application.StartTimeout);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{e.Message}. It printed:\n{Output}", e);
        }
    }

    private string[] AppHost() => [.. Family
        .Where(p => Program().IsMatch(p)).Select(p => p.Split(' ')[0])];

    private static string Project(string repository) => Path.Combine(repository, "Transcendence.AppHost");

    private static void Signal(string signal, string[] ids)
    {
        Assert.NotEmpty(ids);
        using var kill = Process.Start("kill", [signal, .. ids]);
        kill.WaitForExit();
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Append(line).Append('\n');
            }
        }
    }

    // Not the `dotnet run` around it, which names the project's directory.
    [GeneratedRegex(@"^\d+ /[^:]*/net[\d.]+/Transcendence\.AppHost( |$)")]
    private static partial Regex Program();

    [GeneratedRegex(@"(?<=Login to the dashboard at )\S+")]
    private static partial Regex Link();
}
