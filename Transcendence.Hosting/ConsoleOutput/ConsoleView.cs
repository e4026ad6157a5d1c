using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Dashboard;
using Transcendence.Hosting.Native;
using Transcendence.Hosting.Orchestration;

namespace Transcendence.Hosting.ConsoleOutput;

/// <summary>Prints what the person at the console wants to know: where things are, what takes long, what failed, what changed.</summary>
internal sealed class ConsoleView(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    DataDirectory data,
    ProgressReporter progress,
    DashboardServer dashboard,
    IHostEnvironment environment) : BackgroundService
{
    // After that long without health, a resource that runs is shown as it is.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ConsoleProgress _progress = new(Console.Out, isInteractive: !Console.IsOutputRedirected);
    private readonly Dictionary<string, CustomResourceSnapshot> _known = new(StringComparer.OrdinalIgnoreCase);
    private bool _tableShown;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        progress.Reported += Report;
        Write($"{environment.ApplicationName.Split('.')[0]}, run by the embedded engine. Ctrl+C stops everything.");
        if (Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "engine")?.Value is { } engine)
        {
            Write(engine);
        }

        Write($"Data: {data.Root}  (to remove it, stop and delete that directory)");
        if (dashboard.LoginUrl is { } url)
        {
            Write($"Login to the dashboard at {url}");
        }

        foreach (var problem in new[] { data.Problem, dashboard.Problem }.OfType<string>())
        {
            Write($"error: {problem}");
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        progress.Reported -= Report;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var e in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                if (e.Resource is not ParameterResource || Failure(e.Snapshot) is not null)
                {
                    Show(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            Write("Stopping ...");
        }
    }

    private void Show(ResourceEvent e)
    {
        var previous = _known.GetValueOrDefault(e.Resource.Name);
        _known[e.Resource.Name] = e.Snapshot;
        if (Failure(e.Snapshot) is { } failure && failure != (previous is null ? null : Failure(previous)))
        {
            Write($"error: {e.Resource.Name}: {failure}");
        }

        if (Property(e.Snapshot, ResourceRunner.NoteProperty) is { } note && note != (previous is null ? null : Property(previous, ResourceRunner.NoteProperty)))
        {
            Write($"note: {e.Resource.Name}: {note}");
        }

        if (_tableShown)
        {
            if (previous is not null && Describe(previous) != Describe(e.Snapshot))
            {
                Write(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss}  {e.Resource.Name}: {Describe(previous)} -> {Describe(e.Snapshot)}"));
            }
        }
        else if (model.Resources.Where(r => r is not ParameterResource).All(IsSettled))
        {
            _tableShown = true;
            Write(Environment.NewLine + ResourceTable.Format(model.Resources.Where(r => r is not ParameterResource).Select(r => (r.Name, _known[r.Name], Describe(_known[r.Name])))));
        }
    }

    /// <summary>Whether nothing more is to be expected of a resource by itself.</summary>
    private bool IsSettled(IResource resource)
    {
        if (!_known.TryGetValue(resource.Name, out var snapshot) || snapshot.State?.Text is not { } state
            || state == KnownResourceStates.Starting || state == KnownResourceStates.Stopping)
        {
            return false;
        }

        if (state == KnownResourceStates.Running)
        {
            return IsReady(snapshot);
        }

        // What waits is settled when that for which it waits is, and will not come.
        return state != KnownResourceStates.Waiting || AwaitedBy(resource).Any(other =>
            IsSettled(other) && !(_known[other.Name].State?.Text == KnownResourceStates.Running && IsReady(_known[other.Name])));
    }

    private static bool IsReady(CustomResourceSnapshot snapshot) =>
        snapshot.IsReady || DateTime.UtcNow - (snapshot.StartTimeStamp ?? snapshot.CreationTimeStamp) > s_patience;

    private static IEnumerable<IResource> AwaitedBy(IResource resource) => resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource)
        .Concat(resource is IResourceWithParent { Parent: var parent } ? [parent] : []);

    private static string? Failure(CustomResourceSnapshot s) => Property(s, ResourceRunner.FailureProperty);

    private static string? Property(CustomResourceSnapshot s, string name) => s.Properties.FirstOrDefault(p => p.Name == name)?.Value as string;

    private static string Describe(CustomResourceSnapshot s)
    {
        var state = s.State?.Text ?? "Unknown";
        return state == KnownResourceStates.Running
            ? s.HealthReports.IsEmpty ? state : s.HealthReports.Any(h => h.Status is null) ? $"{state} (checking)" : $"{state} ({s.HealthStatus})"
            : s.ExitCode is { } code ? $"{state} (exit code {code})" : state;
    }

    private void Report(string resource, ToolProgress step)
    {
        lock (_progress)
        {
            _progress.Report(resource, step);
        }
    }

    private void Write(string text)
    {
        lock (_progress)
        {
            _progress.Clear();
            Console.Out.WriteLine(text);
        }
    }
}
