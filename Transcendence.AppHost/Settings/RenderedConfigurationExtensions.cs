using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transcendence.AppHost;

/// <summary>Starts tools on rendered copies of their configuration.</summary>
internal static class RenderedConfigurationExtensions
{
    /// <summary>Mounts a rendered copy of a directory, made before each start and whenever a file of it changes.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The directory, relative to the AppHost's.</param>
    /// <param name="target">Where the container expects it.</param>
    /// <param name="renderAsync">Makes the copy; plain when not given.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithRenderedConfiguration<T>(this IResourceBuilder<T> builder, string source, string target, Func<RenderedConfiguration, CancellationToken, Task>? renderAsync = null)
        where T : ContainerResource
    {
        var application = builder.ApplicationBuilder;
        var configuration = new RenderedConfigurationAnnotation(
            builder.Resource,
            Path.GetFullPath(source, application.AppHostDirectory),
            renderAsync ?? ((copy, cancellationToken) => copy.RenderAsync((_, text) => text, cancellationToken)));
        var directory = application.GetDataPath("config", builder.Resource.Name);
        Task Render(CancellationToken cancellationToken) =>
            configuration.RenderAsync(directory, new ResourceAddresses(application.Resources, builder.Resource, application.ExecutionContext), cancellationToken);

        application.Services.AddSingleton<IHostedService>(services =>
            new ConfigurationWatcher(configuration.Source, Render, services.GetRequiredService<ILogger<ConfigurationWatcher>>()));
        return builder
            .WithAnnotation(configuration)
            .WithBindMount(directory, target, isReadOnly: true)
            .OnBeforeResourceStarted((_, _, cancellationToken) => Render(cancellationToken));
    }

    /// <summary>Adds a command that makes the tool read its configuration again, by <c>POST /-/reload</c>.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithReloadCommand<T>(this IResourceBuilder<T> builder) where T : ContainerResource, IResourceWithEndpoints =>
        builder.WithCommand(
            "reload",
            "Reload configuration",
            async context =>
            {
                var loggers = context.ServiceProvider.GetRequiredService<ResourceLoggerService>();
                var before = await ErrorsAsync(loggers, builder.Resource).ConfigureAwait(false);
                using var response = await ResourceClient.Instance.PostAsync(new Uri(builder.GetEndpoint("http").Url + "/-/reload"), content: null, context.CancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return CommandResults.Success();
                }

                // The answer says that something is wrong, the log says what.
                var answer = (await response.Content.ReadAsStringAsync(context.CancellationToken).ConfigureAwait(false)).Trim();
                var reasons = await NewErrorsAsync(loggers, builder.Resource, before.Count, context.CancellationToken).ConfigureAwait(false);
                return CommandResults.Failure(string.Join(Environment.NewLine, reasons.Prepend(answer)));
            },
            new CommandOptions
            {
                Description = "Reads the configuration again, without a restart. A faulty one is refused, and the old one stays.",
                IconName = "ArrowSync",
                IsHighlighted = true,
                UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            });

    private static async Task<IEnumerable<string>> NewErrorsAsync(ResourceLoggerService loggers, IResource resource, int known, CancellationToken cancellationToken)
    {
        // The log comes by another way than the answer, and may be a moment behind it.
        for (var attempt = 0; attempt < 40; attempt++)
        {
            var errors = await ErrorsAsync(loggers, resource).ConfigureAwait(false);
            if (errors.Count > known)
            {
                return errors.Skip(known);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
        }

        return [];
    }

    private static async Task<List<string>> ErrorsAsync(ResourceLoggerService loggers, IResource resource)
    {
        var lines = new List<string>();
        await foreach (var batch in loggers.GetAllAsync(resource).ConfigureAwait(false))
        {
            lines.AddRange(batch.Select(line => line.Content).Where(line => line.Contains("level=error", StringComparison.OrdinalIgnoreCase)));
        }

        return lines;
    }
}
