using System.Collections.Immutable;
using Reload = Transcendence.Hosting.Configuration.ConfigurationExtensions;

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
        var configuration = tool.Configuration ?? throw new DistributedApplicationException($"'{resource.Name}' has no configuration that could be changed. Give it one by WithConfiguration.");
        var undo = new Undo(resource, configuration, services, edit, await configuration.ReadCopyAsync(cancellationToken).ConfigureAwait(false));
        Change(tool, edits => edits.Add(edit));
        try
        {
            await configuration.RenderAsync(services, isRunning: true, cancellationToken).ConfigureAwait(false);
            await Reload.ReloadAsync(resource, cancellationToken).ConfigureAwait(false);
            return undo;
        }
        catch
        {
            // It may have read the changed one meanwhile.
            try
            {
                await undo.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is DistributedApplicationException or HttpRequestException)
            {
                // What is thrown already says why.
            }

            throw;
        }
    }

    private static void Change(ToolAnnotation tool, Func<ImmutableList<Func<string, string, string>>, ImmutableList<Func<string, string, string>>> change) =>
        ImmutableInterlocked.Update(ref tool.Edits.Value!, change);

    private sealed class Undo(IToolResource resource, RenderedConfiguration configuration, IServiceProvider services, Func<string, string, string> edit, IReadOnlyDictionary<string, string> before) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Change(ToolAnnotation.Of(resource), edits => edits.Remove(edit));
            try
            {
                await configuration.RenderAsync(services, isRunning: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (DistributedApplicationException)
            {
                // The original was changed meanwhile, and is not valid: its health says so. What was in force before the edit is so again.
                await configuration.PutBackAsync(before).ConfigureAwait(false);
            }

            await Reload.ReloadAsync(resource, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
