using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.ConsoleOutput;
using Transcendence.Hosting.Dashboard;
using Transcendence.Hosting.Eventing;
using Transcendence.Hosting.Native;
using Transcendence.Hosting.Orchestration;
using Transcendence.Hosting.Processes;
using Transcendence.Hosting.Testing;
using Transcendence.Hosting.Utils;

namespace Transcendence.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _innerBuilder;
    private readonly EntryPointCapture? _capture;

    /// <summary>Begins an application.</summary>
    /// <param name="args">The command line.</param>
    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    /// <summary>Begins an application.</summary>
    /// <param name="options">How it is built.</param>
    /// <exception cref="DistributedApplicationException">It is to be published, which this engine does not do.</exception>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _capture = EntryPointCapture.Current;
        var settings = new HostApplicationBuilderSettings { Configuration = new ConfigurationManager() };
        if (_capture is null)
        {
            FatalErrors.ShowWithoutTrace();
        }

        _capture?.Configure(options, settings);
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : _capture?.AppHostAssembly ?? Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory
            ?? AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "apphostprojectpath")?.Value
            ?? Directory.GetCurrentDirectory();

        settings.Args = options.Args;
        settings.ContentRootPath = AppHostDirectory;
        settings.ApplicationName ??= AppHostAssembly?.GetName().Name;
        _innerBuilder = new HostApplicationBuilder(settings);
        AddUserSecrets();

        ExecutionContext = new DistributedApplicationExecutionContext(
            string.Equals(Configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase) || Configuration["publisher"] is not null
                ? throw new DistributedApplicationException("The embedded engine runs the application; it does not publish it. Use the Aspire engine for that.")
                : DistributedApplicationOperation.Run);
        AddServices(options);
    }

    /// <inheritdoc/>
    public ConfigurationManager Configuration => _innerBuilder.Configuration;

    /// <inheritdoc/>
    public string AppHostDirectory { get; }

    /// <inheritdoc/>
    public Assembly? AppHostAssembly { get; }

    /// <inheritdoc/>
    public IHostEnvironment Environment => _innerBuilder.Environment;

    /// <inheritdoc/>
    public IServiceCollection Services => _innerBuilder.Services;

    /// <inheritdoc/>
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    /// <inheritdoc/>
    public DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <inheritdoc/>
    public IResourceCollection Resources { get; } = new ResourceCollection();

    /// <inheritdoc/>
    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (Resources.FirstOrDefault(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } existing)
        {
            throw new DistributedApplicationException($"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}': a resource of type '{existing.GetType()}' has that name. Resource names do not differ by case only.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    /// <inheritdoc/>
    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new DistributedApplicationResourceBuilder<T>(this, resource);
    }

    /// <inheritdoc/>
    public DistributedApplication Build()
    {
        _capture?.Intercept(this);
        return BuildCore();
    }

    internal DistributedApplication BuildCore()
    {
        var host = _innerBuilder.Build();
        ExecutionContext.ServiceProvider = host.Services;
        return new DistributedApplication(host);
    }

    private void AddUserSecrets()
    {
        // Generated parameters are kept there, so it is read in every environment; the environment and the command line come after it.
        if (AppHostAssembly is null || UserSecrets.IdOf(AppHostAssembly) is null
            || Configuration.Sources.OfType<Microsoft.Extensions.Configuration.Json.JsonConfigurationSource>().Any(s => s.Path == "secrets.json"))
        {
            return;
        }

        Configuration.AddUserSecrets(AppHostAssembly, optional: true);
        var sources = ((IConfigurationBuilder)Configuration).Sources;
        var secrets = sources[^1];
        sources.RemoveAt(sources.Count - 1);
        var environment = sources.ToList().FindLastIndex(s => s is EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        sources.Insert(environment < 0 ? sources.Count : environment, secrets);
    }

    private void AddServices(DistributedApplicationOptions options)
    {
        Services.AddSingleton(Eventing);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Resources);
        Services.AddSingleton<DistributedApplicationModel>();
        Services.AddSingleton<ResourceLoggerService>();
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton(s => new ResourceCommandService(s.GetRequiredService<DistributedApplicationModel>(), s.GetRequiredService<ResourceNotificationService>(), s.GetRequiredService<ResourceLoggerService>(), s));
        Services.AddHealthChecks();

        // Health checks that fail are news of the resource, and a start that fails is told by its exception: neither is the host's to log.
        _innerBuilder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        _innerBuilder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        Services.AddSingleton<DataDirectory>();
        Services.AddSingleton<ProcessSupervisor>();
        Services.AddSingleton(s => new ToolInstaller(s.GetRequiredService<DataDirectory>().Tools));
        Services.AddSingleton<ProgressReporter>();
        Services.AddSingleton<EndpointAllocator>();
        Services.AddSingleton<ResourceLauncher>();
        Services.AddSingleton<ApplicationOrchestrator>();
        Services.AddSingleton<IResourceUsageReader>(s => s.GetRequiredService<ApplicationOrchestrator>());
        Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));

        Services.AddSingleton<BrowserToken>();
        Services.AddSingleton<KnownResources>();
        Services.AddSingleton<LogFeed>();
        Services.AddSingleton<AlertFeed>();
        Services.AddSingleton<ResourceApi>();
        Services.AddSingleton<LogsApi>();
        Services.AddSingleton<AlertsApi>();
        Services.AddSingleton<EventsApi>();
        Services.AddSingleton<DashboardPages>();
        Services.AddSingleton<DashboardServer>();
        if (!options.DisableDashboard)
        {
            Services.AddHostedService(s => s.GetRequiredService<DashboardServer>());
        }

        // In this order: the view and the monitor see everything from the first state on, and are stopped last.
        if (_capture is null)
        {
            Services.AddHostedService<ConsoleView>();
            Services.AddHostedService<ParentWatch>();
        }

        Services.AddHostedService<HealthMonitor>();
        Services.AddHostedService(s => s.GetRequiredService<ApplicationOrchestrator>());
    }
}
