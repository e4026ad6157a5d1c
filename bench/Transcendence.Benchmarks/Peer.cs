using System.Net;
using System.Net.Sockets;

namespace Transcendence.Benchmarks;

/// <summary>A server that is compared with another: a process pinned to a processor.</summary>
internal sealed class Peer : IDisposable
{
    /// <summary>What every server answers, with nothing.</summary>
    public const string Path = "/api/players/7";

    private const int TicksPerSecond = 100; // USER_HZ, which Linux never changes for programs.
    private const int Connections = 32;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly List<Peer> s_all = [];

    private readonly Process _process;

    private Peer(string name, int port, Process process)
    {
        (Name, Address, _process) = (name, new Uri($"http://127.0.0.1:{port}"), process);
        Client = new HttpClient { BaseAddress = Address };
        s_all.Add(this);
    }

    public string Name { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>The CPU that this program and all servers have used so far, in seconds.</summary>
    public static double AllCpuSeconds => Environment.CpuUsage.TotalTime.TotalSeconds + s_all.Sum(peer => peer.CpuSeconds);

    /// <summary>The CPU that the server has used so far, in seconds: utime and stime, of which the name before them may contain spaces.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    /// <summary>The CPU that the server uses for some work, in seconds.</summary>
    public async Task<double> CpuSecondsOfAsync(Func<Task> work)
    {
        var before = CpuSeconds;
        await work();
        return CpuSeconds - before;
    }

    /// <summary>Starts one of <see cref="Servers"/>.</summary>
    public static Task<Peer> ServeAsync(string name, int processor = 0, string? backend = null) =>
        StartAsync(name, processor, Environment.ProcessPath!, port => ["serve", name, $"{port}", .. backend is null ? Array.Empty<string>() : [backend]]);

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<Peer> StartAsync(string name, int processor, string program, Func<int, string[]> arguments, string readyPath = Path)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("taskset", ["--cpu-list", $"{processor}", program, .. arguments(port)])
        {
            WorkingDirectory = System.IO.Path.IsPathRooted(program) ? System.IO.Path.GetDirectoryName(program) : null,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var process = Process.Start(start)!;
        process.BeginOutputReadLine(); // And nobody looks at it.
        var peer = new Peer(name, port, process);
        for (var until = DateTime.UtcNow + TimeSpan.FromSeconds(30); ; await Task.Delay(100))
        {
            try
            {
                (await peer.Client.GetAsync(new Uri(readyPath, UriKind.Relative))).EnsureSuccessStatusCode();
                return peer;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < until && !peer._process.HasExited)
            {
            }
        }
    }

    /// <summary>Sends so many requests, over a few connections at once, and waits for all answers.</summary>
    public void Load(int requests)
    {
        var clients = Enumerable.Range(0, Connections).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var client = new LoopbackClient(Address, Path);
                for (var i = 0; i < requests / Connections; i++)
                {
                    client.Send();
                }
            },
            TaskCreationOptions.LongRunning));
        if (!Task.WaitAll([.. clients], s_patience))
        {
            throw new TimeoutException($"{Name} has not answered {requests} requests.");
        }
    }

    /// <summary>Lets the just-in-time compiler do all that it will.</summary>
    public static async Task WarmAsync(Func<Task> use)
    {
        for (var i = 0; i < 3; i++)
        {
            await use();
            await Task.Delay(500);
        }
    }

    public void Dispose()
    {
        s_all.Remove(this);
        Client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
