using System.Collections.Concurrent;

namespace Transcendence.Tests.Infrastructure;

/// <summary>A real Prometheus or Alertmanager on a loopback port. Disposing ends it.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, ToolProcess> s_running = new();

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private bool _isDisposed;

    // What a test process stopped half-way would leave behind.
    static ToolProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var running in s_running.Values)
        {
            running.Kill();
        }
    };

    private ToolProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Where the tool listens, e.g. <c>http://127.0.0.1:20001/</c>.</summary>
    public Uri Address => Client.BaseAddress!;

    /// <summary>A client with <see cref="Address"/> as its base address.</summary>
    public HttpClient Client { get; }

    /// <summary>Everything that the tool has written so far.</summary>
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

    /// <summary>Starts a tool that takes <c>--web.listen-address</c> and waits for its <c>/-/ready</c>.</summary>
    /// <param name="command">The command, as in <see cref="RealTools.FindAsync"/>.</param>
    /// <param name="arguments">All other arguments.</param>
    /// <exception cref="InvalidOperationException">The tool ended instead; the message has its output.</exception>
    /// <exception cref="TimeoutException">The tool did not get ready; the message has its output.</exception>
    public static Task<ToolProcess> StartAsync(string command, params string[] arguments) => StartOnAsync(command, FreePort.Next(), arguments);

    /// <summary>As <see cref="StartAsync"/>, on a port that is known before, or was the tool's before it ended.</summary>
    public static async Task<ToolProcess> StartOnAsync(string command, int port, params string[] arguments)
    {
        var listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var process = new Process { StartInfo = await RealTools.DescribeAsync(command) };
        Array.ForEach([.. arguments, $"--web.listen-address={listen}"], process.StartInfo.ArgumentList.Add);
        var tool = new ToolProcess(process, new Uri($"http://{listen}/"));
        process.OutputDataReceived += (_, e) => tool.Write(e.Data);
        process.ErrorDataReceived += (_, e) => tool.Write(e.Data);
        process.Start();
        s_running[process.Id] = tool;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    if (process.HasExited)
                    {
                        throw new InvalidOperationException($"{command} ended.");
                    }

                    using var response = await tool.Client.GetAsync(new Uri("-/ready", UriKind.Relative));
                    return response.IsSuccessStatusCode;
                },
                $"{command} is ready");
            return tool;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            await tool.DisposeAsync();
            var message = $"{e.Message}\n{tool.Output}";
            throw e is TimeoutException ? new TimeoutException(message, e) : new InvalidOperationException(message, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        var id = _process.Id;
        Kill();
        await _process.WaitForExitAsync();
        s_running.TryRemove(id, out _);
        Client.Dispose();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
