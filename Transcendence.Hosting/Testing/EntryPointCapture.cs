using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Transcendence.Hosting.Testing;

/// <summary>Runs an AppHost's entry point up to <c>Build()</c>, to get hold of the builder that it made.</summary>
internal sealed class EntryPointCapture(Assembly appHostAssembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
{
    private static readonly AsyncLocal<EntryPointCapture?> s_current = new();

    private DistributedApplicationBuilder? _builder;

    /// <summary>The capture that this flow of execution runs under.</summary>
    public static EntryPointCapture? Current => s_current.Value;

    public Assembly AppHostAssembly { get; } = appHostAssembly;

    /// <summary>Runs the entry point.</summary>
    /// <exception cref="InvalidOperationException">The assembly has none, or it never built an application.</exception>
    public async Task<DistributedApplicationBuilder> RunAsync(CancellationToken cancellationToken)
    {
        var entryPoint = AppHostAssembly.EntryPoint ?? throw new InvalidOperationException($"'{AppHostAssembly.GetName().Name}' has no entry point.");
        await Task.Run(
            () =>
            {
                s_current.Value = this;
                try
                {
                    var result = entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? [] : [args]);
                    (result as Task)?.GetAwaiter().GetResult();
                }
                catch (TargetInvocationException e) when (e.InnerException is HostAbortedException && _builder is not null)
                {
                    // As meant: the entry point has built the model.
                }
                catch (HostAbortedException) when (_builder is not null)
                {
                    // The same, of an asynchronous entry point.
                }
                catch (TargetInvocationException e) when (e.InnerException is not null)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
                }
            },
            cancellationToken).ConfigureAwait(false);

        return _builder ?? throw new InvalidOperationException($"The entry point of '{AppHostAssembly.GetName().Name}' did not build a distributed application.");
    }

    /// <summary>Makes a builder without an entry point, under the same conditions.</summary>
    public DistributedApplicationBuilder CreateBuilder()
    {
        var before = s_current.Value;
        s_current.Value = this;
        try
        {
            return new DistributedApplicationBuilder(args);
        }
        finally
        {
            s_current.Value = before;
        }
    }

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.Args = [.. options.Args ?? []];
        configure(options, settings);
    }

    /// <summary>Keeps the builder, and ends the entry point there: what comes after it would run the application.</summary>
    public void Intercept(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        throw new HostAbortedException();
    }
}
