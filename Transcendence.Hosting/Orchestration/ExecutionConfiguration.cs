using Microsoft.Extensions.Logging;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Orchestration;

/// <summary>The arguments and environment with which a resource is started.</summary>
/// <param name="Arguments">The arguments.</param>
/// <param name="Environment">The variables.</param>
internal sealed record ExecutionConfiguration(IReadOnlyList<string> Arguments, IReadOnlyList<EnvironmentVariableSnapshot> Environment)
{
    /// <summary>Asks all callbacks of a resource, and resolves what they gave.</summary>
    /// <exception cref="MissingParameterValueException">A parameter has no value.</exception>
    public static async Task<ExecutionConfiguration> ResolveAsync(IResource resource, DistributedApplicationExecutionContext executionContext, ILogger logger, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { ExecutionContext = executionContext, Caller = resource, Network = KnownNetworkIdentifiers.LocalhostNetwork };

        var variables = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(variables).ConfigureAwait(false);
        }

        var environment = new List<EnvironmentVariableSnapshot>();
        foreach (var (name, value) in variables.EnvironmentVariables)
        {
            environment.Add(new EnvironmentVariableSnapshot(name, await ValueOfAsync(value).ConfigureAwait(false), IsFromSpec: true) { IsSecret = IsSecret(value) });
        }

        var args = new List<object>();
        var arguments = new CommandLineArgsCallbackContext(args, resource, cancellationToken) { ExecutionContext = executionContext, Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(arguments).ConfigureAwait(false);
        }

        var texts = new List<string>();
        foreach (var arg in args)
        {
            texts.Add(await ValueOfAsync(arg).ConfigureAwait(false) ?? "");
        }

        return new ExecutionConfiguration(texts, environment);

        async ValueTask<string?> ValueOfAsync(object value) => value switch
        {
            string text => text,
            IValueProvider provider => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
            IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private static bool IsSecret(object value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IResourceBuilder<IResource> builder => IsSecret(builder.Resource),
        IValueWithReferences references => references.References.Any(IsSecret),
        _ => false,
    };
}
