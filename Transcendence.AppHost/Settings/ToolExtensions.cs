using Microsoft.Extensions.Logging;

namespace Transcendence.AppHost;

/// <summary>What Prometheus and Alertmanager have in common.</summary>
internal static class ToolExtensions
{
    /// <summary>Tells the tool the URL by which a browser reaches it, so that the links in its alerts lead somewhere.</summary>
    public static IResourceBuilder<T> WithExternalUrl<T>(this IResourceBuilder<T> builder) where T : ContainerResource
    {
        var endpoint = builder.GetEndpoint("http", KnownNetworkIdentifiers.LocalhostNetwork);
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode
            ? builder.WithArgs(context => context.Args.Add(ReferenceExpression.Create($"--web.external-url={endpoint.Property(EndpointProperty.Url)}")))
            : builder;
    }

    /// <summary>Sets the tool's log level by the setting <c>LogLevel:NAME</c>, in the names that the tools of Prometheus have.</summary>
    public static IResourceBuilder<T> WithToolLogLevel<T>(this IResourceBuilder<T> builder) where T : ContainerResource =>
        ApplicationSettings.LogLevelOf(builder.ApplicationBuilder.Configuration, builder.Resource.Name) is { } level
            ? builder.WithArgs("--log.level=" + level switch
            {
                LogLevel.Trace or LogLevel.Debug => "debug",
                LogLevel.Information => "info",
                LogLevel.Warning => "warn",
                _ => "error",
            })
            : builder;
}
