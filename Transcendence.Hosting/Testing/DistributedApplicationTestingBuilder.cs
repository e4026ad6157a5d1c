using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Eventing;

namespace Transcendence.Hosting.Testing;

/// <summary>An application that a test builds and runs.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Builds the application.</summary>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>The application, ready to be started.</returns>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Brings AppHosts into tests.</summary>
/// <remarks>
/// Endpoints get free ports instead of their own unless <c>DcpPublisher:RandomizePorts=false</c>, and nothing is printed.
/// </remarks>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Begins an application of a test's own.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) =>
        Create(Assembly.GetCallingAssembly(), args, (_, _) => { });

    /// <summary>Begins an application of a test's own.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configureBuilder">Changes how the builder is made.</param>
    /// <returns>Its builder.</returns>
    public static IDistributedApplicationTestingBuilder Create(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        return Create(Assembly.GetCallingAssembly(), args, configureBuilder);
    }

    /// <summary>Takes the model of an AppHost.</summary>
    /// <typeparam name="TEntryPoint">A type in the AppHost's assembly, e.g. <c>Projects.Transcendence_AppHost</c>.</typeparam>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>The AppHost's builder, just before it builds.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Takes the model of an AppHost.</summary>
    /// <typeparam name="TEntryPoint">A type in the AppHost's assembly, e.g. <c>Projects.Transcendence_AppHost</c>.</typeparam>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>The AppHost's builder, just before it builds.</returns>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync(typeof(TEntryPoint), args, (_, _) => { }, cancellationToken);

    /// <summary>Takes the model of an AppHost.</summary>
    /// <param name="entryPoint">A type in the AppHost's assembly.</param>
    /// <param name="args">The command line.</param>
    /// <param name="configureBuilder">Changes how the builder is made.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>The AppHost's builder, just before it builds.</returns>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var capture = new EntryPointCapture(entryPoint.Assembly, args, ConfigureDefaults(args, configureBuilder));
        return new TestingBuilder(await capture.RunAsync(cancellationToken).ConfigureAwait(false));
    }

    private static TestingBuilder Create(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) =>
        new(new EntryPointCapture(assembly, args, ConfigureDefaults(args, configure)).CreateBuilder());

    private static Action<DistributedApplicationOptions, HostApplicationBuilderSettings> ConfigureDefaults(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) => (options, settings) =>
    {
        options.Args = args;
        options.DisableDashboard = true;
        settings.EnvironmentName = Environments.Development;
        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection([new("DcpPublisher:RandomizePorts", "true")]);
        configure(options, settings);
    };

    private sealed class TestingBuilder(DistributedApplicationBuilder inner) : IDistributedApplicationTestingBuilder
    {
        private DistributedApplication? _application;

        public ConfigurationManager Configuration => inner.Configuration;

        public string AppHostDirectory => inner.AppHostDirectory;

        public Assembly? AppHostAssembly => inner.AppHostAssembly;

        public IHostEnvironment Environment => inner.Environment;

        public IServiceCollection Services => inner.Services;

        public IDistributedApplicationEventing Eventing => inner.Eventing;

        public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

        public IResourceCollection Resources => inner.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource => inner.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => inner.CreateResourceBuilder(resource);

        public DistributedApplication Build() => _application = inner.BuildCore();

        public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Build());

        public void Dispose() => _application?.Dispose();

        public ValueTask DisposeAsync() => _application?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
