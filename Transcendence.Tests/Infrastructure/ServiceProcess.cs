using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Reflection;

namespace Transcendence.Tests.Infrastructure;

/// <summary>
/// One of our services as a process of its own, as a user runs it: <c>dotnet Transcendence.X.dll</c> with its settings in
/// the environment. Disposing ends it and all that it started.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    /// <summary>Who may log in to a service that has a login, unless its test says otherwise.</summary>
    public const string User = "admin";

    /// <summary>That user's password.</summary>
    public const string Password = "a long enough password";

    private static readonly ConcurrentDictionary<int, ServiceProcess> s_running = new();
    private static readonly string[] s_serviceSettings =
        ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "OTEL_", "ConnectionStrings__", "services__", "Logging__", "Management__", "Alerts__", "Viewer__", "Notify__", "GF_", "Allowed", "ReverseProxy__", "ForwardedHeaders__", "Processes__", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

    private const string UserVariable = "GF_SECURITY_ADMIN_USER", PasswordVariable = "GF_SECURITY_ADMIN_PASSWORD";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    // What a test process stopped half-way would leave behind.
    static ServiceProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var running in s_running.Values)
        {
            running.Kill();
        }
    };

    private ServiceProcess(string project, int port, Process process)
    {
        Project = project;
        Port = port;
        _process = process;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The project's name, e.g. <c>Transcendence.Backend</c>.</summary>
    public string Project { get; }

    /// <summary>The port that the service was told to listen on.</summary>
    public int Port { get; }

    /// <summary>Where the service listens, e.g. <c>http://127.0.0.1:20001/</c>.</summary>
    public Uri Address { get; }

    /// <summary>A client with <see cref="Address"/> as its base address, which logs in with each request.</summary>
    public HttpClient Client { get; }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything written to standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>Everything written to standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>Starts a service and waits until it answers.</summary>
    /// <param name="project">The project's name, e.g. <c>Transcendence.Backend</c>.</param>
    /// <param name="environment">Settings, e.g. <c>ConnectionStrings__backend</c>; null removes an inherited one.</param>
    /// <param name="port">The port to listen on; a free one when omitted.</param>
    /// <param name="readyPath">The path, or the address on another port, that has to answer with 2xx.</param>
    /// <exception cref="InvalidOperationException">The service ended instead; the message has its output.</exception>
    /// <exception cref="TimeoutException">The service did not get ready; the message has its output.</exception>
    public static async Task<ServiceProcess> StartAsync(
        string project, IReadOnlyDictionary<string, string?>? environment = null, int? port = null, string readyPath = "/alive")
    {
        var service = Launch(project, environment, port);
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    if (service.HasExited)
                    {
                        throw new InvalidOperationException("The service ended.");
                    }

                    using var response = await service.Client.GetAsync(new Uri(readyPath, UriKind.RelativeOrAbsolute));
                    return response.IsSuccessStatusCode;
                },
                $"{project} answers {readyPath}",
                TimeSpan.FromSeconds(60));
            return service;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            await service.DisposeAsync();
            var message = $"{project} did not become ready.\n--- stdout\n{service.Output}\n--- stderr\n{service.Error}";
            throw e is TimeoutException ? new TimeoutException(message, e) : new InvalidOperationException(message, e);
        }
    }

    /// <summary>Starts a service and does not wait: for services that are expected to refuse to start.</summary>
    /// <inheritdoc cref="StartAsync" path="/param"/>
    public static ServiceProcess Launch(string project, IReadOnlyDictionary<string, string?>? environment = null, int? port = null)
    {
        var dll = LocateAssembly(project);
        var listen = port ?? FreePort.Next();
        var start = new ProcessStartInfo("dotnet", [dll])
        {
            WorkingDirectory = Path.GetDirectoryName(dll), // The content root: where the service's appsettings.json is.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A service sees what its test gives it, not what this machine or the test runner happens to have set.
        foreach (var name in start.Environment.Keys.Where(IsServiceSetting).ToArray())
        {
            start.Environment.Remove(name);
        }

        (start.Environment[UserVariable], start.Environment[PasswordVariable]) = (User, Password);
        start.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{listen}");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var service = new ServiceProcess(project, listen, new Process { StartInfo = start, EnableRaisingEvents = true });
        service.Client.DefaultRequestHeaders.Authorization = Basic(start.Environment[UserVariable] ?? "", start.Environment[PasswordVariable] ?? "");
        service._process.OutputDataReceived += (_, e) => Write(service._output, e.Data);
        service._process.ErrorDataReceived += (_, e) => Write(service._error, e.Data);
        service._process.Start();
        s_running[service.Id] = service;
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        return service;
    }

    /// <summary>Waits for the process's end and for the last of its output.</summary>
    /// <param name="timeout">The deadline; 30 s when omitted.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Project} did not end.\n--- stdout\n{Output}\n--- stderr\n{Error}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ends the process and its children at once, with SIGKILL where there are signals.</summary>
    public void Kill()
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await WaitForExitAsync();
        s_running.TryRemove(Id, out _);
        Client.Dispose();
        _process.Dispose();
    }

    /// <summary>User and password as a header has them (RFC 7617).</summary>
    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>The configuration in which the tests, and the services with them, were built.</summary>
    public static string Configuration { get; } = typeof(ServiceProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The repository's root: the directory of <c>Transcendence.sln</c> above the tests' assembly.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Finds a project's built assembly: the one that was built with the tests, in the same configuration.</summary>
    /// <param name="project">The project's name, e.g. <c>Transcendence.Backend</c>.</param>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string LocateAssembly(string project)
    {
        var framework = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var dll = Path.Combine(RepositoryRoot, project, "bin", Configuration, framework, project + ".dll");
        return File.Exists(dll) ? dll : throw new FileNotFoundException($"{project} is not built: there is no {dll}.");
    }

    private static string FindRepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Transcendence.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException($"No Transcendence.sln above {AppContext.BaseDirectory}.");
    }

    private static bool IsServiceSetting(string name) =>
        s_serviceSettings.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static void Write(StringBuilder target, string? line)
    {
        if (line is not null)
        {
            lock (target)
            {
                target.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder source)
    {
        lock (source)
        {
            return source.ToString();
        }
    }
}
