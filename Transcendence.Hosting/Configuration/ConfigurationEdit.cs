using System.Collections.Immutable;

namespace Aspire.Hosting;

/// <summary>Changes to the copy of its configuration that a tool reads. The original stays as it is, and in a publication there are none.</summary>
public static class ConfigurationEditExtensions
{
    /// <summary>Changes the copy at each start and reload.</summary>
    /// <param name="builder">The tool.</param>
    /// <param name="edit">Makes the new text of a file of its path in the directory, with <c>/</c>, and its text, in which the addresses are those of this machine.</param>
    /// <returns>The tool.</returns>
    public static IResourceBuilder<T> WithConfigurationEdit<T>(this IResourceBuilder<T> builder, Func<string, string, string> edit) where T : IToolResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(edit);

        Change(ToolAnnotation.Of(builder.Resource), edits => edits.Add(edit));
        return builder;
    }

    /// <summary>Changes the copy that a running tool reads, until what is returned is disposed of; at the latest the next start of the application makes the copy anew.</summary>
    /// <param name="resource">The tool.</param>
    /// <param name="services">The application's services.</param>
    /// <param name="edit">As for <see cref="WithConfigurationEdit"/>.</param>
    /// <param name="cancellationToken">Breaks it off; the old copy stays.</param>
    /// <returns>Takes the change back, and has the tool read its configuration again. That too throws when the tool refuses or does not answer; its next start reads the right one.</returns>
    /// <exception cref="DistributedApplicationException">The tool has no configuration of ours, or refuses the changed one.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public static async Task<IAsyncDisposable> EditConfigurationAsync(this IToolResource resource, IServiceProvider services, Func<string, string, string> edit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(edit);

        var tool = ToolAnnotation.Of(resource);
        var undo = new Undo(resource, tool, services, edit);
        Change(tool, edits => edits.Add(edit));
        try
        {
            await undo.ApplyAsync(cancellationToken).ConfigureAwait(false);
            return undo;
        }
        catch
        {
            await undo.RemoveAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static void Change(ToolAnnotation tool, Func<ImmutableList<Func<string, string, string>>, ImmutableList<Func<string, string, string>>> change) =>
        ImmutableInterlocked.Update(ref tool.Edits.Value!, change);

    private sealed class Undo(IToolResource resource, ToolAnnotation tool, IServiceProvider services, Func<string, string, string> edit) : IAsyncDisposable
    {
        public async Task ApplyAsync(CancellationToken cancellationToken)
        {
            await Configuration.RenderAsync(services, isRunning: true, cancellationToken).ConfigureAwait(false);
            await Transcendence.Hosting.Configuration.ConfigurationExtensions.ReloadAsync(resource, cancellationToken).ConfigureAwait(false);
        }

        public Task<bool> RemoveAsync()
        {
            Change(tool, edits => edits.Remove(edit));
            return Configuration.RenderAsync(services, isRunning: true, CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await RemoveAsync().ConfigureAwait(false);
            await Transcendence.Hosting.Configuration.ConfigurationExtensions.ReloadAsync(resource, CancellationToken.None).ConfigureAwait(false);
        }

        private RenderedConfiguration Configuration => tool.Configuration ?? throw new DistributedApplicationException($"'{resource.Name}' has no configuration that could be changed. Give it one by WithConfiguration.");
    }
}
