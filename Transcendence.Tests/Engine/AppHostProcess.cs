using System.Diagnostics;
using System.Globalization;
using System.Text;
using Transcendence.Tests.AppHost;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Processes;

namespace Transcendence.Tests.Engine;

/// <summary>The AppHost as a user starts it: a process of its own, with what it prints.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly string[] s_ports = ["backend", "gateway", "gateway-management", "alerts", "alertmanager", "prometheus", "grafana", "cadvisor"];

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly string token = Guid.NewGuid().ToString("N");

    private AppHostProcess(string dataDirectory, IReadOnlyDictionary<string, int> ports, string[] args, IReadOnlyDictionary<string, string>? environment)
    {
        Ports = ports;
        var start = new ProcessStartInfo("dotnet",
        [
            "run", "--no-build", "--project", Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.AppHost"), "--",
            $"--DataDirectory={dataDirectory}",
            $"--ToolsDirectory={Application.ToolsDirectory}",
            "--Parameters:grafana-admin-password=only-for-tests",
            "--Parameters:grafana-secret-key=only-for-tests",
            string.Create(CultureInfo.InvariantCulture, $"--Dashboard:Port={FreePort.Next()}"),
            .. ports.Select(p => string.Create(CultureInfo.InvariantCulture, $"--Ports:{p.Key}={p.Value}")),
            .. args,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = ServiceProcess.RepositoryRoot,
        };
        start.Environment[MarkedProcesses.Variable] = token;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Write(e.Data);
        process.ErrorDataReceived += (_, e) => Write(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The port of each endpoint that can be set.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Everything that it has started and that lives, itself included.</summary>
    public List<string> Family => MarkedProcesses.Find(token);

    /// <summary>Starts it with <c>dotnet run</c>, on ports of its own.</summary>
    public static AppHostProcess Start(string dataDirectory, IReadOnlyDictionary<string, int>? ports = null, IReadOnlyDictionary<string, string>? environment = null, params string[] args) =>
        new(dataDirectory, ports ?? s_ports.ToDictionary(p => p, _ => FreePort.Next()), args, environment);

    /// <summary>Waits until it has printed a text.</summary>
    public Task PrintedAsync(string text, TimeSpan? timeout = null) => Eventually.TrueAsync(
        () => process.HasExited && !Output.Contains(text, StringComparison.Ordinal)
            ? throw new InvalidOperationException($"The AppHost ended with {process.ExitCode} before it printed '{text}':\n{Output}")
            : Task.FromResult(Output.Contains(text, StringComparison.Ordinal)),
        $"the AppHost prints '{text}'; it printed:\n{Output}",
        timeout ?? Application.StartTimeout);

    /// <summary>Waits until it has printed the table, which it does when every resource has settled.</summary>
    public Task SettledAsync() => PrintedAsync("\n---");

    /// <summary>The line of the table for a resource.</summary>
    public string Row(string resource) => Output.Split('\n').Last(line => line.StartsWith(resource + " ", StringComparison.Ordinal)).TrimEnd();

    /// <summary>Sends Ctrl+C's signal, as a terminal does: to all of them.</summary>
    public void Interrupt() => Signal("-INT", [process.Id.ToString(CultureInfo.InvariantCulture), .. AppHost()]);

    /// <summary>Kills the AppHost itself, the way the kernel does when memory runs out.</summary>
    public void KillAppHost() => Signal("-KILL", AppHost());

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitedAsync(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The AppHost did not end within {timeout.TotalSeconds:0} s. It printed:\n{Output}\nAlive:\n{string.Join('\n', Family)}");
        }

        return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        MarkedProcesses.Kill(token);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private string[] AppHost() => [.. Family.Where(p => p.Contains("Transcendence.AppHost", StringComparison.Ordinal) && !p.Contains(" run ", StringComparison.Ordinal)).Select(p => p.Split(' ')[0])];

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
            lock (output)
            {
                output.Append(line).Append('\n');
            }
        }
    }
}
