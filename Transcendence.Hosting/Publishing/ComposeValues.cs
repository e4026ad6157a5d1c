using Aspire.Hosting.Docker;

namespace Transcendence.Hosting.Publishing;

/// <summary>Writes the values of a model as a Compose file has them.</summary>
/// <param name="environment">The environment; it learns what has to be in <c>.env</c>.</param>
/// <param name="execution">The application's execution context.</param>
/// <param name="cancellationToken">Breaks it off.</param>
internal sealed partial class ComposeValues(DockerComposeEnvironmentResource environment, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
{
    /// <summary>Host and port at which other services reach an endpoint.</summary>
    public static string HostAndPort(EndpointReference endpoint) => $"{HostOf(endpoint)}:{PortOf(endpoint)}";

    /// <summary>A text of which nothing is a variable.</summary>
    public static string Escape(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    /// <summary>The variable of <c>.env</c> that is named after a resource.</summary>
    public static string VariableOf(string name) => name.ToUpperInvariant().Replace('-', '_').Replace('.', '_');

    /// <summary>The arguments of a resource.</summary>
    public async Task<List<string>> ArgumentsAsync(IResource resource)
    {
        var values = new List<object>();
        var context = new CommandLineArgsCallbackContext(values, resource, cancellationToken) { ExecutionContext = execution };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        var arguments = new List<string>();
        foreach (var value in values)
        {
            arguments.Add(await WriteAsync(resource, value, variable: null).ConfigureAwait(false));
        }

        return arguments;
    }

    /// <summary>The environment of a resource.</summary>
    public async Task<Dictionary<string, string>> EnvironmentAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(execution, resource, cancellationToken: cancellationToken);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (value is not EndpointReference endpoint || endpoint.Exists && ComposeServices.IsPublished(endpoint.Resource, endpoint.EndpointAnnotation))
            {
                variables[name] = await WriteAsync(resource, value, name).ConfigureAwait(false);
            }
        }

        return variables;
    }

    private async Task<string> WriteAsync(IResource resource, object value, string? variable)
    {
        switch (value)
        {
            case string text:
                return Escape(text);
            case ParameterResource parameter:
                return Placeholder(parameter, variable);
            case EndpointReference endpoint:
                return $"{endpoint.Scheme}://{HostAndPort(endpoint)}";
            case EndpointReferenceExpression expression:
                return PropertyOf(expression);
            case ConnectionStringReference reference:
                return await WriteAsync(resource, reference.Resource.ConnectionStringExpression, variable).ConfigureAwait(false);
            case IResourceWithConnectionString connected:
                return await WriteAsync(resource, connected.ConnectionStringExpression, variable).ConfigureAwait(false);
            case ReferenceExpression { IsConditional: false } expression:
                var parts = new List<object>();
                foreach (var part in expression.ValueProviders)
                {
                    parts.Add(await WriteAsync(resource, part, expression.Format == "{0}" ? variable : null).ConfigureAwait(false));
                }

                // A literal's dollar is no variable, one of a part is what was written for it.
                return string.Format(CultureInfo.InvariantCulture, Escape(expression.Format), [.. parts]);
            case IResourceBuilder<IResource> builder:
                return await WriteAsync(resource, builder.Resource, variable).ConfigureAwait(false);
            case IFormattable number:
                return number.ToString(null, CultureInfo.InvariantCulture);
            case bool flag:
                return flag ? "true" : "false";
            default:
                throw new DistributedApplicationException(
                    $"'{resource.Name}' cannot be published: {(variable is null ? "one of its arguments" : $"its variable {variable}")} is a {value.GetType().Name}, which a Compose file cannot say. " +
                    "Give it another value where the application's ExecutionContext.IsPublishMode is true.");
        }
    }

    /// <summary>A parameter is named in <c>.env</c> as the variable whose value it is, else by its own name.</summary>
    private string Placeholder(ParameterResource parameter, string? variable)
    {
        var captured = environment.CapturedEnvironmentVariables;
        var known = captured.Values.FirstOrDefault(v => v.Source == parameter);
        if (known is null)
        {
            var name = variable is not null && Identifier().IsMatch(variable) && !captured.ContainsKey(variable) ? variable : VariableOf(parameter.Name);
            if (captured.ContainsKey(name))
            {
                throw new DistributedApplicationException($"The parameter '{parameter.Name}' cannot be published: .env has a variable {name} already, which is something else. Give the parameter another name.");
            }

            known = captured[name] = new() { Name = name, Description = parameter.Description ?? $"Parameter {parameter.Name}", Source = parameter };
        }

        return $"${{{known.Name}:?{known.Name} is not set. Give it a value in .env}}";
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    private static string PropertyOf(EndpointReferenceExpression expression) => expression.Property switch
    {
        EndpointProperty.Url => $"{expression.Endpoint.Scheme}://{HostAndPort(expression.Endpoint)}",
        EndpointProperty.Host or EndpointProperty.IPV4Host => HostOf(expression.Endpoint),
        EndpointProperty.Port or EndpointProperty.TargetPort => PortOf(expression.Endpoint).ToString(CultureInfo.InvariantCulture),
        EndpointProperty.HostAndPort => HostAndPort(expression.Endpoint),
        EndpointProperty.Scheme => expression.Endpoint.Scheme,
        _ => throw new DistributedApplicationException($"The property {expression.Property} of the endpoint '{expression.Endpoint.EndpointName}' of '{expression.Endpoint.Resource.Name}' cannot be published."),
    };

    private static string HostOf(EndpointReference endpoint) => endpoint.Resource.Name.ToLowerInvariant();

    private static int PortOf(EndpointReference endpoint) => ComposeServices.PortOf(endpoint.Resource, endpoint.EndpointAnnotation);
}
